//! What a person reads after the start: where it is, and the lines to paste.

use std::fmt::Write as _;

use metadata::landing::client_setups;
use shared::oauth::public_url::PublicUrl;
use url::Url;

/// The text for standard output.
pub(crate) fn text(public: &PublicUrl, langsmith: &str, demo_key: Option<&str>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "LangSmith Remote MCP is ready.\n\n  MCP URL    {}", public.resource());
    let _ = writeln!(text, "  LangSmith  {langsmith}");
    if let Some(key) = demo_key {
        let _ = writeln!(text, "  Demo key   {key}   (sample data; nothing leaves this machine)");
    }
    if let Ok(url) = Url::parse(&public.resource()) {
        for setup in client_setups(&url) {
            let _ = writeln!(text, "\n{} ({})\n{}", setup.client, setup.place, indented(&setup.lines));
        }
    }
    let _ = writeln!(text, "\nCtrl-C ends it.");
    text
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
