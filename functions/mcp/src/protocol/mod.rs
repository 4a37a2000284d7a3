//! MCP itself: a JSON-RPC message or a batch in, the answer out. Two eras of the protocol share the endpoint. The body
//! decides the era, never a header: a legacy client in the field sends `Mcp-Method: initialize` without a version.

pub(crate) mod batch;
mod documents;
mod error;
mod headers;
mod instructions;
mod legacy;
mod message;
mod modern;
mod offer;
mod params;
mod quirks;
pub(crate) mod reply;
mod version;

use std::borrow::Cow;

use http::{HeaderMap, StatusCode};
use rmcp::model::ErrorCode;
use serde_json::value::RawValue;

pub(crate) use documents::{Documents, TTL, ToolList};
pub(crate) use error::RpcError;
pub(crate) use message::{Message, Request, is_batch, parse};
pub(crate) use offer::Offer;
use params::Params;

use crate::toolset::trace::TraceMembers;
use crate::toolset::{ErrorKind, Failure, Input, TaskRequest, shorten_name};

/// The outcome of a request.
#[derive(Debug)]
pub(crate) enum Outcome<'a> {
    /// A result that is already JSON.
    Document(Cow<'a, str>),
    /// A small result, serialized directly into the answer.
    Small(serde_json::Value),
    /// `tools/list`: the named sets still have to be asked.
    List(List<'a>),
    /// `tools/call`: the tool still has to run.
    Call(Call<'a>),
    /// A method of tasks: the set still has to be asked.
    Task(TaskCall<'a>),
    /// A JSON-RPC error.
    Error(RpcError),
}

/// The era of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    /// 2026-07-28.
    Modern,
    /// 2024-11-05 to 2025-11-25.
    Legacy,
}

/// A request for a page of the list of tools.
#[derive(Debug)]
pub(crate) struct List<'a> {
    pub(crate) era: Era,
    pub(crate) cursor: Option<&'a RawValue>,
    /// The client's declared capabilities; modern era only.
    pub(crate) capabilities: Option<&'a RawValue>,
}

/// A request about a task.
#[derive(Debug)]
pub(crate) struct TaskCall<'a> {
    pub(crate) id: String,
    pub(crate) request: TaskRequest<'a>,
    pub(crate) capabilities: Option<&'a RawValue>,
}

/// A tool call that has passed the protocol's checks.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) era: Era,
    pub(crate) tool: String,
    pub(crate) arguments: Option<&'a RawValue>,
    /// The client's declared capabilities; modern era only.
    pub(crate) capabilities: Option<&'a RawValue>,
    /// The client's input for a call that required it before; modern era only.
    pub(crate) input: Option<Input<'a>>,
    /// The progress token, if the client wants progress notifications.
    pub(crate) progress_token: Option<&'a RawValue>,
    /// The trace that the call belongs to, if its headers name none.
    pub(crate) trace: TraceMembers<'a>,
}

/// Decides the era and the outcome of a request.
pub(crate) fn dispatch<'a>(offer: Offer<'a>, headers: &HeaderMap, request: &Request<'a>) -> Outcome<'a> {
    let Some(params) = Params::parse(request.params) else {
        return Outcome::Error(RpcError::bad_request(
            ErrorCode::INVALID_PARAMS,
            "The parameters have the wrong shape",
        ));
    };
    let method = request.method.as_ref();
    let answer = if is_modern(headers, method, &params) {
        modern::dispatch(offer, headers, method, &params)
    } else {
        legacy::dispatch(offer, headers, method, &params)
    };
    answer.unwrap_or_else(Outcome::Error)
}

/// `_meta` makes a request modern, and so does a method that only the modern era has. A version header alone counts
/// only where it cannot mislead: with the modern version and without a handshake, the client has forgotten `_meta`.
fn is_modern(headers: &HeaderMap, method: &str, params: &Params<'_>) -> bool {
    params.is_modern()
        || method == "server/discover"
        || (method != "initialize" && headers::version(headers) == Ok(Some(version::MODERN)))
}

/// `tools/call` in either era.
fn call<'a>(era: Era, params: &Params<'a>) -> Result<Outcome<'a>, RpcError> {
    let Some(name) = &params.name else {
        return Err(RpcError::bad_request(ErrorCode::INVALID_PARAMS, "tools/call needs a name"));
    };
    let capabilities = params.meta.as_ref().and_then(|meta| meta.capabilities);
    Ok(Outcome::Call(Call {
        era,
        tool: name.clone().into_owned(),
        arguments: params.arguments,
        capabilities,
        input: if era == Era::Modern { params.input()? } else { None },
        progress_token: params.progress_token(),
        trace: params.trace(),
    }))
}

/// `tools/list` in either era. With fixed tools only, the answer is prepared already.
fn list<'a>(era: Era, offer: Offer<'a>, params: &Params<'a>) -> Result<Outcome<'a>, RpcError> {
    if let Some(document) = offer.tools(era) {
        return refuse_cursor(params).map(|()| Outcome::Document(document));
    }
    let capabilities = params.meta.as_ref().and_then(|meta| meta.capabilities);
    Ok(Outcome::List(List { era, cursor: params.cursor(), capabilities }))
}

/// Without second pages, every cursor is invalid.
fn refuse_cursor(params: &Params<'_>) -> Result<(), RpcError> {
    if params.cursor().is_none() { Ok(()) } else { Err(RpcError::wrong_cursor()) }
}

fn unknown_method(status: StatusCode) -> RpcError {
    RpcError::new(status, ErrorCode::METHOD_NOT_FOUND, "Method not found")
}

impl Call<'_> {
    /// The result of a finished call, serialized as the answer to `id`.
    pub(crate) fn answer(
        &self,
        documents: &Documents,
        id: &RawValue,
        output: &crate::toolset::Output,
    ) -> Vec<u8> {
        let meta = (self.era == Era::Modern).then_some(documents.modern_meta.as_str());
        reply::result(id, output.size_hint(), |body| output.write(body, meta))
    }

    /// The JSON-RPC error for a failed call that has no tool result.
    pub(crate) fn error(failure: Failure) -> RpcError {
        match failure {
            Failure::UnknownTool(name) => {
                RpcError::answer(ErrorCode::INVALID_PARAMS, format!("Unknown tool: {}", shorten_name(&name)))
            }
            Failure::RequestState => RpcError::answer(
                ErrorCode::INVALID_PARAMS,
                "requestState does not belong to this call, or is too old: call without it to be asked again",
            ),
            Failure::UnknownTask => RpcError::answer(ErrorCode::INVALID_PARAMS, "Unknown taskId"),
            Failure::Task(error) => {
                let is_invalid = error.kind == ErrorKind::Invalid;
                let code = if is_invalid { ErrorCode::INVALID_PARAMS } else { ErrorCode::INTERNAL_ERROR };
                RpcError::answer(code, error.message)
            }
            Failure::Protocol(error) => {
                let missing = error.code == ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY;
                let status = if missing { StatusCode::BAD_REQUEST } else { StatusCode::OK };
                let answer = RpcError::new(status, error.code, error.message);
                error.data.map_or(answer.clone(), |data| answer.with_data(data))
            }
        }
    }
}
