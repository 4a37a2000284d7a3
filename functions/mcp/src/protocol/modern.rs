//! The stateless era, MCP 2026-07-28.

use http::{HeaderMap, HeaderName, StatusCode};
use rmcp::model::ErrorCode;
use serde_json::json;
use shared::web::headers::{MCP_METHOD, MCP_NAME};

use super::params::Params;
use super::quirks::{Quirk, forgives};
use super::{Era, Offer, Outcome, RpcError, TaskCall, call, headers, list, unknown_method, version};
use crate::toolset::{TASKS_EXTENSION, TaskRequest, declares_tasks};

pub(super) fn dispatch<'a>(
    offer: Offer<'a>,
    headers: &HeaderMap,
    method: &str,
    params: &Params<'a>,
) -> Result<Outcome<'a>, RpcError> {
    let older_headers = check_meta(headers, params)?;
    let may_lack = |name: &HeaderName| older_headers && headers::is_absent(headers, name);
    if !may_lack(&MCP_METHOD) {
        headers::check_method(headers, method)?;
    }
    let named = match method {
        "tools/call" | "prompts/get" => params.name.as_deref(),
        "resources/read" => params.uri.as_deref(),
        "tasks/get" | "tasks/update" | "tasks/cancel" => params.task_id.as_deref(),
        _ => None,
    };
    // The extension wants the header with its methods, too, but FastMCP 4.1.4 sends none; the id is sealed in any case.
    let without_name = method.starts_with("tasks/") && headers::is_absent(headers, &MCP_NAME);
    if let Some(name) = named
        && !may_lack(&MCP_NAME)
        && !without_name
    {
        headers::check_name(headers, name)?;
    }
    match method {
        "server/discover" => Ok(Outcome::Document(offer.discover())),
        "tools/list" => list(Era::Modern, offer, params),
        "tools/call" => call(Era::Modern, params),
        "tasks/get" if offer.has_tasks() => task(params, TaskRequest::Get),
        "tasks/update" if offer.has_tasks() => task(params, TaskRequest::Update(params.responses())),
        "tasks/cancel" if offer.has_tasks() => task(params, TaskRequest::Cancel),
        _ => Err(unknown_method(StatusCode::NOT_FOUND)),
    }
}

/// A method of the tasks extension, for a client that declares it with this request (SEP-2663).
fn task<'a>(params: &Params<'a>, request: TaskRequest<'a>) -> Result<Outcome<'a>, RpcError> {
    let capabilities = params.meta.as_ref().and_then(|meta| meta.capabilities);
    if !declares_tasks(capabilities) {
        let required = json!({"requiredCapabilities": {"extensions": {TASKS_EXTENSION: {}}}});
        let text = "The request does not declare the extension io.modelcontextprotocol/tasks";
        let code = ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY;
        return Err(RpcError::bad_request(code, text).with_data(required));
    }
    let Some(id) = &params.task_id else {
        return Err(RpcError::bad_request(ErrorCode::INVALID_PARAMS, "A taskId is needed"));
    };
    Ok(Outcome::Task(TaskCall { id: id.clone().into_owned(), request, capabilities }))
}

/// `_meta` must name the version and the client's capabilities (-32602); the header must repeat the version (-32020);
/// the version must be this one (-32022). The order matters: a client that sees -32022 retries with another version.
/// Returns whether the headers are those of an older revision and the client is one for which that is tolerated.
fn check_meta(headers: &HeaderMap, params: &Params<'_>) -> Result<bool, RpcError> {
    let meta = params.meta.as_ref();
    let version = meta.and_then(|meta| meta.version.as_deref());
    let capabilities = meta.and_then(|meta| meta.capabilities).filter(|raw| raw.get().starts_with('{'));
    let (Some(version), Some(_)) = (version, capabilities) else {
        return Err(RpcError::bad_request(
            ErrorCode::INVALID_PARAMS,
            "_meta must hold io.modelcontextprotocol/protocolVersion and io.modelcontextprotocol/clientCapabilities",
        ));
    };
    if version == version::MODERN && has_older_headers(headers, params) {
        return Ok(true);
    }
    headers::check_version(headers, version)?;
    if version == version::MODERN {
        return Ok(false);
    }
    let data = json!({ "supported": version::ALL, "requested": version });
    Err(RpcError::bad_request(ErrorCode::UNSUPPORTED_PROTOCOL_VERSION, "Unsupported protocol version")
        .with_data(data))
}

/// See [`Quirk::OlderHeaders`].
fn has_older_headers(headers: &HeaderMap, params: &Params<'_>) -> bool {
    headers::version(headers) == Ok(Some("2025-11-25"))
        && forgives(params.client_name().as_deref(), Quirk::OlderHeaders)
}
