//! The pages: their headers, and the protection against open redirects.

use http::header;
use primitives::secret::sha256;
use reqwest::RequestBuilder;

use crate::checks::registration::REDIRECT_URI;
use crate::mend;
use crate::sight::{Sight, Trouble, printable};
use crate::visitor::{Answer, Visitor};

/// For a login that is never finished.
const VERIFIER: &str = "the-doctor-never-exchanges-a-code-so-this-may-be-known";

fn request(visitor: &Visitor, client: &str, redirect_uri: &str, path: &str) -> RequestBuilder {
    visitor.get("/authorize").query(&[
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", redirect_uri),
        ("state", "doctor"),
        ("code_challenge", &sha256(VERIFIER.as_bytes())),
        ("code_challenge_method", "S256"),
        ("resource", &visitor.url(path)),
    ])
}

/// The login page of a registered client.
pub(crate) async fn page(visitor: &Visitor, client: &str, path: &str) -> Sight {
    let answer = visitor.ask(request(visitor, client, REDIRECT_URI, path)).await?;
    mend::expect(&answer, &[200], "authorize")?;
    dressed(&answer)?;
    let secure = visitor.url("").starts_with("https:");
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap_or_default().to_ascii_lowercase();
        let has = |attribute: &str| cookie.split(';').any(|found| found.trim() == attribute);
        if !has("httponly") || (secure && !has("secure")) {
            return Err(Trouble::fault("a cookie without HttpOnly and Secure", mend::PUBLIC_URL));
        }
    }
    Ok("HTML with its security headers".to_owned())
}

/// Pages must not be framed, cached or sniffed (RFC 9700 section 4.16).
fn dressed(answer: &Answer) -> Result<(), Trouble> {
    if !answer.is("text/html") {
        let found = printable(answer.header("content-type").unwrap_or("missing"));
        return Err(Trouble::fault(format!("content-type is {found}, not HTML"), mend::IN_BETWEEN));
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    let directive = |text: &str| policy.split(';').any(|found| found.trim() == text);
    let missing = [
        ("default-src 'none' in content-security-policy", directive("default-src 'none'")),
        ("frame-ancestors 'none' in content-security-policy", directive("frame-ancestors 'none'")),
        ("cache-control: no-store", answer.lists("cache-control", "no-store")),
        ("x-content-type-options: nosniff", answer.lists("x-content-type-options", "nosniff")),
        ("referrer-policy: no-referrer", answer.lists("referrer-policy", "no-referrer")),
    ];
    let missing: Vec<_> = missing.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Trouble::fault(
        format!("without {}", missing.join(", ")),
        "the function authorize sets them on every page: a proxy or a content delivery network in front changes them",
    ))
}

/// An unregistered client and a foreign redirect URI of a registered one must not be redirected to (RFC 6749 section
/// 4.1.2.1).
pub(crate) async fn strangers(visitor: &Visitor, client: &str, path: &str) -> Sight {
    let foreign = "https://stranger.example/callback";
    for (client, redirect_uri) in [("doctor-unknown-client", REDIRECT_URI), (client, foreign)] {
        let answer = visitor.ask(request(visitor, client, redirect_uri, path)).await?;
        if answer.status.is_redirection() || answer.headers.contains_key(header::LOCATION) {
            let to = printable(answer.header("location").unwrap_or("nowhere"));
            return Err(Trouble::fault(
                format!("status {}: redirected to {to}", answer.status.as_u16()),
                "this server never redirects to an unregistered address: find out what answers /authorize",
            ));
        }
        mend::expect(&answer, &[400], "authorize")?;
        dressed(&answer)?;
    }
    Ok("refused with a page, without a redirect".to_owned())
}
