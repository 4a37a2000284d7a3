//! Named sets of tools, for the tests of `/mcp` over HTTP and for those with real clients.

mod large_set;
mod step_set;

pub use large_set::{LargeSet, MANY, PAGE};
pub use step_set::StepSet;
