//! The common clients, and how to connect each of them to an MCP endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use url::Url;

/// The instructions for connecting one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSetup {
    /// The client's name.
    pub client: &'static str,
    /// Where to paste `lines`, as part of a sentence: "In a terminal".
    pub place: &'static str,
    /// The text to paste.
    pub lines: String,
    /// How to start the login afterwards.
    pub then: &'static str,
    /// A link that does the same with one click.
    pub install: Option<String>,
    /// The client's own documentation of MCP servers.
    pub docs: &'static str,
}

/// The instructions for all clients, for the MCP endpoint at `mcp_url`.
pub fn client_setups(mcp_url: &Url) -> [ClientSetup; 4] {
    let url = shell_word(mcp_url);
    let cursor = json!({"mcpServers": {"langsmith": {"url": mcp_url.as_str()}}});
    let vs_code = json!({"servers": {"langsmith": {"type": "http", "url": mcp_url.as_str()}}});
    [
        ClientSetup {
            client: "Claude Code",
            place: "In a terminal",
            lines: format!("claude mcp add --transport http langsmith {url}"),
            then: "Then type /mcp in Claude Code and choose langsmith to sign in.",
            install: None,
            docs: "https://code.claude.com/docs/en/mcp",
        },
        ClientSetup {
            client: "Cursor",
            place: "In ~/.cursor/mcp.json",
            lines: format!("{cursor:#}"),
            then: "Then open Cursor's settings for MCP and choose to connect langsmith.",
            install: Some(cursor_link(mcp_url)),
            docs: "https://cursor.com/docs/mcp",
        },
        ClientSetup {
            client: "VS Code",
            place: "In .vscode/mcp.json",
            lines: format!("{vs_code:#}"),
            then: "Then choose Start above the entry.",
            install: Some(vs_code_link(mcp_url)),
            docs: "https://code.visualstudio.com/docs/copilot/reference/mcp-configuration",
        },
        ClientSetup {
            client: "Codex",
            place: "In a terminal",
            lines: format!("codex mcp add langsmith --url {url}"),
            then: "Codex opens your browser to sign in. If it does not: codex mcp login langsmith",
            install: None,
            docs: "https://developers.openai.com/codex/mcp",
        },
    ]
}

/// Cursor's install link carries the server's entry of `mcp.json`.
fn cursor_link(mcp_url: &Url) -> String {
    let config = STANDARD.encode(json!({"url": mcp_url.as_str()}).to_string());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("name", "langsmith")
        .append_pair("config", &config)
        .finish();
    format!("cursor://anysphere.cursor-deeplink/mcp/install?{query}")
}

/// VS Code's install link carries the same entry as JSON, including the server's name.
fn vs_code_link(mcp_url: &Url) -> String {
    let server = json!({"name": "langsmith", "type": "http", "url": mcp_url.as_str()}).to_string();
    let encoded: String = url::form_urlencoded::byte_serialize(server.as_bytes()).collect();
    format!("vscode:mcp/install?{encoded}")
}

/// `url` as one word of a POSIX shell. A serialized URL holds no space and no double quote, but it may hold `&`, `;`,
/// `$` and `'` in its path.
fn shell_word(url: &Url) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/@%+".contains(&byte);
    if url.as_str().bytes().all(plain) {
        url.to_string()
    } else {
        format!("'{}'", url.as_str().replace('\'', "%27"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setups(url: &str) -> [ClientSetup; 4] {
        client_setups(&Url::parse(url).unwrap())
    }

    #[test]
    fn every_client_gets_the_url() {
        let url = "https://mcp.example.com/mcp";
        for setup in setups(url) {
            assert!(setup.lines.contains(url), "{setup:?}");
        }
    }

    #[test]
    fn the_json_of_the_editors_parses() {
        let [_, cursor, vs_code, _] = setups("http://localhost:8484/mcp");
        let cursor: serde_json::Value = serde_json::from_str(&cursor.lines).unwrap();
        assert_eq!(cursor["mcpServers"]["langsmith"]["url"], "http://localhost:8484/mcp");
        let vs_code: serde_json::Value = serde_json::from_str(&vs_code.lines).unwrap();
        assert_eq!(vs_code["servers"]["langsmith"]["type"], "http");
    }

    #[test]
    fn the_links_hold_what_the_files_would() {
        let address = "https://mcp.example.com/x'&y/mcp";
        let [_, cursor, vs_code, _] = setups(address);
        let link = Url::parse(&cursor.install.unwrap()).unwrap();
        let query: std::collections::BTreeMap<_, _> = link.query_pairs().into_owned().collect();
        assert_eq!(
            (link.scheme(), link.path(), query["name"].as_str()),
            ("cursor", "/mcp/install", "langsmith")
        );
        let config: serde_json::Value =
            serde_json::from_slice(&STANDARD.decode(&query["config"]).unwrap()).unwrap();
        assert_eq!(config, json!({"url": address}));
        let link = vs_code.install.unwrap();
        let encoded = link.strip_prefix("vscode:mcp/install?").unwrap();
        assert!(!encoded.contains(['+', '&', '"']), "{encoded}");
        let (server, _) = url::form_urlencoded::parse(encoded.as_bytes()).next().unwrap();
        let server: serde_json::Value = serde_json::from_str(&server).unwrap();
        assert_eq!(server, json!({"name": "langsmith", "type": "http", "url": address}));
    }

    #[test]
    fn a_url_stays_one_harmless_shell_word() {
        let [claude, ..] = setups("https://a.example/x'$(id);&y/mcp");
        assert_eq!(claude.lines.rsplit(' ').next(), Some("'https://a.example/x%27$(id);&y/mcp'"));
        let [claude, ..] = setups("http://[::1]:8484/mcp");
        assert!(claude.lines.ends_with("langsmith 'http://[::1]:8484/mcp'"), "{claude:?}");
    }
}
