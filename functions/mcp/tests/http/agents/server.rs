//! A server that lists agents as an Agent Server does, and runs none.

use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// A running server. It ends with this value.
pub(crate) struct Lister {
    pub(crate) url: String,
    keys: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

struct Agents {
    names: Vec<String>,
    keys: Arc<Mutex<Vec<String>>>,
}

impl Lister {
    /// A server with agents of these names.
    pub(crate) async fn start(names: impl IntoIterator<Item = String>) -> Self {
        let keys = Arc::<Mutex<Vec<String>>>::default();
        let agents = Arc::new(Agents { names: names.into_iter().collect(), keys: Arc::clone(&keys) });
        let router = Router::new()
            .route("/info", get(async || Json(json!({"version": "1.0.0"}))))
            .route("/assistants/search", post(search))
            .route("/assistants/{id}/schemas", get(schemas))
            .with_state(agents);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, keys, task }
    }

    /// A server that accepts connections and never answers.
    pub(crate) async fn hanging() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok(connection) = listener.accept().await {
                kept.push(connection);
            }
        });
        Self { url, keys: Arc::default(), task }
    }

    /// The keys that searches came with, since the last call of this function.
    pub(crate) fn keys(&self) -> Vec<String> {
        std::mem::take(&mut *self.keys.lock().unwrap())
    }
}

impl Drop for Lister {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn search(
    State(agents): State<Arc<Agents>>,
    headers: HeaderMap,
    Json(search): Json<Value>,
) -> (HeaderMap, Json<Value>) {
    let key = headers.get("x-api-key").map(|key| key.to_str().unwrap().to_owned()).unwrap_or_default();
    agents.keys.lock().unwrap().push(key);
    let at = |member: &str| usize::try_from(search[member].as_u64().unwrap()).unwrap();
    let (limit, offset) = (at("limit"), at("offset"));
    let numbered = agents.names.iter().enumerate().skip(offset).take(limit);
    let page: Vec<Value> = numbered
        .map(|(number, name)| json!({"assistant_id": Uuid::from_u128(number as u128 + 1), "graph_id": "graph", "name": name}))
        .collect();
    let mut answer = HeaderMap::new();
    if offset + limit < agents.names.len() {
        answer.insert("x-pagination-next", (offset + limit).to_string().parse().unwrap());
    }
    (answer, Json(json!(page)))
}

async fn schemas(Path(_): Path<Uuid>) -> Json<Value> {
    Json(json!({"input_schema": {"type": "object"}, "output_schema": {"type": "object"}}))
}
