//! OAuth error codes and their one wire form (RFC 6749 section 5.2, RFC 7591 section 3.2.2, RFC 8707 section 2).

use serde::Serialize;

/// An `error` code of the OAuth family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// RFC 6749 5.2: a parameter is missing, repeated or malformed.
    InvalidRequest,
    /// RFC 6749 5.2: the client is unknown. Sent with 401, because clients register again only on that.
    InvalidClient,
    /// RFC 6749 5.2: the code or refresh token is dead. Clients delete their credentials on it.
    InvalidGrant,
    /// RFC 6749 5.2: more than was granted, or unknown.
    InvalidScope,
    /// RFC 6749 5.2.
    UnsupportedGrantType,
    /// RFC 6749 4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 4.1.2.1: the person said no.
    AccessDenied,
    /// RFC 8707 2: the resource is not one of ours.
    InvalidTarget,
    /// RFC 7591 3.2.2.
    InvalidRedirectUri,
    /// RFC 7591 3.2.2.
    InvalidClientMetadata,
    /// RFC 6749 4.1.2.1: a fault of ours that a retry will not cure.
    ServerError,
    /// RFC 6749 4.1.2.1: a fault of ours that a retry cures.
    TemporarilyUnavailable,
}

impl ErrorCode {
    /// The code as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// The JSON body of an OAuth error.
#[derive(Debug, Serialize)]
pub struct ErrorBody<'a> {
    error: &'static str,
    error_description: &'a str,
}

impl<'a> ErrorBody<'a> {
    /// A body with the code and a sentence for the developer of the client.
    pub const fn new(code: ErrorCode, description: &'a str) -> Self {
        Self { error: code.as_str(), error_description: description }
    }
}
