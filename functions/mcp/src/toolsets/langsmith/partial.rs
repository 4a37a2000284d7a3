//! Failures in the middle of several writes: the answer names the completed ones.

use langsmith::UpstreamError;

use crate::toolset::{CallError, ToolError};

/// The failure, followed by `done`. A refused credential may be refreshed, and the call then starts anew; `done` is
/// kept in case it is not.
pub(crate) fn after(error: &UpstreamError, done: &str) -> CallError {
    if *error == UpstreamError::Unauthorized {
        return CallError::PartiallyDone(done.to_owned());
    }
    tracing::warn!(%error, "LangSmith call failed after a part of its work");
    ToolError::from(error).with(done).into()
}
