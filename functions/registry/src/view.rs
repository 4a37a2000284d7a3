//! A server in the wire format (LangSmith's `McpServer`).

use primitives::clock::Timestamp;
use serde::Serialize;
use shared::servers::{CredentialHeaders, RegisteredServer};
use shared::web::time::to_microseconds;
use uuid::Uuid;

/// The members in the order of the documented example.
#[derive(Serialize)]
pub(crate) struct ServerView<'s> {
    id: String,
    tenant_id: &'s str,
    name: &'s str,
    url: &'s str,
    /// Left out for callers who may not invoke the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<HeaderView<'s>>>,
    auth_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    oauth_provider_id: Option<Uuid>,
    oauth_mode: &'static str,
    created_at: String,
    updated_at: String,
    mcp_vendor_id: Option<&'s str>,
    vendor_id: Option<&'s str>,
    external_system_id: Option<&'s str>,
    /// Left out unless it is `false`: without it, clients take a server for one that they may invoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_invoke: Option<bool>,
}

#[derive(Serialize)]
struct HeaderView<'s> {
    key: &'s str,
    value: &'s str,
}

impl<'s> ServerView<'s> {
    /// The server with its headers, for a caller who may invoke it; `None` for one who may not.
    pub(crate) fn of(server: &'s RegisteredServer, headers: Option<&'s CredentialHeaders>) -> Self {
        let shown = headers.map(|headers| {
            let headers = headers.iter();
            headers.map(|header| HeaderView { key: &header.name, value: header.value.expose() }).collect()
        });
        Self {
            id: server.id.to_string(),
            tenant_id: server.workspace.as_str(),
            name: server.name.as_str(),
            url: &server.url,
            can_invoke: shown.is_none().then_some(false),
            headers: shown,
            auth_type: server.auth.auth_type(),
            oauth_provider_id: server.auth.shared_provider(),
            oauth_mode: server.auth.oauth_mode(),
            created_at: to_microseconds(Timestamp::from_millis(server.created_at)),
            updated_at: to_microseconds(Timestamp::from_millis(server.updated_at)),
            mcp_vendor_id: None,
            vendor_id: server.vendor_id.as_deref(),
            external_system_id: server.external_system_id.as_deref(),
        }
    }
}
