//! Examples of filters, for the error of one refused by LangSmith.

use langsmith::UpstreamError;

use crate::toolset::{CallError, ToolError};

/// A filter of runs.
pub(crate) const OF_RUNS: &str = r#"and(eq(run_type, "llm"), gt(latency, 5))"#;

/// A filter of examples.
pub(crate) const OF_EXAMPLES: &str = r#"exists(metadata, "level")"#;

/// The same error; if LangSmith refuses the request, with an example of the filters that were given.
pub(crate) fn with_example(error: CallError, example: &str) -> CallError {
    match error {
        CallError::Upstream(error @ UpstreamError::Rejected { status: 400 | 422, .. }) => {
            tracing::warn!(%error, "LangSmith call failed");
            let mut error = ToolError::from(&error);
            error.message =
                format!("{}. A filter looks like {example}.", error.message.trim_end_matches('.'));
            error.into()
        }
        other => other,
    }
}
