//! The protocol of 2026-07-28: every request stands alone.

use http::{HeaderMap, HeaderName, HeaderValue};
use outbound::GuardedClient;
use primitives::deadline::Deadline;
use serde::Serialize;

use crate::exchange::{Exchange, VERSION};
use crate::failure::ListFailure;
use crate::listing::Listing;
use crate::message::Request;
use crate::{ServerAddress, ToolList};

const MODERN: &str = "2026-07-28";
const METHOD: HeaderName = HeaderName::from_static("mcp-method");

#[derive(Serialize)]
struct Params<'p> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'p str>,
    #[serde(rename = "_meta")]
    meta: Meta,
}

/// What each request says of the client (MCP 2026-07-28, "Request Metadata").
#[derive(Serialize)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/protocolVersion")]
    version: &'static str,
    #[serde(rename = "io.modelcontextprotocol/clientInfo")]
    client: ClientInfo,
    #[serde(rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: Empty,
}

/// The name of this client.
#[derive(Serialize)]
pub(crate) struct ClientInfo {
    name: &'static str,
    version: &'static str,
}

/// An object without members.
#[derive(Serialize)]
pub(crate) struct Empty {}

impl ClientInfo {
    pub(crate) const OURS: Self = Self { name: "langsmith-remote-mcp", version: env!("CARGO_PKG_VERSION") };
}

pub(crate) async fn list(
    client: &GuardedClient,
    server: &ServerAddress,
    deadline: Deadline,
) -> Result<ToolList, ListFailure> {
    let mut exchange = Exchange::new(client, server, deadline);
    let mut listing = Listing::default();
    let mut cursor = None;
    loop {
        let meta = Meta { version: MODERN, client: ClientInfo::OURS, capabilities: Empty {} };
        let request = Request::new("tools/list", Params { cursor: cursor.as_deref(), meta });
        let mut headers = HeaderMap::new();
        headers.insert(VERSION, HeaderValue::from_static(MODERN));
        headers.insert(METHOD, HeaderValue::from_static("tools/list"));
        let received = exchange.call(&request, headers).await?;
        cursor = listing.add(&received.result)?;
        if cursor.is_none() {
            return Ok(listing.finish());
        }
    }
}
