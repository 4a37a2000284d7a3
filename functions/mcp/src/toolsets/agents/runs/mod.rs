//! Runs: their start, the client's answers to an agent's questions, and the tools that return to a run by its handle.
//!
//! Agents' names and schemas belong to the folder above.

mod abandoned;
mod agent_call;
mod answered;
mod call;
mod keys;
mod outcome;
mod questions;
mod resume;
mod start;
mod task;
mod thread;
mod tools;
mod visit;

pub(super) use call::run;
pub(crate) use keys::RunHandle;
pub use keys::RunKeys;
pub(crate) use questions::AnswerLink;
pub(super) use resume::Answering;
pub(super) use tools::{NAMES, RunTools};
pub(crate) use visit::RunVisit;
