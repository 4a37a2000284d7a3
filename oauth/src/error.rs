//! OAuth error codes and their wire format (RFC 6749 section 5.2, RFC 7591 section 3.2.2, RFC 8707 section 2).

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
    /// RFC 6749 5.2: a scope is unknown, or exceeds the grant.
    InvalidScope,
    /// RFC 6749 5.2: the grant type is not supported.
    UnsupportedGrantType,
    /// RFC 6749 4.1.2.1: the response type is not supported.
    UnsupportedResponseType,
    /// RFC 6749 4.1.2.1: the person denied access.
    AccessDenied,
    /// RFC 8707 2: the resource is not one of ours.
    InvalidTarget,
    /// RFC 7591 3.2.2: a redirect URI is not acceptable.
    InvalidRedirectUri,
    /// RFC 7591 3.2.2: another member of the registration is not acceptable.
    InvalidClientMetadata,
    /// RFC 6749 4.1.2.1: a server fault that a retry will not cure.
    ServerError,
    /// RFC 6749 4.1.2.1: a server fault that a retry may cure.
    TemporarilyUnavailable,
}

impl ErrorCode {
    /// The code in the wire format.
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
    /// A body with the code and a sentence for the client's developer.
    pub const fn new(code: ErrorCode, description: &'a str) -> Self {
        Self { error: code.as_str(), error_description: description }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_that_of_its_rfc() {
        for (code, text) in [
            (ErrorCode::InvalidRequest, "invalid_request"),
            (ErrorCode::InvalidClient, "invalid_client"),
            (ErrorCode::InvalidGrant, "invalid_grant"),
            (ErrorCode::InvalidScope, "invalid_scope"),
            (ErrorCode::UnsupportedGrantType, "unsupported_grant_type"),
            (ErrorCode::UnsupportedResponseType, "unsupported_response_type"),
            (ErrorCode::AccessDenied, "access_denied"),
            (ErrorCode::InvalidTarget, "invalid_target"),
            (ErrorCode::InvalidRedirectUri, "invalid_redirect_uri"),
            (ErrorCode::InvalidClientMetadata, "invalid_client_metadata"),
            (ErrorCode::ServerError, "server_error"),
            (ErrorCode::TemporarilyUnavailable, "temporarily_unavailable"),
        ] {
            assert_eq!(code.as_str(), text);
        }
    }
}
