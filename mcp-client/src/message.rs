//! The messages of JSON-RPC that this client writes and reads.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::failure::{ListFailure, short};

/// The id of every request: each has a connection of its own, so none is confused.
pub(crate) const ID: u64 = 1;

/// A request; a notification has no id.
#[derive(Serialize)]
pub(crate) struct Request<'r, P: Serialize> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    method: &'r str,
    params: P,
}

impl<'r, P: Serialize> Request<'r, P> {
    pub(crate) const fn new(method: &'r str, params: P) -> Self {
        Self { jsonrpc: "2.0", id: Some(ID), method, params }
    }

    pub(crate) const fn notification(method: &'r str, params: P) -> Self {
        Self { jsonrpc: "2.0", id: None, method, params }
    }
}

/// An incoming message: of the server's own requests and notifications, only that they are not the response.
#[derive(Deserialize)]
struct Incoming<'m> {
    #[serde(borrow)]
    jsonrpc: Cow<'m, str>,
    #[serde(borrow, default)]
    id: Option<&'m RawValue>,
    #[serde(borrow, default)]
    method: Option<&'m RawValue>,
    #[serde(borrow, default)]
    result: Option<&'m RawValue>,
    #[serde(default)]
    error: Option<RpcError>,
}

#[derive(Deserialize)]
struct RpcError {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
}

/// The result in a message: `None` if it is not the response to our request.
pub(crate) fn result(message: &[u8]) -> Result<Option<Box<RawValue>>, ListFailure> {
    let message: Incoming<'_> = serde_json::from_slice(message).map_err(|_| ListFailure::NotMcp)?;
    if message.jsonrpc != "2.0" {
        return Err(ListFailure::NotMcp);
    }
    if message.method.is_some() {
        return Ok(None);
    }
    // An error of a request that was not read has the id `null`, none, or one that the server made up.
    if let Some(error) = message.error {
        return Err(ListFailure::Rpc { code: error.code, message: short(&error.message) });
    }
    if message.id.map(RawValue::get) != Some("1") {
        return Ok(None);
    }
    message.result.map(|result| Some(result.to_owned())).ok_or(ListFailure::NotMcp)
}
