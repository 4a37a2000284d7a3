//! A caller of the registry.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a failed step is a failed test"
)]

pub mod upstream;

use e2e::World;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// The path of the servers.
pub const SERVERS: &str = "/v1/deepagents/mcp-servers";

/// The path of the shared OAuth providers.
pub const PROVIDERS: &str = "/v1/deepagents/auth-providers";

/// A caller with a LangSmith key.
#[derive(Clone, Copy)]
pub struct Caller<'w> {
    world: &'w World,
    key: &'w str,
    workspace: Option<&'w str>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as it was sent.
    pub text: String,
}

impl Answer {
    /// The body, which must be JSON; `null` if there is none.
    pub fn json(&self) -> Value {
        if self.text.is_empty() { Value::Null } else { serde_json::from_str(&self.text).unwrap() }
    }
}

impl<'w> Caller<'w> {
    /// A caller in the key's own workspace.
    pub const fn new(world: &'w World, key: &'w str) -> Self {
        Self { world, key, workspace: None }
    }

    /// The same caller in another workspace.
    #[must_use]
    pub const fn in_workspace(self, workspace: &'w str) -> Self {
        Self { workspace: Some(workspace), ..self }
    }

    /// Sends a request.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request =
            e2e::client::http().request(method, self.world.at(path)).header("x-api-key", self.key);
        if let Some(workspace) = self.workspace {
            request = request.header("x-tenant-id", workspace);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        answer(request).await
    }

    /// Registers a server.
    pub async fn register(&self, body: &Value) -> Answer {
        self.send(Method::POST, SERVERS, Some(body)).await
    }

    /// Reads a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }
}

/// The answer to a request.
pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

/// The path of a server.
pub fn server(body: &Value) -> String {
    format!("{SERVERS}/{}", body["id"].as_str().unwrap())
}
