//! The common parts of several suites of tests of `/mcp`: messages of clients, and named sets of tools.

mod failing_sets;
mod large_set;
mod message;
mod step_set;

pub use failing_sets::{Down, Hanging};
pub use large_set::{LargeSet, MANY, PAGE};
pub use message::{MODERN, meta_of, modern_headers, modern_meta, request, tool_call};
pub use step_set::{STEPS, StepSet};
