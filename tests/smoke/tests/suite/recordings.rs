//! The contents of the recordings.

use std::fs;
use std::future::pending;
use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use primitives::secret::Secret;
use serde_json::{Value, json};
use smoke::{hosted, smoke};
use tokio::net::TcpListener;

use crate::options;

/// A key that occurs nowhere else.
const CANARY: &str = "lsv2_pt_canary0123456789";

/// Private data.
const PRIVATE: [&str; 4] =
    ["Acme Corporation", "ada@acme.example", "acme_customer", "ada00000-0000-4000-8000-00000000acce"];

/// The files in the only folder of a directory, with their names.
fn files(directory: &Path) -> Vec<(String, String)> {
    let folders: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(folders.len(), 1);
    let files = fs::read_dir(&folders[0]).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<_> = files
        .map(|file| (file.file_name().into_string().unwrap(), fs::read_to_string(file.path()).unwrap()))
        .collect();
    files.sort();
    files
}

/// A LangSmith that includes the key and private data wherever it can.
async fn talkative(request: Request) -> Response {
    let key = request.headers().get("x-api-key").map_or("none", |key| key.to_str().unwrap()).to_owned();
    let mut headers = HeaderMap::new();
    headers.insert("x-key", key.parse().unwrap());
    headers.insert(header::SET_COOKIE, format!("session={key}").parse().unwrap());
    headers.insert(header::CONTENT_TYPE, format!("application/json; key={key}").parse().unwrap());
    let [company, email, label, id] = PRIVATE;
    let thing = json!({"id": id, "name": company, "display_name": company, "email": email, "detail": key,
        key.clone(): key, "tenant_id": id, "metadata": {label: email}, "extra": {"metadata": {label: company}}});
    (headers, json!([thing]).to_string()).into_response()
}

#[tokio::test]
async fn neither_the_key_nor_anything_private_is_written_down() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(any(talkative));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let recordings = tempfile::tempdir().unwrap();
    let options = smoke::Options { key: Secret::new(CANARY), ..options(&url, recordings.path()) };
    let report = smoke(options, pending()).await.unwrap();
    server.abort();
    assert_eq!(report.exit_code(), 1);
    assert!(!report.text(true).contains(CANARY));
    let files = files(recordings.path());
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["double.json", "langsmith.json", "report.txt"]);
    for (name, text) in &files {
        for secret in PRIVATE.iter().chain([&CANARY]) {
            assert!(!text.contains(secret), "{name}: {secret}");
        }
    }
    assert!(files[1].1.contains("<secret>"), "it was said");
}

#[tokio::test]
async fn a_recording_tells_what_was_asked_and_in_what_form_it_was_answered() {
    let double = langsmith_double::start(hosted()).await.unwrap();
    let recordings = tempfile::tempdir().unwrap();
    let options = options(&double.url(), recordings.path());
    let name = options.names.base.clone();
    smoke(options, pending()).await.unwrap();
    let files = files(recordings.path());
    let recorded: Vec<Value> = serde_json::from_str(&files[1].1).unwrap();
    let made = recorded
        .iter()
        .find(|exchange| exchange["method"] == "POST" && exchange["path"] == "/api/v1/datasets");
    let made = made.unwrap();
    assert_eq!((&made["step"], &made["asked_by"]), (&json!("a dataset with examples"), &json!("server")));
    assert_eq!(made["request"]["name"], json!(name));
    let answer = &made["answer"];
    assert_eq!((&answer["status"], &answer["content_type"]), (&json!(200), &json!("application/json")));
    assert_eq!((&answer["body"]["name"], &answer["body"]["id"]), (&json!(name), &json!("<uuid>")));
    assert_eq!(answer["body"]["created_at"], "<time 0000-00-00T00:00:00.000000+00:00>");
    assert!(recorded.iter().any(|exchange| exchange["answer"] == json!({"withheld": "501 by the smoke"})));
}
