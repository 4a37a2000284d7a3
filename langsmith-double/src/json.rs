//! JSON bodies, their times, ids in paths, and JSON containment for `metadata`. Description: `HTTPValidationError`;
//! `metadata` of a query is JSON. Assumed: the wording of refusals is that of pydantic. Assumed: `metadata` means
//! containment, as in `PostgreSQL`.

use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::moment;
use crate::params::{Params, invalid};
use crate::reply::ApiError;

/// Parses a JSON body.
pub(crate) fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(bytes).map_err(|error| refused("body", &error.to_string()))
}

/// The refusal of one field of a body.
pub(crate) fn refused(field: &str, message: &str) -> ApiError {
    ApiError::Invalid { place: "body", field: field.to_owned(), message: message.to_owned() }
}

/// The name in a body: it may be absent but not empty.
pub(crate) fn name_of(value: Option<Value>) -> Result<Option<String>, ApiError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) if !name.trim().is_empty() => Ok(Some(name)),
        Some(_) => Err(refused("name", "String should have at least 1 character")),
    }
}

/// Parses a time in a body.
pub(crate) fn time_of(field: &str, text: &str) -> Result<OffsetDateTime, ApiError> {
    moment::parse(text).ok_or_else(|| refused(field, "Input should be a valid datetime"))
}

/// Parses an id in a path.
pub(crate) fn id_of(name: &str, text: &str) -> Result<Uuid, ApiError> {
    let message = "Input should be a valid UUID";
    let wrong = || ApiError::Invalid { place: "path", field: name.to_owned(), message: message.to_owned() };
    Uuid::try_parse(text).map_err(|_| wrong())
}

/// The JSON in the query parameter `metadata`.
pub(crate) fn contained(params: &Params) -> Result<Option<Value>, ApiError> {
    let parsed = params.text("metadata").map(serde_json::from_str::<Value>).transpose().ok();
    let parsed = parsed.filter(|value| value.as_ref().is_none_or(Value::is_object));
    parsed.ok_or_else(|| invalid("metadata", "Input should be a JSON object"))
}

/// JSON containment: `actual` has every key of `wanted`, with a value that contains the wanted one.
pub(crate) fn contains(actual: &Value, wanted: &Value) -> bool {
    match (actual, wanted) {
        (Value::Object(actual), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| actual.get(key).is_some_and(|actual| contains(actual, value)))
        }
        (Value::Array(actual), Value::Array(wanted)) => {
            wanted.iter().all(|value| actual.iter().any(|actual| contains(actual, value)))
        }
        _ => actual == wanted,
    }
}
