//! Why not everything was recorded.

use shared::langsmith::UpstreamError;

use crate::tools::{CallError, ToolError, partial};

/// Why not everything was recorded.
#[derive(Debug)]
pub(super) enum Failure {
    Upstream(UpstreamError),
    /// A run is not known to LangSmith, or not yet.
    NoRun(String),
    /// A run is there with other contents.
    Other(String),
}

impl From<UpstreamError> for Failure {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

impl Failure {
    /// What the caller is told before anything is written.
    pub(super) fn early(self) -> CallError {
        self.told("Nothing was recorded.", "Nothing was recorded.")
    }

    /// What the caller is told in the middle, with `done` for what is there already.
    pub(super) fn halfway(self, done: &str) -> CallError {
        // What `done` advises, to call again with the same, would not help against other contents.
        self.told(done, "The other results of this call may be recorded.")
    }

    fn told(self, done: &str, done_beside: &str) -> CallError {
        match self {
            Self::Upstream(error) => partial::after(error, done),
            Self::NoRun(message) => ToolError::not_found(format!("{message} {done}")).into(),
            Self::Other(message) => ToolError::invalid(format!("{message} {done_beside}")).into(),
        }
    }
}
