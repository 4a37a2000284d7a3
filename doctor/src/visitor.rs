//! Sends requests, and reads answers within limits on time and size.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use langsmith::UpstreamError;
use langsmith::body::read_bounded;
use primitives::deadline::Deadline;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use crate::sight::{Trouble, printable};

/// The time limit of an answer: API Gateway gives up after 29 seconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// The maximum size of an answer. Ours have a few dozen kilobytes.
const MAX_BODY: usize = 1024 * 1024;

/// An HTTP client of one origin.
pub(crate) struct Visitor {
    http: Client,
    origin: String,
}

/// A complete answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) version: http::Version,
    body: Bytes,
}

/// The reason for the lack of an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Silence {
    #[error("no connection: {0}")]
    Connect(String),
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("no answer within 30 seconds")]
    Slow,
    #[error("an answer of more than 1 MB")]
    TooLarge,
}

impl Visitor {
    pub(crate) fn new(http: Client, origin: &str) -> Self {
        Self { http, origin: origin.to_owned() }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// Sends a request; a missing answer is trouble.
    pub(crate) async fn ask(&self, request: RequestBuilder) -> Result<Answer, Trouble> {
        self.try_ask(request).await.map_err(|silence| {
            Trouble::fault(
                silence.to_string(),
                "run this again; if it still fails, read the logs, and look at the dashboard for functions \
                 that reach their time limit",
            )
        })
    }

    /// Sends a request, and reads the answer.
    pub(crate) async fn try_ask(&self, request: RequestBuilder) -> Result<Answer, Silence> {
        let exchange = async {
            let response = request.send().await.map_err(|error| silence(&error))?;
            let (status, version) = (response.status(), response.version());
            let headers = response.headers().clone();
            let body = read_bounded(response, MAX_BODY).await.map_err(|error| match error {
                UpstreamError::TooLarge => Silence::TooLarge,
                _ => Silence::Broken("in the middle of an answer".to_owned()),
            })?;
            Ok(Answer { status, headers, version, body })
        };
        Deadline::after(PATIENCE).limit(exchange).await.unwrap_or(Err(Silence::Slow))
    }
}

fn silence(error: &reqwest::Error) -> Silence {
    let (mut last, mut source) = (error.to_string(), error.source());
    // The innermost error is the informative one: a refused connection, a certificate.
    while let Some(inner) = source {
        last = inner.to_string();
        source = inner.source();
    }
    let why = printable(&last);
    if error.is_connect() { Silence::Connect(why) } else { Silence::Broken(why) }
}

impl Answer {
    /// The header's value, if present and text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the header's comma-separated list contains this member.
    pub(crate) fn lists(&self, name: &str, member: &str) -> bool {
        let values = self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|found| found.trim().eq_ignore_ascii_case(member))
    }

    /// Whether the body is of this type, parameters aside.
    pub(crate) fn is(&self, media_type: &str) -> bool {
        let found = self.header("content-type").and_then(|value| value.split(';').next());
        found.is_some_and(|found| found.trim().eq_ignore_ascii_case(media_type))
    }

    /// The body, if it is a JSON object.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok().filter(Value::is_object)
    }

    /// Whether the body contains this text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|window| window == text.as_bytes())
    }
}
