//! For any input, the answer is a JSON-RPC body with the right status and a request id.

use axum::body::Body;
use http::header::{CONTENT_TYPE, ORIGIN};
use http::{Method, Request};
use serde_json::json;

use crate::common::assert_mistakes;
use crate::support::{Server, bare, post};

#[tokio::test]
async fn only_post_is_served() {
    let server = Server::start().await;
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::PATCH, Method::HEAD] {
        let request = bare(method.clone()).header("authorization", "Bearer ada").body(Body::empty()).unwrap();
        let answer = server.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST, OPTIONS"), "{method}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn the_body_must_be_json() {
    let server = Server::start().await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        let mut request = post("ada").body(Body::from(body)).unwrap();
        request.headers_mut().insert(CONTENT_TYPE, kind.parse().unwrap());
        assert_eq!(server.send(request).await.error(415), 415, "{kind}");
    }
    for kind in ["Application/JSON; charset=utf-8", "application/json, application/json"] {
        let mut request = post("ada").body(Body::from(body)).unwrap();
        request.headers_mut().insert(CONTENT_TYPE, kind.parse().unwrap());
        server.send(request).await.result();
    }
}

#[tokio::test]
async fn an_accept_header_that_rules_json_out_is_refused() {
    let server = Server::start().await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (accept, status) in
        [("text/html", 406), ("*/*", 200), ("application/json", 200), ("text/event-stream", 200)]
    {
        let mut request = post("ada").body(Body::from(body)).unwrap();
        request.headers_mut().insert("accept", accept.parse().unwrap());
        assert_eq!(server.send(request).await.status, status, "{accept}");
    }
}

#[tokio::test]
async fn a_message_may_have_one_megabyte() {
    let server = Server::start().await;
    let padded = |size: usize| {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        format!("{body}{}", " ".repeat(size - body.len()))
    };
    server.post(padded(1_048_576)).await.result();
    assert_eq!(server.post(padded(1_048_577)).await.error(413), 413);
    let endless = futures_util::stream::repeat_with(|| Ok::<_, std::convert::Infallible>(vec![b' '; 65_536]));
    assert_eq!(server.post(Body::from_stream(endless)).await.error(413), 413);
}

#[tokio::test]
async fn broken_messages_are_refused_by_name() {
    let server = Server::start().await;
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        ("\u{0}", -32700),
        ("[]", -32600),
        ("\"text\"", -32600),
        (r#"{"id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}"#, -32602),
    ] {
        assert_eq!(server.post(body).await.error(400), code, "{body}");
    }
    assert_eq!(server.post(vec![0xff, 0xfe]).await.error(400), -32700);
    let deep =
        format!("{}{}", r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"#, "[".repeat(200_000));
    assert_eq!(server.post(deep).await.error(400), -32700);
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    assert_mistakes([
        ("list_prompts", json!({"bogus": 1}), "bogus"),
        ("list_prompts", json!({"limit": "x"}), "limit"),
        ("list_prompts", json!({"limit": -1}), "limit"),
        ("list_prompts", json!({"is_public": 1}), "is_public"),
        ("list_projects", json!({"workspace_id": "x"}), "workspace_id"),
        ("list_projects", json!({"project_name": 5}), "project_name"),
        ("list_projects", json!([1]), "arguments"),
        ("fetch_runs", json!({"project_name": "support-bot"}), "limit"),
        ("fetch_runs", json!({"limit": 1}), "project_name"),
        ("fetch_runs", json!({"project_name": "p", "limit": 1, "trace_id": "x"}), "trace_id"),
    ])
    .await;
}

#[tokio::test]
async fn foreign_pages_may_not_call() {
    let server = Server::start().await;
    let from = |origin: &str| {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        post("ada").header(ORIGIN, origin).body(Body::from(body)).unwrap()
    };
    for origin in ["http://evil.example.com", "null", "https://localhost.evil.example"] {
        assert_eq!(server.send(from(origin)).await.error(403), 403, "{origin}");
    }
    for origin in
        ["http://localhost:8484", "http://127.0.0.1:6274", "http://[::1]:1", "https://app.example.com"]
    {
        let answer = server.send(from(origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{origin}");
        answer.result();
    }
}

#[tokio::test]
async fn a_preflight_needs_no_credential() {
    let server = Server::start().await;
    let request =
        Request::builder().method(Method::OPTIONS).uri("/mcp").header(ORIGIN, "http://localhost:6274");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 204);
    for header in
        ["authorization", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id"]
    {
        assert!(answer.header("access-control-allow-headers").contains(header), "{header}");
    }
    assert!(answer.header("access-control-expose-headers").contains("www-authenticate"));
}
