//! JSON-RPC errors and the HTTP status of each.

use std::borrow::Cow;

use http::StatusCode;
use rmcp::model::ErrorCode;
use serde::Serialize;
use serde_json::Value;

/// A JSON-RPC 2.0 error object.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RpcError {
    #[serde(skip)]
    pub(crate) status: StatusCode,
    pub(crate) code: i32,
    pub(crate) message: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Value>,
}

impl RpcError {
    /// A cursor that none of our lists returned.
    pub(crate) fn wrong_cursor() -> Self {
        Self::answer(
            ErrorCode::INVALID_PARAMS,
            "This cursor is not from this server: leave it out to start again",
        )
    }

    pub(crate) fn new(status: StatusCode, code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code: code.0, message: message.into(), data: None }
    }

    /// An error of the HTTP edge. Its code repeats the HTTP status: the MCP specification leaves everything outside
    /// -32768…-32000 to the application.
    pub(crate) fn edge(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code: i32::from(status.as_u16()), message: message.into(), data: None }
    }

    /// 400, for requests with a wrong envelope.
    pub(crate) fn bad_request(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 200: the request was understood and the error is its answer.
    pub(crate) fn answer(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::OK, code, message)
    }

    pub(crate) fn with_data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }
}
