//! Failures in a form for models: one of six kinds, and whether a retry can help.

use std::fmt::Display;
use std::time::Duration;

use langsmith::UpstreamError;
use primitives::clock::seconds_up;
use serde::Serialize;

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The credential for LangSmith or for a set is refused.
    Auth,
    /// The caller may not do this, or may not do it there.
    Forbidden,
    /// Something named in the call does not exist.
    NotFound,
    /// LangSmith's rate limit.
    RateLimited,
    /// The backend is down, slow or broken.
    Upstream,
    /// The arguments are wrong.
    Invalid,
}

/// The wait before a retry with a refused credential: after a minute, LangSmith's second refusal ends the login.
const CREDENTIAL_WAIT: Duration = Duration::from_mins(1);

/// The wait for something that LangSmith has accepted, but does not show yet.
const SOON: Duration = Duration::from_secs(5);

/// A failed call as the model sees it. The text never holds a raw upstream body, a secret or an upstream URL, except
/// scheme, host and port of a workspace's data plane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolError {
    /// One or two sentences.
    #[serde(rename = "error")]
    pub message: String,
    /// The kind of the failure.
    pub kind: ErrorKind,
    /// The seconds to wait before a retry, if LangSmith gives a number or we know one.
    #[serde(rename = "retry_after_seconds", skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Whether the same call can succeed later.
    pub retryable: bool,
    /// Whether LangSmith itself denies knowing the requested object. Otherwise it is missing in a good answer.
    #[serde(skip)]
    unknown_there: bool,
}

/// A given name, shortened for an error text.
pub(crate) fn shorten_name(name: &str) -> String {
    name.chars().take(128).collect()
}

/// LangSmith's own explanation as a further sentence; empty if it gave none.
fn quoted(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(" LangSmith says: {detail}") }
}

impl ToolError {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retryable = matches!(kind, ErrorKind::RateLimited | ErrorKind::Upstream);
        Self { message: message.into(), kind, retry_after: None, retryable, unknown_there: false }
    }

    /// The arguments are wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// Something named in the call does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// LangSmith does not know the requested object: `what` names it, without a full stop; `detail` is LangSmith's own
    /// explanation, if it gave one.
    pub(crate) fn unknown(what: impl Display, detail: &str) -> Self {
        Self { unknown_there: true, ..Self::not_found(format!("{what}.{}", quoted(detail))) }
    }

    /// The caller may not do this, or may not do it there.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, message)
    }

    /// The call has reached its time limit.
    pub(crate) fn timed_out() -> Self {
        Self::from(&UpstreamError::Timeout)
    }

    /// LangSmith refuses the credential, but it may not be dead: a refresh may bring another one.
    pub(crate) fn refused() -> Self {
        let message = "LangSmith does not accept the credential right now. Try again in a minute; if it happens \
                       again, log in again.";
        let mut error = Self::new(ErrorKind::Auth, message).after(Some(CREDENTIAL_WAIT));
        error.retryable = true;
        error
    }

    /// The backend of a set failed.
    pub fn of_backend(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Upstream, message)
    }

    /// The backend of a set exceeded the time limit of a call.
    pub(crate) fn silent(set: &str) -> Self {
        Self::new(ErrorKind::Upstream, format!("{set} did not answer in time."))
    }

    /// The backend of a set refuses the caller's credential for it. The login to this server is not affected.
    pub(crate) fn not_connected(set: &str, url: Option<&str>) -> Self {
        let there = url.map_or_else(String::new, |url| format!(" at {url}"));
        Self::new(ErrorKind::Auth, format!("{set} does not accept your credential: connect it again{there}."))
    }

    /// The caller has no credential for the backend of a set; the message says what to do.
    pub(crate) fn unconnected(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Auth, message)
    }

    /// LangSmith has accepted something and does not show it yet.
    pub(crate) fn not_yet(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Upstream, message).passing()
    }

    /// The rest of a listing cannot be read.
    pub(crate) fn discontinued(detail: &str) -> Self {
        let message = "LangSmith did not continue the listing: the project or the deployment may have changed. \
                       Call again.";
        Self::new(ErrorKind::Upstream, format!("{message}{}", quoted(detail))).passing()
    }

    /// The same failure, as a temporary one on LangSmith's side.
    pub(crate) fn passing(self) -> Self {
        Self { kind: ErrorKind::Upstream, retryable: true, ..self }.after(Some(SOON))
    }

    /// The same failure, followed by a sentence, such as what was done before it. LangSmith's explanations may end
    /// without a full stop.
    pub(crate) fn with(mut self, done: &str) -> Self {
        let stop = if self.message.ends_with(['.', '?', '!', '…']) { "" } else { "." };
        self.message = format!("{}{stop} {done}", self.message);
        self
    }

    /// Whether the backend failed, refused or knew nothing, as opposed to wrong arguments.
    pub(crate) const fn is_from_backend(&self) -> bool {
        self.unknown_there || matches!(self.kind, ErrorKind::Upstream | ErrorKind::Forbidden)
    }

    pub(crate) fn not_retryable(mut self) -> Self {
        self.retryable = false;
        self
    }

    fn after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait.map(seconds_up);
        self
    }
}

impl From<&UpstreamError> for ToolError {
    fn from(error: &UpstreamError) -> Self {
        let upstream = |message: &str| Self::new(ErrorKind::Upstream, message);
        match error {
            UpstreamError::Unauthorized => Self::new(
                ErrorKind::Auth,
                "LangSmith does not accept the credential. Log in again, or check the API key.",
            ),
            UpstreamError::Forbidden => Self::forbidden(
                "LangSmith denies access: the credential lacks the permission for this, or for this \
                 workspace.",
            ),
            UpstreamError::WorkspaceForbidden(workspace) => Self::forbidden(format!(
                "LangSmith does not show workspace {workspace} to this credential; list_workspaces lists \
                 those that it reaches."
            )),
            UpstreamError::WorkspaceRequired => {
                Self::invalid("This API key covers an organization: pass workspace_id to choose a workspace.")
            }
            UpstreamError::NotFound { detail } => {
                Self::unknown("LangSmith does not know the requested object", detail)
            }
            UpstreamError::RateLimited { retry_after } => Self::new(
                ErrorKind::RateLimited,
                "LangSmith's rate limit is reached: wait before you try again.",
            )
            .after(*retry_after),
            UpstreamError::Rejected { status, detail } if detail.is_empty() => {
                Self::invalid(format!("LangSmith rejected the request (status {status})."))
            }
            UpstreamError::Rejected { status, detail } => {
                Self::invalid(format!("LangSmith rejected the request (status {status}): {detail}"))
            }
            UpstreamError::StaleCursor { detail } => Self::invalid(format!(
                "This cursor is no longer valid: leave cursor out to start again.{}",
                quoted(detail)
            )),
            UpstreamError::Unsupported(what) => Self::invalid(format!("This LangSmith {what}.")),
            UpstreamError::UrlTooLong => Self::invalid(
                "The arguments are too long: they go into a URL, which may have at most 8000 bytes.",
            ),
            UpstreamError::Server { status: 403 } => upstream(
                "A proxy refused the request before it reached LangSmith. Try again, or ask the \
                 administrator of the network.",
            ),
            UpstreamError::Server { status } => upstream(&format!("LangSmith failed (status {status}).")),
            UpstreamError::Timeout => upstream("LangSmith did not answer in time."),
            UpstreamError::DataPlane(error) if error.problem.may_pass() => upstream(&error.to_string()),
            UpstreamError::DataPlane(error) => upstream(&error.to_string()).not_retryable(),
            UpstreamError::Unreachable | UpstreamError::PrivateAddress => {
                upstream("LangSmith cannot be reached.")
            }
            UpstreamError::Malformed => upstream("LangSmith's answer cannot be understood.").not_retryable(),
            UpstreamError::TooLarge => upstream("LangSmith's answer is larger than 8 MB.").not_retryable(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_machine_readable() {
        let error = UpstreamError::RateLimited { retry_after: Some(Duration::from_millis(7900)) };
        assert_eq!(
            serde_json::to_string(&ToolError::from(&error)).unwrap(),
            r#"{"error":"LangSmith's rate limit is reached: wait before you try again.","kind":"rate_limited","retry_after_seconds":8,"retryable":true}"#
        );
    }

    #[test]
    fn only_what_can_change_by_itself_is_retryable() {
        let retryable = |error: UpstreamError| ToolError::from(&error).retryable;
        assert!(retryable(UpstreamError::Timeout) && retryable(UpstreamError::Server { status: 500 }));
        assert!(!retryable(UpstreamError::TooLarge) && !retryable(UpstreamError::Malformed));
        assert!(!retryable(UpstreamError::Forbidden) && !retryable(UpstreamError::NOT_FOUND));
    }
}
