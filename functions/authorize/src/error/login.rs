//! Failures between us and LangSmith during a login. They leave the authorization request intact, so all of these pages
//! offer to try again.

use axum::http::StatusCode;
use langsmith::UpstreamError;

use super::page_text::{PageText, page};

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
    pub(super) const fn page(&self) -> PageText {
        match self {
            Self::Refused => page(
                StatusCode::BAD_REQUEST,
                "LangSmith did not sign you in",
                "LangSmith sent you back without a sign-in. You may have cancelled it there.",
                "Try again, or use an API key.",
            ),
            Self::AccountRefused => page(
                StatusCode::FORBIDDEN,
                "LangSmith does not show us your account",
                "You signed in, but LangSmith then refused to tell us who you are and which workspaces you have.",
                "Try again, sign in with another account or use an API key. If it happens again, ask an administrator \
                 of your LangSmith organization.",
            ),
            Self::OtherIssuer => page(
                StatusCode::BAD_REQUEST,
                "This sign-in cannot be used",
                "It was started with one LangSmith, but another one answered. To be safe, we did not use \
                 that answer.",
                "Try again. If it happens again, tell the operator of this server.",
            ),
            Self::SignInClosed => page(
                StatusCode::BAD_GATEWAY,
                "Sign-in with LangSmith is not available here",
                "This LangSmith does not let this server sign people in.",
                "Try again with an API key.",
            ),
            Self::ClientRefused => client_refused(StatusCode::BAD_GATEWAY),
            Self::ClientRefusedByBrowser => client_refused(StatusCode::BAD_REQUEST),
            Self::NoWorkspace => page(
                StatusCode::FORBIDDEN,
                "There is no workspace to connect",
                "This LangSmith account or key has access to no workspace.",
                "Ask for access in LangSmith, or sign in with another account.",
            ),
            Self::Upstream(UpstreamError::RateLimited { .. }) => page(
                StatusCode::SERVICE_UNAVAILABLE,
                "LangSmith asks us to wait",
                "LangSmith has received too many requests and accepts no more for the moment. Nothing was \
                 lost.",
                "Wait a minute and try again.",
            ),
            Self::Upstream(_) => page(
                StatusCode::BAD_GATEWAY,
                "LangSmith does not answer",
                "We could not reach LangSmith, or could not understand its answer. Nothing was lost.",
                "Wait a moment and try again.",
            ),
        }
    }
}

const fn client_refused(status: StatusCode) -> PageText {
    page(
        status,
        "Sign-in with LangSmith does not work here",
        "LangSmith does not let this server sign people in. Only the operator of this server can fix that.",
        "Try again with an API key, and tell the operator of this server.",
    )
}
