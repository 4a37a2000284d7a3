//! The errors of this function. Its two APIs write them differently: see `deepagents.rs` and `api.rs`.

use std::sync::Arc;

use mcp_client::ListFailure;
use outbound::{OutboundFailure, UrlRefused};
use serde::Serialize;
use shared::servers::{CallerFailure, ToolsFailure, Unpackable};
use shared::store::StoreError;
use shared::vault::VaultError;
use shared::web::body::BodyError;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolCacheError {
    #[error(transparent)]
    Caller(#[from] CallerFailure),
    #[error("the caller lacks a permission")]
    NotPermitted,
    #[error("a parameter is missing or malformed")]
    Fields(Vec<FieldError>),
    #[error(transparent)]
    Url(#[from] UrlRefused),
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("no MCP server of the workspace has this URL")]
    UnknownServer,
    #[error("the MCP server refused the stored credential")]
    UpstreamRefused,
    #[error("the MCP server did not list its tools: {0}")]
    List(Arc<ListFailure>),
    #[error(transparent)]
    Unpackable(#[from] Unpackable),
    #[error("the MCP server could not be reached: {0}")]
    Proxy(#[from] OutboundFailure),
    #[error("the tools are being fetched: try again")]
    Busy,
    #[error(transparent)]
    Store(Arc<StoreError>),
    #[error(transparent)]
    Vault(Arc<VaultError>),
}

/// A problem with one parameter or member, in the wire format of `/api/v1` (`ValidationError`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    loc: Vec<&'static str>,
    msg: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl FieldError {
    pub(crate) fn new(loc: Vec<&'static str>, kind: &'static str, msg: impl Into<String>) -> Self {
        Self { loc, msg: msg.into(), kind }
    }

    /// A parameter or member that is required and was not sent.
    pub(crate) fn missing(loc: Vec<&'static str>) -> Self {
        Self::new(loc, "missing", "Field required")
    }

    /// The last part of the place, and the problem.
    pub(crate) fn text(&self) -> String {
        format!("'{}': {}", self.loc.last().copied().unwrap_or_default(), self.msg)
    }
}

impl From<StoreError> for ToolCacheError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<VaultError> for ToolCacheError {
    fn from(error: VaultError) -> Self {
        Self::Vault(Arc::new(error))
    }
}

impl From<ToolsFailure> for ToolCacheError {
    fn from(failure: ToolsFailure) -> Self {
        match failure {
            ToolsFailure::Server(failure) => match *failure {
                ListFailure::Unauthorized { .. } | ListFailure::Forbidden => Self::UpstreamRefused,
                _ => Self::List(failure),
            },
            ToolsFailure::Unpackable(error) => Self::Unpackable(error),
            ToolsFailure::Gone => Self::UnknownServer,
            ToolsFailure::Busy => Self::Busy,
            ToolsFailure::Store(error) => Self::Store(error),
            ToolsFailure::Vault(error) => Self::Vault(error),
        }
    }
}
