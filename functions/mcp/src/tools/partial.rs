//! Failures in the middle of several writes: what is done already belongs to the answer.

use shared::langsmith::UpstreamError;

use super::{CallError, ToolError};

/// The failure, with `done` told after it. A refused credential stays what it is: it may be refreshed, and the call then
/// starts anew.
pub(crate) fn after(error: UpstreamError, done: &str) -> CallError {
    if error == UpstreamError::Unauthorized {
        return error.into();
    }
    tracing::warn!(%error, "LangSmith call failed after a part of its work");
    let mut told = ToolError::from(&error);
    told.message = format!("{} {done}", told.message);
    told.into()
}
