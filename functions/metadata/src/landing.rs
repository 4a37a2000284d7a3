//! The page at `/`: what this server is, and the lines that connect the common clients to it.

use askama::Template;
use serde_json::json;
use shared::web::page::Page;
use url::Url;

/// How one client is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSetup {
    /// The client's name.
    pub client: &'static str,
    /// Where `lines` go, as a sentence part: "In a terminal".
    pub place: &'static str,
    /// What to paste there.
    pub lines: String,
    /// What starts the login afterwards.
    pub then: &'static str,
}

/// The clients that we name, connected to the MCP endpoint at `mcp_url`.
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
        },
        ClientSetup {
            client: "Cursor",
            place: "In ~/.cursor/mcp.json",
            lines: format!("{cursor:#}"),
            then: "Then open Cursor's settings for MCP and choose to connect langsmith.",
        },
        ClientSetup {
            client: "VS Code",
            place: "In .vscode/mcp.json",
            lines: format!("{vs_code:#}"),
            then: "Then choose Start above the entry.",
        },
        ClientSetup {
            client: "Codex",
            place: "In a terminal",
            lines: format!("codex mcp add langsmith --url {url}"),
            then: "Codex opens your browser to sign in. If it does not: codex mcp login langsmith",
        },
    ]
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

/// The landing page of one deployment.
#[derive(Debug, Clone, Template)]
#[template(path = "landing.html")]
pub struct LandingPage {
    mcp_url: Url,
    setups: [ClientSetup; 4],
}

impl LandingPage {
    /// The page for the MCP endpoint at `mcp_url`, which is also the resource identifier that clients are given.
    pub fn new(mcp_url: Url) -> Self {
        let setups = client_setups(&mcp_url);
        Self { mcp_url, setups }
    }
}

impl Page for LandingPage {
    fn title(&self) -> &'static str {
        "Connect your app"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(url: &str) -> String {
        LandingPage::new(Url::parse(url).unwrap()).render().unwrap()
    }

    #[test]
    fn every_client_gets_the_url() {
        let url = "https://mcp.example.com/mcp";
        for setup in client_setups(&Url::parse(url).unwrap()) {
            assert!(setup.lines.contains(url), "{setup:?}");
            assert!(page(url).contains(setup.client));
        }
        assert!(!page(url).contains("<script"));
    }

    #[test]
    fn the_json_of_the_editors_parses() {
        let [_, cursor, vs_code, _] = client_setups(&Url::parse("http://localhost:8484/mcp").unwrap());
        let cursor: serde_json::Value = serde_json::from_str(&cursor.lines).unwrap();
        assert_eq!(cursor["mcpServers"]["langsmith"]["url"], "http://localhost:8484/mcp");
        let vs_code: serde_json::Value = serde_json::from_str(&vs_code.lines).unwrap();
        assert_eq!(vs_code["servers"]["langsmith"]["type"], "http");
    }

    #[test]
    fn a_url_stays_one_harmless_shell_word() {
        let [claude, ..] = client_setups(&Url::parse("https://a.example/x'$(id);&y/mcp").unwrap());
        assert_eq!(claude.lines.rsplit(' ').next(), Some("'https://a.example/x%27$(id);&y/mcp'"));
        let [claude, ..] = client_setups(&Url::parse("http://[::1]:8484/mcp").unwrap());
        assert!(claude.lines.ends_with("langsmith 'http://[::1]:8484/mcp'"), "{claude:?}");
    }
}
