//! The client of MCP servers that users register: lists their tools, over Streamable HTTP, in the protocol of 2026-07-28
//! and in those before it. Every byte of a server is bounded, and what it describes is kept as it was sent.
//!
//! Requests go through the guarded client of `outbound`, and carry the headers that are stored with the server. No rules
//! of LangSmith, and nothing is stored here.

mod answer;
mod exchange;
mod failure;
mod legacy;
mod listing;
pub mod manifest;
mod message;
mod modern;
mod sse;
mod tool;

pub use answer::{AnswerForm, read_page};
pub use failure::ListFailure;
pub use tool::{Tool, ToolList};

use http::HeaderMap;
use outbound::{GuardedClient, GuardedUrl};
use primitives::deadline::Deadline;

/// A server, with the headers for it.
#[derive(Clone)]
pub struct ServerAddress {
    /// Its MCP endpoint.
    pub url: GuardedUrl,
    /// The headers of every request, which may hold a credential.
    pub headers: HeaderMap,
}

/// The tools of a server, from all pages.
///
/// The modern request comes first. A server of an earlier protocol refuses it with an error of HTTP or JSON-RPC, or
/// answers it; after a refusal follows the handshake with `initialize` (MCP 2026-07-28, "Backward Compatibility").
pub async fn list_tools(
    client: &GuardedClient,
    server: &ServerAddress,
    deadline: Deadline,
) -> Result<ToolList, ListFailure> {
    match modern::list(client, server, deadline).await {
        Err(failure) if failure.may_be_of_another_era() => legacy::list(client, server, deadline).await,
        outcome => outcome,
    }
}
