//! MCP's messages, as clients send them.

use serde_json::{Value, json};

/// The modern protocol version.
pub const MODERN: &str = "2026-07-28";

/// A request.
pub fn request(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

/// A call of a tool, as every version but the modern one writes it.
pub fn tool_call(tool: &str, arguments: &Value) -> Value {
    request("tools/call", &json!({"name": tool, "arguments": arguments}))
}

/// The `_meta` that is part of the parameters of every modern request.
pub fn modern_meta() -> Value {
    meta_of(&json!("test"))
}

/// The same of a client with this name.
pub fn meta_of(client: &Value) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": {"name": client, "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// The headers in which a modern request repeats its body; `name` is that of the tool, or empty.
pub fn modern_headers<'a>(method: &'a str, name: &'a str) -> [(&'static str, &'a str); 3] {
    [("mcp-protocol-version", MODERN), ("mcp-method", method), ("mcp-name", name)]
}
