//! The text printed after the start: the address, and how to connect. It fits a terminal of 24 rows, so that the URL
//! and the key stay visible; the page at the URL has the instructions for every client.

use std::fmt::Write as _;

use metadata::clients::client_setups;
use oauth::public_url::PublicUrl;
use url::Url;

/// The text for standard output.
pub(crate) fn text(public: &PublicUrl, langsmith: &str, signs_in: bool, demo_key: Option<&str>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "LangSmith Remote MCP is ready.\n\n  MCP URL    {}", public.resource());
    let _ = writeln!(text, "  LangSmith  {langsmith}");
    if !signs_in {
        let _ = writeln!(
            text,
            "  Sign-in    by API key only; sign-in with LangSmith needs --langsmith-client-id"
        );
    }
    if let Some(key) = demo_key {
        let _ = writeln!(text, "  Demo key   {key}   (sample data; nothing leaves this machine)");
        let _ =
            writeln!(text, "\nTo sign in, choose Continue with LangSmith and one of its two sample users,");
        let _ = writeln!(text, "or use the demo key.");
    }
    if let Ok(url) = Url::parse(&public.resource()) {
        for setup in client_setups(&url).iter().filter(|setup| !setup.lines.contains('\n')) {
            let _ = writeln!(text, "\n{}, for {}:\n    {}", setup.place, setup.client, setup.lines);
        }
    }
    let _ = writeln!(text, "\nFor every other client, open {}/ in a browser.", public.issuer());
    let _ = writeln!(text, "\nPress Ctrl-C to stop.");
    text
}
