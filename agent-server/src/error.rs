//! The failures of a request to an Agent Server, as facts. None carries a secret; explanations are bounded.

use http::StatusCode;
use primitives::explanation::cleaned;
use serde::Deserialize;

/// The maximum length of a server's explanation that is passed on, in characters.
const MAX_DETAIL: usize = 400;

/// The explanations by which LangSmith's deployments tell their 403s apart (LangSmith documentation, "Managed Deep Agents
/// MCP endpoint"; langgraph-api 0.16.7).
const OTHER_WORKSPACE: &str = "API key tenant mismatch";
const UNKNOWN_KEY: &str = "API key is forbidden";
const NO_CREDENTIAL: &str = "Missing authentication headers";

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgentError {
    /// 401, or 403 for a key that the server does not know.
    #[error("the Agent Server does not accept the credential")]
    Unauthorized,
    /// 403 for a valid key of another workspace.
    #[error("the credential belongs to another workspace than the Agent Server")]
    OtherWorkspace,
    /// Any other 403: the caller may not do this.
    #[error("the Agent Server denies access")]
    Forbidden(String),
    /// 404: no such assistant, thread or run, or no such route.
    #[error("the Agent Server does not know the requested object")]
    NotFound,
    /// 409: the thread has a run already.
    #[error("the thread is busy")]
    Conflict,
    /// Any other 4xx, with the server's explanation.
    #[error("the Agent Server rejected the request with status {status}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The server's explanation, bounded; empty when it gave none.
        detail: String,
    },
    /// 5xx.
    #[error("the Agent Server failed with status {0}")]
    Server(u16),
    /// No complete answer within the time limit.
    #[error("the Agent Server did not answer in time")]
    Timeout,
    /// No connection, or one that broke.
    #[error("the Agent Server cannot be reached")]
    Unreachable,
    /// The answer does not conform to the API.
    #[error("the answer is not one of an Agent Server")]
    Malformed,
    /// The answer is larger than 8 MiB.
    #[error("the Agent Server's answer is too large")]
    TooLarge,
}

/// `{"detail": "…"}` (FastAPI's form, which the server has for all errors), or LangSmith's `{"error": "…"}`.
#[derive(Deserialize)]
struct Explanation {
    #[serde(alias = "error")]
    detail: String,
}

impl AgentError {
    /// The error of a complete answer with a status other than 2xx.
    pub(crate) fn from_answer(status: StatusCode, body: &[u8]) -> Self {
        let detail = detail(body);
        match status.as_u16() {
            401 => Self::Unauthorized,
            403 => match detail.as_str() {
                OTHER_WORKSPACE => Self::OtherWorkspace,
                UNKNOWN_KEY | NO_CREDENTIAL => Self::Unauthorized,
                _ => Self::Forbidden(detail),
            },
            404 => Self::NotFound,
            409 => Self::Conflict,
            408 => Self::Timeout,
            status @ 400..=499 => Self::Rejected { status, detail },
            status @ 500..=599 => Self::Server(status),
            _ => Self::Malformed,
        }
    }

    /// The error of a request without an answer.
    pub(crate) fn of_transport(error: &reqwest::Error) -> Self {
        tracing::warn!(connect = error.is_connect(), "an Agent Server cannot be reached");
        if error.is_timeout() && !error.is_connect() { Self::Timeout } else { Self::Unreachable }
    }
}

fn detail(body: &[u8]) -> String {
    let Ok(Explanation { detail }) = serde_json::from_slice(body) else { return String::new() };
    cleaned(&detail, MAX_DETAIL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &str) -> AgentError {
        AgentError::from_answer(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn a_refused_credential_and_a_wrong_workspace_are_told_apart() {
        for (status, body) in [
            (401, r#"{"detail":"missing x-api-key"}"#),
            (401, "<html>"),
            (403, r#"{"detail":"API key is forbidden"}"#),
            (403, r#"{"detail":"Missing authentication headers"}"#),
        ] {
            assert_eq!(error(status, body), AgentError::Unauthorized, "{body}");
        }
        assert_eq!(error(403, r#"{"detail":"API key tenant mismatch"}"#), AgentError::OtherWorkspace);
        for detail in ["Forbidden", "Your API key may not run this agent"] {
            let body = format!("{{\"detail\":\"{detail}\"}}");
            assert_eq!(error(403, &body), AgentError::Forbidden(detail.into()));
        }
    }

    #[test]
    fn an_explanation_is_one_bounded_line() {
        let body = serde_json::json!({ "detail": format!("a\n b {}", "x".repeat(9_999)) }).to_string();
        let AgentError::Rejected { status: 422, detail } = error(422, &body) else { panic!("rejected") };
        assert!(detail.starts_with("a b x") && detail.len() == MAX_DETAIL);
        for (status, expected) in [
            (404, AgentError::NotFound),
            (409, AgentError::Conflict),
            (503, AgentError::Server(503)),
            (302, AgentError::Malformed),
        ] {
            assert_eq!(error(status, "{}"), expected);
        }
    }
}
