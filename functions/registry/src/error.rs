//! The errors of `/v1/deepagents`, and their one mapping to the wire format of LangSmith's API: two flat bodies from
//! authentication, and an object with `type`, `code`, `detail` and `status` for everything else.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::servers::{AuthRefused, CallerFailure, HeaderRefused, NameRefused};
use shared::store::StoreError;
use shared::vault::VaultError;
use shared::web::body::BodyError;
use shared::web::problem::{Challenge, forbidden, problem, unauthorized, unavailable};

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RegistryError {
    #[error(transparent)]
    Caller(#[from] CallerFailure),
    #[error("the caller lacks a permission")]
    NotPermitted,
    #[error("'{0}' is required")]
    Required(&'static str),
    #[error("not a JSON object of the documented schema")]
    NotTheSchema,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Url(#[from] outbound::UrlRefused),
    #[error(transparent)]
    Name(#[from] NameRefused),
    #[error(transparent)]
    Headers(#[from] HeaderRefused),
    #[error(transparent)]
    Auth(#[from] AuthRefused),
    #[error("'{0}' cannot be changed")]
    Immutable(&'static str),
    #[error("'{0}' may have {1} characters, none of them a control character")]
    Text(&'static str, usize),
    #[error("MCP server not found")]
    UnknownServer,
    #[error("OAuth provider not found")]
    UnknownProvider,
    #[error("the workspace has no such OAuth provider")]
    ForeignProvider,
    #[error("name either 'issuer' or 'endpoints'")]
    IssuerAndEndpoints,
    #[error("the server has no shared OAuth provider")]
    NoProvider,
    #[error("another one of the workspace has this {0}")]
    Taken(&'static str),
    #[error("the server was changed by others again and again")]
    Contended,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl IntoResponse for RegistryError {
    fn into_response(self) -> Response {
        let text = self.to_string();
        match self {
            Self::Caller(CallerFailure::Missing) => unauthorized(Challenge::NoCredential),
            Self::Caller(CallerFailure::InvalidToken) => unauthorized(Challenge::InvalidToken),
            Self::Caller(CallerFailure::Refused) | Self::NotPermitted => forbidden(),
            Self::Caller(CallerFailure::Workspace(_)) => {
                problem(StatusCode::BAD_REQUEST, "invalid_request", &text)
            }
            Self::Caller(CallerFailure::Unavailable) => unavailable(),
            Self::Required(name) => {
                let detail = format!("Set '{name}' to a non-empty string: {text}");
                problem(StatusCode::BAD_REQUEST, "missing_required_field", &detail)
            }
            Self::NotTheSchema | Self::Body(BodyError::Interrupted) => problem(
                StatusCode::BAD_REQUEST,
                "invalid_request_body",
                "Provide a valid JSON request body matching the documented schema",
            ),
            Self::Body(BodyError::TooLarge) => {
                problem(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request_body", &text)
            }
            Self::Body(BodyError::TooSlow) => {
                problem(StatusCode::REQUEST_TIMEOUT, "invalid_request_body", &text)
            }
            Self::Url(_)
            | Self::Name(_)
            | Self::Headers(_)
            | Self::Auth(_)
            | Self::Immutable(_)
            | Self::ForeignProvider
            | Self::IssuerAndEndpoints
            | Self::Text(..) => problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", &text),
            Self::UnknownServer => {
                let detail =
                    format!("Verify the MCP server ID and that the calling identity has access: {text}");
                problem(StatusCode::NOT_FOUND, "mcp_server_not_found", &detail)
            }
            Self::UnknownProvider => {
                let detail =
                    format!("Verify the OAuth provider ID and that the calling identity has access: {text}");
                problem(StatusCode::NOT_FOUND, "auth_provider_not_found", &detail)
            }
            Self::NoProvider => problem(StatusCode::BAD_REQUEST, "invalid_request", &text),
            Self::Taken(_) => problem(StatusCode::CONFLICT, "conflict", &text),
            Self::Contended | Self::Store(_) | Self::Vault(_) => {
                tracing::error!(error = %text, "a request to the registry failed");
                unavailable()
            }
        }
    }
}
