//! Why a server's tools are not known.

use http::StatusCode;
use outbound::OutboundFailure;

/// The failure of a list. Its text never has a header of ours, and of the server's at most a short message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListFailure {
    /// The server was not reached, or its answer exceeds a limit.
    #[error(transparent)]
    Outbound(#[from] OutboundFailure),
    /// 401: it does not accept the credential, or wants one.
    #[error("the server demands another credential")]
    Unauthorized {
        /// Its challenge (RFC 9110 section 11.6.1), shortened.
        challenge: Option<String>,
    },
    /// 403.
    #[error("the server denies access")]
    Forbidden,
    /// Another error status.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// An answer that is not one of MCP.
    #[error("the server did not answer in the protocol of MCP")]
    NotMcp,
    /// An error of JSON-RPC.
    #[error("the server answered with error {code}: {message}")]
    Rpc {
        /// Its code.
        code: i64,
        /// Its message, shortened.
        message: String,
    },
    /// More pages than are read.
    #[error("the list has too many pages")]
    TooManyPages,
    /// More tools than are read.
    #[error("the list has too many tools")]
    TooManyTools,
    /// More bytes than are read.
    #[error("the list is too large")]
    TooLarge,
    /// A page that leads to an earlier one.
    #[error("the pages of the list are a circle")]
    RepeatedCursor,
}

impl ListFailure {
    /// The failure that a status means; `None` for success.
    pub(crate) fn of_status(status: StatusCode, challenge: Option<&http::HeaderValue>) -> Option<Self> {
        match status {
            StatusCode::UNAUTHORIZED => {
                let challenge = challenge.and_then(|value| value.to_str().ok()).map(short);
                Some(Self::Unauthorized { challenge })
            }
            StatusCode::FORBIDDEN => Some(Self::Forbidden),
            status if status.is_success() => None,
            status => Some(Self::Status(status.as_u16())),
        }
    }

    /// Whether a server of an earlier protocol may have refused the modern request like this: with an error of JSON-RPC,
    /// a status for malformed or unknown requests, or something else than MCP. A server that was not reached, that
    /// refuses the credential, or that fails, would do so again.
    pub(crate) const fn may_be_of_another_era(&self) -> bool {
        matches!(self, Self::Rpc { .. } | Self::NotMcp | Self::Status(400 | 404..=406 | 415 | 422 | 501))
    }
}

/// A text of a server, cut to what a message may show.
pub(crate) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}
