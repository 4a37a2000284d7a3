//! The protocols before 2026-07-28: `initialize`, and a session if the server gives one.

use http::{HeaderMap, HeaderValue};
use outbound::GuardedClient;
use primitives::deadline::Deadline;
use serde::{Deserialize, Serialize};

use crate::exchange::{Exchange, SESSION, VERSION};
use crate::failure::ListFailure;
use crate::listing::Listing;
use crate::message::Request;
use crate::modern::{ClientInfo, Empty};
use crate::{ServerAddress, ToolList};

/// The newest of these protocols, and the others, which a server may choose instead.
const VERSIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/// The maximum length of a session's id, in bytes.
const MAX_SESSION: usize = 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Initialize {
    protocol_version: &'static str,
    capabilities: Empty,
    client_info: ClientInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initialized {
    protocol_version: String,
}

#[derive(Serialize)]
struct Params<'p> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'p str>,
}

pub(crate) async fn list(
    client: &GuardedClient,
    server: &ServerAddress,
    deadline: Deadline,
) -> Result<ToolList, ListFailure> {
    let mut exchange = Exchange::new(client, server, deadline);
    let protocol = initialize(&mut exchange).await?;
    let listed = pages(&mut exchange, &protocol).await;
    if protocol.contains_key(SESSION) {
        exchange.end_session(protocol).await;
    }
    listed
}

/// The handshake; the headers of all further requests.
async fn initialize(exchange: &mut Exchange<'_>) -> Result<HeaderMap, ListFailure> {
    let [newest, ..] = VERSIONS;
    let params =
        Initialize { protocol_version: newest, capabilities: Empty {}, client_info: ClientInfo::OURS };
    let received = exchange.call(&Request::new("initialize", params), HeaderMap::new()).await?;
    let chosen: Initialized = serde_json::from_str(received.result.get()).map_err(|_| ListFailure::NotMcp)?;
    let version = VERSIONS.into_iter().find(|version| *version == chosen.protocol_version);
    let mut protocol = HeaderMap::new();
    protocol.insert(VERSION, HeaderValue::from_static(version.ok_or(ListFailure::NotMcp)?));
    if let Some(session) = received.headers.get(SESSION) {
        // Visible ASCII (MCP 2025-11-25, "Session Management").
        if session.len() > MAX_SESSION || !session.as_bytes().iter().all(u8::is_ascii_graphic) {
            return Err(ListFailure::NotMcp);
        }
        protocol.insert(SESSION, session.clone());
    }
    Ok(protocol)
}

/// Confirms the handshake and reads the list.
async fn pages(exchange: &mut Exchange<'_>, protocol: &HeaderMap) -> Result<ToolList, ListFailure> {
    exchange.notify(&Request::notification("notifications/initialized", Empty {}), protocol.clone()).await?;
    let mut listing = Listing::default();
    let mut cursor = None;
    loop {
        let request = Request::new("tools/list", Params { cursor: cursor.as_deref() });
        let received = exchange.call(&request, protocol.clone()).await?;
        cursor = listing.add(&received.result)?;
        if cursor.is_none() {
            return Ok(listing.finish());
        }
    }
}
