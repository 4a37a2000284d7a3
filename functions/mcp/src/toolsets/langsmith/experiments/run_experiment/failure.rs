//! The causes of an incomplete recording, and the parts recorded all the same.

use langsmith::UpstreamError;

use super::open::Opened;
use crate::toolset::{CallError, ToolError, shorten_name};
use crate::toolsets::langsmith::partial;

/// The cause of an incomplete recording.
#[derive(Debug)]
pub(super) enum Failure {
    Upstream(UpstreamError),
    /// LangSmith does not know a run yet.
    NotYet(String),
    /// The call contradicts existing data.
    Wrong(ToolError),
}

impl From<UpstreamError> for Failure {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(error)
    }
}

/// The progress of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Some results may be missing.
    Recording,
    /// Everything is recorded; the experiment may still be open.
    Closing,
    /// Everything is recorded and the experiment is closed.
    Closed,
}

impl Failure {
    /// The error before the first write.
    pub(super) fn early(self) -> CallError {
        match self {
            Self::Upstream(error) => error.into(),
            Self::NotYet(message) => ToolError::not_yet(message).with("Nothing was recorded.").into(),
            Self::Wrong(error) => error.with("Nothing was recorded.").into(),
        }
    }

    /// The error after a part of the work.
    pub(super) fn partially_done(self, stage: Stage, name: &str, opened: &Opened) -> CallError {
        let there = stage.leaves(name, opened);
        let again = "Call again with the same arguments: what is there already is not recorded twice.";
        match self {
            Self::Upstream(error @ UpstreamError::Rejected { status: 409, .. }) => {
                let why = "LangSmith reports a conflict with data that it has or is still ingesting.";
                tracing::warn!(%error, "LangSmith sees a conflict after a part of the work");
                ToolError::from(&error).passing().with(&format!("{there} {why} {again}")).into()
            }
            Self::Upstream(error @ UpstreamError::Rejected { .. }) => {
                let advice = "Correct it and call again: what is there already is not recorded twice.";
                partial::after(&error, &format!("{there} {advice}"))
            }
            Self::Upstream(error) => partial::after(&error, &format!("{there} {again}")),
            Self::NotYet(message) => ToolError::not_yet(message).with(&there).with(again).into(),
            Self::Wrong(error) => error.with(&there).into(),
        }
    }
}

impl Stage {
    fn leaves(self, name: &str, opened: &Opened) -> String {
        let (name, id) = (shorten_name(name), opened.experiment.id);
        match self {
            Self::Recording => {
                format!("The experiment {name} exists ({id}), but results of this call may be missing.")
            }
            Self::Closing => {
                format!("The experiment {name} ({id}) has all results of this call, but may still be open.")
            }
            Self::Closed => format!(
                "The experiment {name} ({id}) has all results of this call and is closed; only the summary is missing."
            ),
        }
    }
}
