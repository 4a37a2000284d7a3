//! The era of `initialize`, MCP 2024-11-05 to 2025-11-25. No session is ever created: the handshake only negotiates the
//! version.

use http::{HeaderMap, StatusCode};
use rmcp::model::ErrorCode;

use super::params::Params;
use super::{Era, Offer, Outcome, RpcError, call, headers, list, refuse_cursor, unknown_method, version};

pub(super) fn dispatch<'a>(
    offer: Offer<'a>,
    headers: &HeaderMap,
    method: &str,
    params: &Params<'a>,
) -> Result<Outcome<'a>, RpcError> {
    if method == "initialize" {
        return Ok(Outcome::Small(offer.initialize(params.protocol_version.as_deref())));
    }
    check_version(headers)?;
    match method {
        "ping" => Ok(Outcome::Document("{}".into())),
        "tools/list" => list(Era::Legacy, offer, params),
        "tools/call" => call(Era::Legacy, params),
        "prompts/list" => empty(params, r#"{"prompts":[]}"#),
        "resources/list" => empty(params, r#"{"resources":[]}"#),
        "resources/templates/list" => empty(params, r#"{"resourceTemplates":[]}"#),
        _ => Err(unknown_method(StatusCode::OK)),
    }
}

/// The empty list of a feature that is not offered. Some clients of this era request it without looking at the
/// capabilities, and drop a server that does not know the method.
fn empty(params: &Params<'_>, list: &'static str) -> Result<Outcome<'static>, RpcError> {
    refuse_cursor(params).map(|()| Outcome::Document(list.into()))
}

/// After the handshake a header carries the version; without one, 2025-03-26 is assumed (MCP 2025-11-25, Streamable
/// HTTP, "Protocol Version Header"), which we serve alike.
fn check_version(headers: &HeaderMap) -> Result<(), RpcError> {
    if headers::version(headers).is_ok_and(|said| said.is_none_or(version::is_legacy)) {
        return Ok(());
    }
    let known = version::ALL.join(", ");
    let message = format!("Unsupported MCP-Protocol-Version; this server speaks {known}");
    Err(RpcError::bad_request(ErrorCode::INVALID_REQUEST, message))
}
