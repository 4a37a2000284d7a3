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
        let _ = writeln!(
            text,
            "\nTo sign in, choose Continue with LangSmith and one of its two sample users, or use the demo key."
        );
    }
    let _ =
        writeln!(text, "\nTo connect a client, open {}/ in a browser, or use these lines.", public.issuer());
    if let Ok(url) = Url::parse(&public.resource()) {
        for setup in client_setups(&url) {
            let _ = writeln!(
                text,
                "\n{}, for {}:\n\n{}\n\n  {}",
                setup.place,
                setup.client,
                indented(&setup.lines),
                setup.then
            );
        }
    }
    let _ = writeln!(text, "\nCtrl-C ends it.");
    text
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
