//! Writes JSON-RPC answers straight into their final bytes: a result can be tens of kilobytes and is never turned into
//! a tree again.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::RpcError;
use crate::json::append;

/// `{"jsonrpc":"2.0","id":…,"result":…}` around a result that `write` appends as valid JSON.
pub(crate) fn result(id: &RawValue, capacity: usize, write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut body = Vec::with_capacity(capacity + id.get().len() + 48);
    body.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    body.extend_from_slice(id.get().as_bytes());
    body.extend_from_slice(br#","result":"#);
    write(&mut body);
    body.push(b'}');
    body
}

/// A result that is already JSON.
pub(crate) fn document(id: &RawValue, json: &str) -> Vec<u8> {
    result(id, json.len(), |body| body.extend_from_slice(json.as_bytes()))
}

/// A small result.
pub(crate) fn value(id: &RawValue, small: &Value) -> Vec<u8> {
    result(id, 1024, |body| append(body, small))
}

/// An error answer; the id is null when the request's id could not be read (JSON-RPC 2.0 §5).
pub(crate) fn error(id: Option<&RawValue>, error: &RpcError) -> Vec<u8> {
    #[derive(Serialize)]
    struct Answer<'a> {
        jsonrpc: &'static str,
        id: Option<&'a RawValue>,
        error: &'a RpcError,
    }
    let mut body = Vec::new();
    append(&mut body, &Answer { jsonrpc: "2.0", id, error });
    body
}
