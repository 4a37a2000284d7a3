//! Log queries with predetermined answers, including failures.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A log query that a test expects, and its result.
pub(crate) struct Logs {
    pub(crate) url: String,
    started: Arc<Mutex<Vec<Value>>>,
}

struct Told {
    started: Arc<Mutex<Vec<Value>>>,
    /// All before the last one, which stays.
    statuses: Mutex<VecDeque<&'static str>>,
    rows: Value,
}

/// One row of `get-query-results` in AWS's format: fields that a log line lacks are left out.
pub(crate) fn row(fields: &[(&str, &str)]) -> Value {
    let all = fields.iter().chain(&[("@ptr", "CmEKJgoiMTExMTIyMjIzMzMz")]);
    all.map(|(field, value)| json!({ "field": field, "value": value })).collect()
}

impl Logs {
    /// Serves these statuses one after another, and the rows.
    pub(crate) async fn start(statuses: &[&'static str], rows: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let started = Arc::default();
        let statuses = Mutex::new(statuses.iter().copied().collect());
        let told = Told { started: Arc::clone(&started), statuses, rows: json!(rows) };
        let router = Router::new().route("/", post(answer)).with_state(Arc::new(told));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, started }
    }

    /// The started queries.
    pub(crate) fn started(&self) -> Vec<Value> {
        self.started.lock().unwrap().clone()
    }
}

async fn answer(State(told): State<Arc<Told>>, headers: HeaderMap, body: String) -> Json<Value> {
    if headers.get("x-amz-target").unwrap() == "Logs_20140328.StartQuery" {
        told.started.lock().unwrap().push(serde_json::from_str(&body).unwrap());
        Json(json!({ "queryId": "12ab3456-12ab-123a-789e-1234567890ab" }))
    } else {
        let mut statuses = told.statuses.lock().unwrap();
        let status = if statuses.len() > 1 { statuses.pop_front() } else { statuses.front().copied() };
        let rows = if status == Some("Complete") { told.rows.clone() } else { json!([]) };
        Json(json!({ "results": rows, "status": status, "statistics": { "recordsMatched": 0.0 } }))
    }
}
