//! Every failure of a LangSmith call, as facts. No variant carries a raw body or a secret, and a URL only as scheme,
//! host and port of a data plane, so an error can be shown to a caller and logged.

use std::time::Duration;

use http::StatusCode;
use primitives::explanation::cleaned;
use primitives::ids::WorkspaceId;
use serde_json::Value;

use crate::DataPlaneError;

/// The maximum length of an upstream explanation that is passed on, in characters.
const MAX_DETAIL: usize = 400;

/// The maximum `Retry-After` that is honored.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// Why a LangSmith call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// 401: LangSmith does not accept the credential.
    #[error("LangSmith does not accept the credential")]
    Unauthorized,
    /// 403: the credential is valid but may not do this.
    #[error("LangSmith denies access with this credential")]
    Forbidden,
    /// 403 for an organization-wide key that names no workspace.
    #[error("this API key covers an organization and needs a workspace")]
    WorkspaceRequired,
    /// The workspace is in no list that LangSmith shows to the credential.
    #[error("LangSmith does not show workspace {0} to this credential")]
    WorkspaceForbidden(WorkspaceId),
    /// 404 Not Found.
    #[error("LangSmith does not know the requested object")]
    NotFound {
        /// LangSmith's explanation, bounded and without URLs or keys; empty when it gave none.
        detail: String,
    },
    /// 429 Too Many Requests.
    #[error("LangSmith's rate limit is reached")]
    RateLimited {
        /// The wait that LangSmith asks for. If it names none, this is the length of its rate limit window once retries
        /// are exhausted.
        retry_after: Option<Duration>,
    },
    /// Any other 4xx: the request itself is wrong.
    #[error("LangSmith rejected the request with status {status}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// LangSmith's explanation, bounded and without URLs or keys; empty when it gave none.
        detail: String,
    },
    /// A listing cannot be continued at its cursor: LangSmith no longer accepts it, or the name of its project means
    /// another project by now.
    #[error("the cursor is no longer valid")]
    StaleCursor {
        /// LangSmith's explanation, bounded and without URLs or keys; empty when it gave none.
        detail: String,
    },
    /// The deployment's API does not support this.
    #[error("this LangSmith {0}")]
    Unsupported(&'static str),
    /// 5xx; or [`BLOCKED`](Self::BLOCKED).
    #[error("LangSmith failed with status {status}")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// No complete answer within the time budget.
    #[error("LangSmith did not answer in time")]
    Timeout,
    /// No connection, or one that broke.
    #[error("LangSmith cannot be reached")]
    Unreachable,
    /// The host's name resolves only to addresses that a data plane may not have.
    #[error("the host's name leads to no address that may be used")]
    PrivateAddress,
    /// The workspace has a data plane that cannot be used.
    #[error(transparent)]
    DataPlane(Box<DataPlaneError>),
    /// The answer does not conform to the API.
    #[error("LangSmith's answer cannot be understood")]
    Malformed,
    /// The request would need a URL longer than [`MAX_URL`](crate::MAX_URL), and was not sent.
    #[error("the request is too long for a URL")]
    UrlTooLong,
    /// The answer is larger than [`MAX_BODY`](crate::transport::body::MAX_BODY).
    #[error("LangSmith's answer is too large")]
    TooLarge,
}

impl UpstreamError {
    /// 403 with an HTML page instead of JSON: a proxy or firewall in between refused, and LangSmith was not asked
    /// (public report: LangChain's langsmith-data-migration-tool 0.0.83). It says nothing about the credential, and may
    /// be temporary like an outage.
    pub const BLOCKED: Self = Self::Server { status: 403 };

    /// 404 without an explanation.
    pub const NOT_FOUND: Self = Self::NotFound { detail: String::new() };

    /// Whether it is a 404, whatever LangSmith says about it.
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// The error that a complete answer with a status other than 2xx stands for.
    pub(crate) fn from_answer(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            403 if contains(body, b"org_scoped_key_requires_workspace") => Self::WorkspaceRequired,
            403 => Self::Forbidden,
            404 => Self::NotFound { detail: detail(body) },
            408 => Self::Timeout,
            429 => Self::RateLimited { retry_after },
            status @ 400..=499 => Self::Rejected { status, detail: detail(body) },
            status @ 500..=599 => Self::Server { status },
            _ => Self::Malformed,
        }
    }
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3); the date form is ignored.
pub(crate) fn retry_after(value: Option<&http::HeaderValue>) -> Option<Duration> {
    let seconds: f64 = value?.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(MAX_RETRY_AFTER))
}

/// LangSmith's explanation: in `detail` (text, or FastAPI's list of `{loc, msg}`), `error_description`, `message` or
/// `error`.
fn detail(body: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let found = ["detail", "error_description", "message", "error"].iter().find_map(|key| value.get(key));
    match found {
        Some(Value::String(text)) => cleaned(text, MAX_DETAIL),
        Some(Value::Array(items)) => {
            cleaned(&items.iter().filter_map(field_error).collect::<Vec<_>>().join("; "), MAX_DETAIL)
        }
        _ => String::new(),
    }
}

/// All texts in a JSON error report of undocumented form; empty when there are none.
pub(crate) fn texts(value: &Value) -> String {
    fn collect<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
        match value {
            Value::String(text) => texts.push(text),
            Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
            Value::Object(members) => members.values().for_each(|member| collect(member, texts)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut found = Vec::new();
    collect(value, &mut found);
    cleaned(&found.join("; "), MAX_DETAIL)
}

fn field_error(item: &Value) -> Option<String> {
    let message = item.get("msg")?.as_str()?;
    let field =
        item.get("loc").and_then(Value::as_array).and_then(|path| path.last()).and_then(Value::as_str);
    Some(field.map_or_else(|| message.to_owned(), |field| format!("{field}: {message}")))
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &str) -> UpstreamError {
        UpstreamError::from_answer(StatusCode::from_u16(status).unwrap(), None, body.as_bytes())
    }

    #[test]
    fn statuses_become_facts() {
        assert_eq!(error(401, ""), UpstreamError::Unauthorized);
        assert_eq!(error(403, "{}"), UpstreamError::Forbidden);
        assert_eq!(
            error(403, r#"{"error":"org_scoped_key_requires_workspace"}"#),
            UpstreamError::WorkspaceRequired
        );
        assert_eq!(error(404, "<html>"), UpstreamError::NOT_FOUND);
        assert_eq!(error(429, ""), UpstreamError::RateLimited { retry_after: None });
        assert_eq!(error(503, "secret"), UpstreamError::Server { status: 503 });
        assert_eq!(error(302, ""), UpstreamError::Malformed);
    }

    #[test]
    fn an_explanation_is_cleaned_and_bounded() {
        let body = r#"{"detail":"bad filter\nsee https://internal.example/x key=lsv2_pt_abc"}"#;
        assert_eq!(
            error(400, body),
            UpstreamError::Rejected { status: 400, detail: "bad filter see […] […]".into() }
        );
        let error_404 = UpstreamError::NotFound { detail: "no such tag […]".into() };
        assert_eq!(error(404, r#"{"detail":"no such tag https://internal.example"}"#), error_404);
        let body = r#"{"detail":[{"loc":["body","limit"],"msg":"too big"},{"msg":"and more"}]}"#;
        assert_eq!(
            error(422, body),
            UpstreamError::Rejected { status: 422, detail: "limit: too big; and more".into() }
        );
        let long = serde_json::json!({ "detail": "x".repeat(100_000) }).to_string();
        let UpstreamError::Rejected { detail, .. } = error(422, &long) else { panic!("rejected") };
        assert_eq!(detail.len(), MAX_DETAIL);
    }

    #[test]
    fn no_display_carries_an_upstream_byte() {
        let error = error(400, r#"{"detail":"needle"}"#);
        assert!(!error.to_string().contains("needle"));
    }

    #[test]
    fn retry_after_is_seconds_and_bounded() {
        let parse = |text: &str| retry_after(Some(&http::HeaderValue::from_str(text).unwrap()));
        assert_eq!(parse("7"), Some(Duration::from_secs(7)));
        assert_eq!(parse(" 1.5 "), Some(Duration::from_millis(1500)));
        assert_eq!(parse("999999"), Some(MAX_RETRY_AFTER));
        for text in ["-1", "NaN", "inf", "Fri, 31 Dec 1999 23:59:59 GMT", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
