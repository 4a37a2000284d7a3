//! Clients whose scheme is known by a public source: a page may open their links by itself after Allow.

/// A client and its scheme.
#[derive(Debug, PartialEq, Eq)]
pub struct KnownClient {
    /// The scheme, in lower case.
    pub scheme: &'static str,
    /// What its makers call it.
    pub name: &'static str,
}

const fn client(scheme: &'static str, name: &'static str) -> KnownClient {
    KnownClient { scheme, name }
}

/// The table wins over the lists of refused schemes. A new row needs its source beside it.
pub(super) const KNOWN_CLIENTS: [KnownClient; 8] = [
    // The Claude app, as github.com/RevenueCat/ai-toolkit/issues/58 and github.com/anthropics/claude-code/issues/93671 saw it.
    client("claude", "Claude"),
    // cursor://anysphere.cursor-mcp/oauth/callback: github.com/modelcontextprotocol/python-sdk/pull/895.
    client("cursor", "Cursor"),
    // jetbrains://gateway/…: github.com/bytebase/bytebase/issues/20510.
    client("jetbrains", "JetBrains"),
    // IANA's registry of URI schemes, prov/vscode.
    client("vscode", "Visual Studio Code"),
    // IANA's registry of URI schemes, prov/vscode-insiders.
    client("vscode-insiders", "Visual Studio Code Insiders"),
    // warp://mcp/oauth2callback: github.com/warpdotdev/warp/issues/9088.
    client("warp", "Warp"),
    // github.com/mindset-ai/memex-ai/pull/146, as is Zed.
    client("windsurf", "Windsurf"),
    client("zed", "Zed"),
];
