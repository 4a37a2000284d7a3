//! Clients whose scheme is documented by a public source. After Allow, a page may open their links automatically,
//! provided that the link is one that takes authorization responses.

/// A client and its scheme.
#[derive(Debug, PartialEq, Eq)]
pub struct KnownClient {
    /// The scheme, in lower case.
    pub scheme: &'static str,
    /// The name that its makers use.
    pub name: &'static str,
    /// The beginnings, after the scheme's colon, of links that take authorization responses. Empty where no source
    /// shows one.
    answers: &'static [&'static str],
}

/// The usual paths for authorization responses, for clients without a documented one.
const USUAL_PATHS: [&str; 8] = [
    "auth/callback",
    "callback",
    "mcp/oauth/callback",
    "oauth",
    "oauth-callback",
    "oauth/callback",
    "oauth2callback",
    "oauth_callback",
];

impl KnownClient {
    /// Whether a link takes authorization responses; `rest` is the part after the scheme's colon. A link with a query
    /// does more than that, and one with dots or escapes may be read as another one.
    pub(super) fn takes_answers_at(&self, rest: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if !rest.bytes().all(plain) || rest.contains("..") {
            return false;
        }
        if !self.answers.is_empty() {
            return self.answers.iter().any(|answer| rest.starts_with(answer));
        }
        let path = match rest.strip_prefix("//") {
            Some(behind) => behind.split_once('/').map_or("", |(_, path)| path),
            None => rest.trim_start_matches('/'),
        };
        USUAL_PATHS.contains(&path)
    }
}

const fn client(scheme: &'static str, name: &'static str, answers: &'static [&'static str]) -> KnownClient {
    KnownClient { scheme, name, answers }
}

/// The table takes precedence over the lists of refused schemes. A new row needs its source beside it.
pub(super) const KNOWN_CLIENTS: [KnownClient; 8] = [
    // The Claude app, as seen in github.com/RevenueCat/ai-toolkit/issues/58 and
    // github.com/anthropics/claude-code/issues/93671.
    client("claude", "Claude", &[]),
    // cursor://anysphere.cursor-mcp/oauth/callback: github.com/modelcontextprotocol/python-sdk/pull/895.
    client("cursor", "Cursor", &["//anysphere.cursor-mcp/oauth/"]),
    // jetbrains://gateway/…: github.com/bytebase/bytebase/issues/20510.
    client("jetbrains", "JetBrains", &["//gateway/"]),
    // IANA's registry of URI schemes, prov/vscode.
    client("vscode", "Visual Studio Code", &[]),
    // IANA's registry of URI schemes, prov/vscode-insiders.
    client("vscode-insiders", "Visual Studio Code Insiders", &[]),
    // warp://mcp/oauth2callback: github.com/warpdotdev/warp/issues/9088.
    client("warp", "Warp", &["//mcp/oauth2callback"]),
    // github.com/mindset-ai/memex-ai/pull/146, as is Zed.
    client("windsurf", "Windsurf", &[]),
    client("zed", "Zed", &[]),
];
