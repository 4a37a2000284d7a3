//! Request headers that several functions read: the credential, and the headers that mirror an MCP message.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

/// The headers in which the hosted and the standalone server accept a LangSmith key.
pub const API_KEYS: [HeaderName; 2] =
    [HeaderName::from_static("x-api-key"), HeaderName::from_static("langsmith-api-key")];

/// The non-empty values of these headers. Clients with an empty setting send the header all the same, so an empty
/// credential counts as none.
pub fn non_empty_values<const N: usize>(
    headers: &HeaderMap,
    names: [HeaderName; N],
) -> impl Iterator<Item = &HeaderValue> {
    let lines = names.into_iter().flat_map(|name| headers.get_all(name));
    lines.filter(|line| !line.as_bytes().trim_ascii().is_empty())
}

/// Whether a person's browser requests a page. Programs do not list `text/html`.
pub fn wants_page(method: &Method, headers: &HeaderMap) -> bool {
    let is_html = |range: &str| {
        range.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("text/html"))
    };
    matches!(*method, Method::GET | Method::HEAD)
        && headers
            .get_all(ACCEPT)
            .iter()
            .any(|value| value.to_str().is_ok_and(|value| value.split(',').any(is_html)))
}

/// The method of the message (MCP 2026-07-28, "Standard MCP Request Headers").
pub const MCP_METHOD: HeaderName = HeaderName::from_static("mcp-method");
/// The name of the tool, resource or prompt.
pub const MCP_NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The token of an `Authorization` value (RFC 6750 section 2.1); the scheme is case-insensitive (RFC 9110 section
/// 11.1).
pub fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// Whether this is a LangSmith API key, by its prefix. Our tokens never begin like that.
pub fn is_langsmith_key(token: &str) -> bool {
    token.starts_with("lsv2_") || token.starts_with("ls__")
}

/// A header's value without surrounding whitespace (RFC 9110 §5.5), if there is exactly one.
pub fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    values.next().is_none().then_some(value)
}

/// Decodes the `=?base64?…?=` form of names with characters outside visible ASCII; anything else is literal.
pub fn decoded(value: &str) -> Option<Cow<'_, str>> {
    let Some(encoded) = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) else {
        return Some(Cow::Borrowed(value));
    };
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok().map(Cow::Owned)
}
