//! Query parameters with the platform's types: repeated keys, Python-style booleans, bounded integers. Description:
//! which keys repeat, and limits from 1 to 100. Recorded: the standalone server sends `True` and `False`. Assumed: the
//! other spellings of booleans and the wording of refusals are those of pydantic.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use uuid::Uuid;

use crate::reply::ApiError;

/// The decoded query string of a request.
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(pairs) =
            Query::try_from_uri(&parts.uri).map_err(|error| invalid("query", &error.body_text()))?;
        Ok(Self(pairs))
    }
}

impl Params {
    /// The last value of a key.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Every value of a repeated key.
    pub(crate) fn all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// A boolean, in the spellings that the platform accepts.
    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, ApiError> {
        let Some(text) = self.text(key) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" | "t" | "y" => Ok(Some(true)),
            "false" | "0" | "no" | "off" | "f" | "n" => Ok(Some(false)),
            _ => Err(invalid(key, "Input should be a valid boolean, unable to interpret input")),
        }
    }

    /// `limit`, from 1 to 100.
    pub(crate) fn limit(&self, default: usize) -> Result<usize, ApiError> {
        let limit = self.count("limit", default)?;
        match limit {
            0 => Err(invalid("limit", "Input should be greater than or equal to 1")),
            1..=100 => Ok(limit),
            _ => Err(invalid("limit", "Input should be less than or equal to 100")),
        }
    }

    /// `offset`, 0 when absent.
    pub(crate) fn offset(&self) -> Result<usize, ApiError> {
        self.count("offset", 0)
    }

    /// Every id of a repeated key.
    pub(crate) fn ids(&self, key: &str) -> Result<Vec<Uuid>, ApiError> {
        let parse =
            |text: &str| Uuid::try_parse(text).map_err(|_| invalid(key, "Input should be a valid UUID"));
        self.all(key).map(parse).collect()
    }

    fn count(&self, key: &str, default: usize) -> Result<usize, ApiError> {
        self.text(key).map_or(Ok(default), |text| {
            text.parse().map_err(|_| invalid(key, "Input should be a valid integer, unable to parse string"))
        })
    }
}

/// The refusal of one query parameter.
pub(crate) fn invalid(field: &str, message: &str) -> ApiError {
    ApiError::Invalid { place: "query", field: field.to_owned(), message: message.to_owned() }
}
