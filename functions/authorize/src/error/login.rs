//! Failures between us and LangSmith during a login. They leave the authorization request intact, so all of these pages
//! offer to try again.

use axum::http::StatusCode;
use langsmith::UpstreamError;

use super::page_text::{PageText, words};

/// Why a login failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginFault {
    #[error("LangSmith did not log the person in")]
    Refused,
    #[error("LangSmith logged the person in, but denies access to their account")]
    AccountRefused,
    #[error("the login was begun under another issuer than the one that answers")]
    OtherIssuer,
    #[error("LangSmith registers no client for us")]
    SignInClosed,
    #[error("LangSmith does not accept the client that the operator configured")]
    ClientRefused,
    /// Reported by the browser only, so it may be forged.
    #[error("the browser came back with an error about the client that the operator configured")]
    ClientRefusedByBrowser,
    #[error("the account has no workspace")]
    NoWorkspace,
    #[error("LangSmith failed: {0}")]
    Upstream(#[from] UpstreamError),
}

impl LoginFault {
    pub(super) const fn words(&self) -> PageText {
        match self {
            Self::Refused => words(
                StatusCode::BAD_REQUEST,
                "LangSmith did not sign you in",
                "LangSmith sent you back without a sign-in. You may have cancelled it there.",
                "Try again, or use an API key.",
            ),
            Self::AccountRefused => words(
                StatusCode::FORBIDDEN,
                "LangSmith does not show us your account",
                "You signed in, but LangSmith then refused to tell us who you are and which workspaces you have.",
                "Try again, sign in with another account or use an API key. If it happens again, ask an administrator \
                 of your LangSmith organization.",
            ),
            Self::OtherIssuer => words(
                StatusCode::BAD_REQUEST,
                "This sign-in cannot be used",
                "You began it with one LangSmith, and another one answered. To be safe, we did not use what it sent.",
                "Try again. If it happens again, ask whoever runs this server.",
            ),
            Self::SignInClosed => words(
                StatusCode::BAD_GATEWAY,
                "LangSmith's own sign-in cannot be used here",
                "This LangSmith does not accept this server as an app that people sign in to.",
                "Try again, this time with an API key.",
            ),
            Self::ClientRefused => client_refused(StatusCode::BAD_GATEWAY),
            Self::ClientRefusedByBrowser => client_refused(StatusCode::BAD_REQUEST),
            Self::NoWorkspace => words(
                StatusCode::FORBIDDEN,
                "There is no workspace to connect",
                "This LangSmith account or key can open no workspace.",
                "Ask for access in LangSmith, or sign in with another account.",
            ),
            Self::Upstream(UpstreamError::RateLimited { .. }) => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "LangSmith asks us to wait",
                "LangSmith has had too many requests just now and takes no more for a moment. Nothing was lost.",
                "Wait a minute and try again.",
            ),
            Self::Upstream(_) => words(
                StatusCode::BAD_GATEWAY,
                "LangSmith does not answer",
                "We could not reach LangSmith just now, or its answer made no sense. Nothing was lost.",
                "Wait a moment and try again.",
            ),
        }
    }
}

const fn client_refused(status: StatusCode) -> PageText {
    words(
        status,
        "LangSmith's own sign-in is out of order here",
        "LangSmith does not accept this server as an app that people sign in to. Only whoever runs this server can mend that.",
        "Try again, this time with an API key, and tell whoever runs this server.",
    )
}
