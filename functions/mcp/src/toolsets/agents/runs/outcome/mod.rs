//! What becomes of a run: waiting for it, its result when it has ended or is still at work, and its end by the client.
//!
//! Nothing here starts a run or answers a question.

mod cancel;
mod ended;
mod mark;
mod result;
mod running;
mod wait;

pub(super) use cancel::{cancel, end};
pub(super) use result::{result, settled, wait_seconds};
pub(super) use running::{running, task};
pub(super) use wait::outcome;
