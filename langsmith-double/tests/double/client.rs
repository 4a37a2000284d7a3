//! A double with an HTTP client, and helpers for the requests of every test.

use langsmith_double::data::ADA_KEY;
use langsmith_double::{Double, Options, start};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// A running double and a client that follows no redirects.
pub(crate) struct Probe {
    pub(crate) double: Double,
    pub(crate) http: Client,
}

impl Probe {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let double = start(options).await.expect("a free port");
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { double, http }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.double.url())
    }

    pub(crate) fn get(&self, path: &str, key: &str) -> RequestBuilder {
        self.http.get(self.url(path)).header("X-API-Key", key)
    }

    /// A request by Ada with a body.
    pub(crate) fn write(&self, method: Method, path: &str, body: &Value) -> RequestBuilder {
        self.http.request(method, self.url(path)).header("X-API-Key", ADA_KEY).json(body)
    }

    /// The JSON of a `GET` by Ada.
    pub(crate) async fn json(&self, path: &str) -> Value {
        ok(self.get(path, ADA_KEY)).await
    }

    pub(crate) async fn status(&self, path: &str, key: &str) -> StatusCode {
        send(self.get(path, key)).await.status()
    }

    pub(crate) fn query(&self, key: &str, body: &Value) -> RequestBuilder {
        self.http.post(self.url("/runs/query")).header("X-API-Key", key).json(body)
    }

    /// Every run of a project, over all pages.
    pub(crate) async fn all_runs(&self, project: &str, limit: u64, order: &str) -> Vec<Value> {
        let session = langsmith_double::data::sample_id(&format!("project:{project}"));
        let mut body = json!({"session": [session], "limit": limit, "order": order});
        let mut runs = Vec::new();
        loop {
            let mut page = ok(self.query(ADA_KEY, &body)).await;
            let found = page["runs"].as_array_mut().expect("runs");
            assert!(u64::try_from(found.len()).is_ok_and(|len| len <= limit));
            runs.append(found);
            match &page["cursors"]["next"] {
                Value::String(next) => body["cursor"] = json!(next),
                end => {
                    assert_eq!(end, &Value::Null);
                    return runs;
                }
            }
        }
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

/// The body of a 200 answer.
pub(crate) async fn ok(request: RequestBuilder) -> Value {
    answer(request, StatusCode::OK).await
}

/// The body of an answer with this status.
pub(crate) async fn answer(request: RequestBuilder, status: StatusCode) -> Value {
    let response = send(request).await;
    let (actual, text) = (response.status(), response.text().await.expect("a body"));
    assert_eq!(actual, status, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// One field of every item.
pub(crate) fn texts(items: &Value, field: &str) -> Vec<String> {
    let items = items.as_array().expect("an array");
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}
