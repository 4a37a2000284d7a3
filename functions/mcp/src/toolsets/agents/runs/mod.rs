//! Runs: their start, the client's answers to an agent's questions, and the tools that return to a run by its handle.
//!
//! Agents' names and schemas belong to the folder above.

mod answered;
mod ask;
mod call;
mod caller;
mod cancel;
mod keys;
mod result;
mod resume;
mod start;
mod tools;
mod wait;

pub(super) use call::run;
pub use keys::RunKeys;
pub(super) use tools::{NAMES, RunTools};
