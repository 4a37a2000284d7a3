//! The members of `params` that the protocol layer itself reads.

use std::borrow::Cow;

use rmcp::model::ErrorCode;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::RpcError;
use crate::toolset::trace::TraceMembers;
use crate::toolset::{Input, Responses};

/// The parameters of any method. Unknown members are left to the method.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params<'a> {
    #[serde(borrow, default, rename = "_meta")]
    pub(crate) meta: Option<Meta<'a>>,
    /// For `tools/call` and `prompts/get`.
    #[serde(borrow, default)]
    pub(crate) name: Option<Cow<'a, str>>,
    /// For methods of tasks.
    #[serde(borrow, default)]
    pub(crate) task_id: Option<Cow<'a, str>>,
    /// For `resources/read`.
    #[serde(borrow, default)]
    pub(crate) uri: Option<Cow<'a, str>>,
    /// For `tools/call`.
    #[serde(borrow, default)]
    pub(crate) arguments: Option<&'a RawValue>,
    /// For `initialize`.
    #[serde(borrow, default)]
    pub(crate) protocol_version: Option<Cow<'a, str>>,
    /// For `tools/call`; see [`input`](Self::input).
    #[serde(borrow, default)]
    request_state: Option<&'a RawValue>,
    #[serde(borrow, default)]
    input_responses: Option<&'a RawValue>,
    /// For lists; see [`cursor`](Self::cursor).
    #[serde(borrow, default)]
    cursor: Option<&'a RawValue>,
}

/// `_meta` of a request (MCP 2026-07-28, "Per-request metadata").
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Meta<'a> {
    #[serde(borrow, default, rename = "io.modelcontextprotocol/protocolVersion")]
    pub(crate) version: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientCapabilities")]
    pub(crate) capabilities: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientInfo")]
    info: Option<&'a RawValue>,
    /// The progress token of this request; either era.
    #[serde(borrow, default, rename = "progressToken")]
    progress_token: Option<&'a RawValue>,
    #[serde(borrow, default)]
    traceparent: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tracestate: Option<&'a RawValue>,
    #[serde(borrow, default)]
    baggage: Option<&'a RawValue>,
}

/// The client's description of itself.
#[derive(Deserialize)]
struct ClientInfo<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
}

impl<'a> Params<'a> {
    /// Parses `params`; absent ones are empty. `None` if they are of another shape.
    pub(crate) fn parse(raw: Option<&'a RawValue>) -> Option<Self> {
        raw.map_or_else(|| Some(Self::default()), |raw| serde_json::from_str(raw.get()).ok())
    }

    /// The cursor of a list. Empty text is the first page: some clients send every parameter.
    pub(crate) fn cursor(&self) -> Option<&'a RawValue> {
        self.cursor.filter(|cursor| cursor.get() != r#""""#)
    }

    /// The client's input for a call that required it before (MCP 2026-07-28, "Multi Round-Trip Requests"); an error for
    /// a state that is no text.
    pub(crate) fn input(&self) -> Result<Option<Input<'a>>, RpcError> {
        let Some(raw) = self.request_state else { return Ok(None) };
        // Ours has no character that JSON escapes.
        let state = raw.get().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let state = state.ok_or_else(|| {
            RpcError::bad_request(ErrorCode::INVALID_PARAMS, "requestState must be a string")
        })?;
        Ok(Some(Input { state, responses: self.responses() }))
    }

    /// The client's responses to requests for input.
    pub(crate) const fn responses(&self) -> Responses<'a> {
        Responses::new(self.input_responses)
    }

    /// Whether the request has metadata of the modern era.
    pub(crate) fn is_modern(&self) -> bool {
        let meta = self.meta.as_ref();
        meta.is_some_and(|meta| meta.version.is_some() || meta.capabilities.is_some() || meta.info.is_some())
    }

    /// The progress token: a string or a number.
    pub(crate) fn progress_token(&self) -> Option<&'a RawValue> {
        let token = self.meta.as_ref()?.progress_token?;
        token.get().starts_with(['"', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).then_some(token)
    }

    /// The trace that `_meta` names; either era.
    pub(crate) fn trace(&self) -> TraceMembers<'a> {
        self.meta.as_ref().map_or_else(TraceMembers::default, |meta| TraceMembers {
            traceparent: meta.traceparent,
            tracestate: meta.tracestate,
            baggage: meta.baggage,
        })
    }

    /// The client's own name in `_meta`.
    pub(crate) fn client_name(&self) -> Option<Cow<'a, str>> {
        let info = self.meta.as_ref()?.info?;
        let info: ClientInfo<'a> = serde_json::from_str(info.get()).ok()?;
        info.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_a_text_or_absent() {
        let input = |params: &'static str| {
            let input = Params::parse(serde_json::from_str(params).unwrap()).unwrap().input();
            input.map(|input| input.map(|input| input.state)).map_err(|error| error.code)
        };
        assert_eq!(input(r#"{"requestState":"s1","inputResponses":{}}"#), Ok(Some("s1")));
        assert_eq!((input(r#"{"requestState":null}"#), input("{}")), (Ok(None), Ok(None)));
        for state in [r#"{"requestState":7}"#, r#"{"requestState":{}}"#, r#"{"requestState":["s1"]}"#] {
            assert_eq!(input(state), Err(ErrorCode::INVALID_PARAMS.0), "{state}");
        }
    }
}
