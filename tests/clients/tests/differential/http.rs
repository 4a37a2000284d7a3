//! One HTTP client for all requests of the test: building a client reads the machine's certificates, which takes longer
//! than a call.

use std::time::Duration;

use futures_util::future::BoxFuture;
use langsmith::body::{MAX_BODY, read_bounded};
use langsmith::http_client;
use serde_json::Value;

/// Longer than either server's time limit.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request.
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'static str, String)],
    pub(crate) body: Option<Value>,
}

#[derive(Clone, Copy)]
pub(crate) enum Method {
    Get,
    Post,
    Delete,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) session: Option<String>,
    /// Empty if the server closed the connection early.
    pub(crate) body: String,
}

/// The shared client.
pub(crate) struct Http(Box<dyn Fn(Ask<'_>) -> BoxFuture<'static, Reply> + Send + Sync>);

impl Http {
    pub(crate) fn new() -> Self {
        let client = http_client(None).unwrap();
        Self(Box::new(move |ask| {
            let mut request = match ask.method {
                Method::Get => client.get(ask.url),
                Method::Post => client.post(ask.url),
                Method::Delete => client.delete(ask.url),
            };
            if let Some(body) = &ask.body {
                request = request.json(body);
            }
            for (name, value) in ask.headers {
                request = request.header(*name, value);
            }
            let request = request.timeout(PATIENCE);
            Box::pin(async move {
                let response = request.send().await.unwrap();
                let session =
                    response.headers().get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
                let body = read_bounded(response, MAX_BODY).await.unwrap_or_default();
                Reply { session, body: std::str::from_utf8(&body).unwrap().to_owned() }
            })
        }))
    }

    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Reply {
        (self.0)(ask).await
    }

    /// JSON from LangSmith.
    pub(crate) async fn json(&self, url: &str, key: &str, body: Option<Value>) -> Value {
        let headers = [("x-api-key", key.to_owned())];
        let method = if body.is_some() { Method::Post } else { Method::Get };
        let reply = self.ask(Ask { method, url, headers: &headers, body }).await;
        serde_json::from_str(&reply.body).unwrap()
    }
}
