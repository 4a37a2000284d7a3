//! An MCP client for either era of the protocol.

use http::HeaderValue;
use primitives::secret::Secret;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::visitor::Visitor;

/// The revision without sessions.
pub(crate) const MODERN: &str = "2026-07-28";
/// The newest revision with sessions.
pub(crate) const LEGACY: &str = "2025-11-25";

/// Clients must accept both forms of an answer.
const ACCEPT: &str = "application/json, text/event-stream";

/// The credential of a call.
pub(crate) enum Credential<'a> {
    None,
    Key(&'a Secret),
    Token(&'a Secret),
}

/// A client of one endpoint.
pub(crate) struct Speaker<'a> {
    pub(crate) visitor: &'a Visitor,
    pub(crate) path: &'a str,
    pub(crate) credential: Credential<'a>,
}

impl Speaker<'_> {
    /// A message of the legacy era. After the handshake, a header carries its version.
    pub(crate) fn legacy(&self, method: &str, params: &Value, version: Option<&str>) -> RequestBuilder {
        let request = self.message(method, params);
        match version {
            Some(version) => request.header("mcp-protocol-version", version),
            None => request,
        }
    }

    /// A message of the modern era: it describes itself, and its headers repeat the body.
    pub(crate) fn modern(&self, method: &str, tool: Option<&str>) -> RequestBuilder {
        let mut params = json!({
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": MODERN,
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        });
        if let (Some(tool), Some(params)) = (tool, params.as_object_mut()) {
            params.insert("name".to_owned(), json!(tool));
            params.insert("arguments".to_owned(), json!({}));
        }
        let request = self.message(method, &params);
        let request = request.header("mcp-protocol-version", MODERN).header("mcp-method", method);
        match tool {
            Some(tool) => request.header("mcp-name", tool),
            None => request,
        }
    }

    fn message(&self, method: &str, params: &Value) -> RequestBuilder {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = self.visitor.post(self.path).header("accept", ACCEPT).json(&message);
        match self.credential {
            Credential::None => request,
            Credential::Key(key) => match HeaderValue::from_str(key.expose()) {
                Ok(mut value) => {
                    value.set_sensitive(true);
                    request.header("x-api-key", value)
                }
                // The program refuses such a key before any request.
                Err(_) => request,
            },
            Credential::Token(token) => request.bearer_auth(token.expose()),
        }
    }
}
