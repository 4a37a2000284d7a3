//! The request that a caller wants sent.

use std::collections::BTreeMap;

use axum::body::Body;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::web::body;

use crate::error::{FieldError, ToolCacheError};
use crate::query::Values;

/// The maximum size of a body, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// The maximum number of headers.
const MAX_HEADERS: usize = 64;
/// The longest wait for a server, in seconds: API Gateway ends a request after 29.
const MAX_TIMEOUT: u64 = 25;
/// The wait if the caller names none, in seconds: LangSmith's, before it is cut.
const USUAL_TIMEOUT: u64 = 60;

/// A request to be sent.
#[derive(Debug)]
pub(super) struct ProxyRequest {
    /// The part of the caller's request that has its parameters: `query` or `body`.
    pub(super) place: &'static str,
    pub(super) url: String,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Seconds, at most 25.
    pub(super) timeout: u64,
}

/// The body of `POST /proxy` (LangSmith's `ProxyRequest`).
#[derive(Deserialize)]
struct ProxyBody {
    url: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    timeout: Option<u64>,
    #[serde(default)]
    body: Option<Box<RawValue>>,
}

impl ProxyRequest {
    /// The request of `GET /proxy`.
    pub(super) fn of_query(query: Option<&str>) -> Result<Self, ToolCacheError> {
        let values = Values::of(query);
        let mut problems = Vec::new();
        let url = values.get("url").filter(|url| !url.trim().is_empty());
        if url.is_none() {
            problems.push(FieldError::missing(vec!["query", "url"]));
        }
        let accepts_stream = values.boolean("accept_stream", true, &mut problems);
        let timeout = values.whole_number("timeout", USUAL_TIMEOUT, &mut problems);
        let Some(url) = url.filter(|_| problems.is_empty()) else {
            return Err(ToolCacheError::Fields(problems));
        };
        let accept = if accepts_stream { "text/event-stream, application/json" } else { "application/json" };
        Ok(Self {
            place: "query",
            url: url.to_owned(),
            method: Method::GET,
            headers: HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]),
            body: Bytes::new(),
            timeout: clamped(timeout),
        })
    }

    /// The request of `POST /proxy`.
    pub(super) async fn of_body(body: Body) -> Result<Self, ToolCacheError> {
        let bytes = body::read(body, MAX_BODY).await?;
        let asked: ProxyBody = serde_json::from_slice(&bytes).map_err(|error| {
            ToolCacheError::Fields(vec![FieldError::new(vec!["body"], "json_invalid", error.to_string())])
        })?;
        let url = asked.url.filter(|url| !url.trim().is_empty());
        let url =
            url.ok_or_else(|| ToolCacheError::Fields(vec![FieldError::missing(vec!["body", "url"])]))?;
        let mut headers = headers(asked.headers.unwrap_or_default())?;
        let body = content(asked.body.as_deref());
        if !body.is_empty() && !headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        // Servers refuse a message whose sender does not take both forms of an answer (MCP, "Streamable HTTP").
        if !headers.contains_key(ACCEPT) {
            headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        }
        Ok(Self {
            place: "body",
            url,
            method: method(asked.method.as_deref().unwrap_or("GET"))?,
            headers,
            body,
            timeout: clamped(asked.timeout.unwrap_or(USUAL_TIMEOUT)),
        })
    }
}

fn clamped(timeout: u64) -> u64 {
    timeout.clamp(1, MAX_TIMEOUT)
}

/// A text is the body itself, as a form or XML would be; any other value is sent as JSON.
fn content(body: Option<&RawValue>) -> Bytes {
    let Some(body) = body else { return Bytes::new() };
    match serde_json::from_str::<Value>(body.get()) {
        Ok(Value::Null) => Bytes::new(),
        Ok(Value::String(text)) => Bytes::from(text),
        _ => Bytes::copy_from_slice(body.get().as_bytes()),
    }
}

fn method(name: &str) -> Result<Method, ToolCacheError> {
    match name {
        "GET" => Ok(Method::GET),
        "POST" => Ok(Method::POST),
        "PUT" => Ok(Method::PUT),
        "DELETE" => Ok(Method::DELETE),
        "PATCH" => Ok(Method::PATCH),
        "HEAD" => Ok(Method::HEAD),
        "OPTIONS" => Ok(Method::OPTIONS),
        _ => {
            let message = "Input should be 'GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD' or 'OPTIONS'";
            Err(ToolCacheError::Fields(vec![FieldError::new(vec!["body", "method"], "enum", message)]))
        }
    }
}

fn headers(asked: BTreeMap<String, String>) -> Result<HeaderMap, ToolCacheError> {
    let wrong = |message: &str| {
        ToolCacheError::Fields(vec![FieldError::new(vec!["body", "headers"], "value_error", message)])
    };
    if asked.len() > MAX_HEADERS {
        return Err(wrong("at most 64 headers"));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in asked {
        let name = HeaderName::try_from(name).map_err(|_| wrong("a name is no header name"))?;
        let value = HeaderValue::try_from(value).map_err(|_| wrong("a value is no header value"))?;
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_cut_and_bodies_keep_their_form() {
        let request = ProxyRequest::of_query(Some("url=https://a.example&timeout=120")).unwrap();
        assert_eq!(
            (request.timeout, request.headers[ACCEPT].to_str().unwrap()),
            (25, "text/event-stream, application/json")
        );
        assert_eq!(ProxyRequest::of_query(Some("url=x&timeout=0&accept_stream=false")).unwrap().timeout, 1);
        assert!(ProxyRequest::of_query(Some("url=x&timeout=soon")).is_err());
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        for (sent, expected) in
            [("{\"a\":1.10}", "{\"a\":1.10}"), ("\"a=b\"", "a=b"), ("null", ""), ("5", "5")]
        {
            assert_eq!(content(Some(&raw(sent))), expected);
        }
    }
}
