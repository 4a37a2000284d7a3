//! The request headers that mirror the body (MCP 2026-07-28, Streamable HTTP, "Standard MCP Request Headers"). A server
//! must refuse a request whose headers and body disagree, because gateways route and meter by the headers.

use http::{HeaderMap, HeaderName};
use rmcp::model::ErrorCode;
use shared::web::headers::{MCP_METHOD, MCP_NAME, decoded, single};

use super::error::RpcError;
use shared::web::header_lines::{Ambiguous, agreed};

/// The protocol revision of the request.
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The value of `MCP-Protocol-Version`.
pub(crate) fn version(headers: &HeaderMap) -> Result<Option<&str>, Ambiguous> {
    agreed(headers.get_all(&PROTOCOL_VERSION))
}

/// Whether the header is absent or empty.
pub(crate) fn is_absent(headers: &HeaderMap, name: &HeaderName) -> bool {
    agreed(headers.get_all(name)) == Ok(None)
}

/// `MCP-Protocol-Version` must repeat the version of `_meta`.
pub(crate) fn check_version(headers: &HeaderMap, version: &str) -> Result<(), RpcError> {
    equal(agreed_value(headers, &PROTOCOL_VERSION), version, "MCP-Protocol-Version")
}

/// `Mcp-Method` must repeat the method; values are case-sensitive.
pub(crate) fn check_method(headers: &HeaderMap, method: &str) -> Result<(), RpcError> {
    equal(agreed_value(headers, &MCP_METHOD), method, "Mcp-Method")
}

/// `Mcp-Name` must repeat the name of the called tool. A name may contain a comma, so a single line is first taken as
/// it is.
pub(crate) fn check_name(headers: &HeaderMap, name: &str) -> Result<(), RpcError> {
    let matches = |header: Option<&str>| header.and_then(decoded).as_deref() == Some(name);
    if matches(single(headers, &MCP_NAME)) || matches(agreed_value(headers, &MCP_NAME)) {
        return Ok(());
    }
    Err(mismatch("Mcp-Name"))
}

fn agreed_value<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    agreed(headers.get_all(name)).ok().flatten()
}

fn equal(header: Option<&str>, body: &str, name: &'static str) -> Result<(), RpcError> {
    if header == Some(body) { Ok(()) } else { Err(mismatch(name)) }
}

fn mismatch(name: &'static str) -> RpcError {
    RpcError::bad_request(
        ErrorCode::HEADER_MISMATCH,
        format!("The {name} header is missing or does not match the body"),
    )
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn name_header(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(MCP_NAME, HeaderValue::from_static(value))])
    }

    #[test]
    fn names_are_compared_after_decoding() {
        for (header, name) in [
            ("fetch_runs", "fetch_runs"),
            ("  fetch_runs  ", "fetch_runs"),
            ("=?base64?SGVsbG8=?=", "Hello"),
            ("=?base64?w6k=?=", "é"),
            ("SGVsbG8=", "SGVsbG8="),
            ("=?base64?SGVsbG8=", "=?base64?SGVsbG8="),
        ] {
            assert!(check_name(&name_header(header), name).is_ok(), "{header}");
        }
    }

    #[test]
    fn what_does_not_match_is_a_header_mismatch() {
        for header in
            ["Hello ", "hello", "=?base64?SGVsbG8?=", "=?base64?SGVs!!!bG8=?=", "=?base64?/w==?=", ""]
        {
            let error = check_name(&name_header(header), "Hello!").unwrap_err();
            assert_eq!((error.code, error.status.as_u16()), (-32020, 400), "{header}");
        }
        assert!(check_name(&HeaderMap::new(), "x").is_err());
    }

    #[test]
    fn equal_repeats_count_once_and_different_ones_match_nothing() {
        let mut headers = name_header("x");
        headers.append(MCP_NAME, HeaderValue::from_static("x"));
        assert!(check_name(&headers, "x").is_ok());
        headers.append(MCP_NAME, HeaderValue::from_static("y"));
        assert!(check_name(&headers, "x").is_err() && check_name(&headers, "y").is_err());
        assert!(check_name(&name_header("=?base64?w6k=?=, =?base64?w6k=?="), "é").is_ok());
    }

    #[test]
    fn a_name_with_a_comma_is_one_name() {
        for name in ["a,b", "a, a"] {
            assert!(check_name(&name_header(name), name).is_ok(), "{name}");
        }
    }
}
