//! The era of `initialize`.

use serde_json::json;

use crate::support::{Server, post};

#[tokio::test]
async fn initialize_echoes_a_known_revision_and_offers_the_newest_otherwise() {
    let server = Server::start().await;
    for (asked, answered) in [
        (json!("2024-11-05"), "2024-11-05"),
        (json!("2025-03-26"), "2025-03-26"),
        (json!("2025-06-18"), "2025-06-18"),
        (json!("2025-11-25"), "2025-11-25"),
        (json!("2026-07-28"), "2025-11-25"),
        (json!("1999-01-01"), "2025-11-25"),
        (json!(null), "2025-11-25"),
    ] {
        let params = json!({"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let answer = server.legacy("ada", "initialize", params).await;
        assert_eq!(answer.headers.get("mcp-session-id"), None);
        let result = answer.result();
        assert_eq!(result["protocolVersion"], answered);
        assert_eq!(result["capabilities"], json!({"tools": {}}));
        assert_eq!(result["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        assert!(result["instructions"].is_string());
    }
}

#[tokio::test]
async fn a_client_that_names_the_method_in_a_header_is_still_legacy() {
    let server = Server::start().await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#;
    let request = post("ada").header("mcp-method", "initialize").header("mcp-session-id", "stale");
    let answer = server.send(request.body(body.into()).unwrap()).await;
    assert_eq!(answer.result()["protocolVersion"], "2025-06-18");
    let request = post("ada").header("mcp-protocol-version", "2026-07-28");
    let answer = server.send(request.body(body.into()).unwrap()).await;
    assert_eq!(answer.result()["protocolVersion"], "2025-06-18");
}

#[tokio::test]
async fn the_handshake_leads_to_a_tool_result() {
    let server = Server::start().await;
    let initialized = server.post(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    assert_eq!((initialized.status.as_u16(), initialized.body.len()), (202, 0));
    assert_eq!(server.legacy("ada", "ping", json!({})).await.result(), json!({}));
    let tools = server.legacy("ada", "tools/list", json!({})).await.result();
    assert_eq!(tools.as_object().unwrap().len(), 1);
    assert_eq!(tools["tools"][0]["name"], "get_thread_history");
    let result = server.call_as("ada", "list_projects", json!({})).await.result();
    assert_eq!(result.get("resultType"), None);
    let text: serde_json::Value =
        serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(text, result["structuredContent"]);
}

#[tokio::test]
async fn a_version_header_is_checked_after_the_handshake() {
    let server = Server::start().await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let request = post("ada").header("mcp-protocol-version", version).body(body.into()).unwrap();
        assert_eq!(server.send(request).await.result(), json!({}), "{version}");
    }
    let request = post("ada").header("mcp-protocol-version", "2023-01-01").body(body.into()).unwrap();
    assert_eq!(server.send(request).await.error(400), -32600);
}

#[tokio::test]
async fn what_is_not_declared_is_not_answered() {
    let server = Server::start().await;
    for method in ["prompts/get", "resources/read", "logging/setLevel", "completion/complete", "nonsense"] {
        assert_eq!(server.legacy("ada", method, json!({})).await.error(200), -32601, "{method}");
    }
    assert_eq!(server.legacy("ada", "tools/call", json!({"name": "nope"})).await.error(200), -32602);
    assert_eq!(server.legacy("ada", "tools/call", json!({})).await.error(400), -32602);
    assert_eq!(server.legacy("ada", "tools/list", json!({"cursor": "x"})).await.error(200), -32602);
}

#[tokio::test]
async fn lists_of_what_is_not_offered_are_empty() {
    let server = Server::start().await;
    for (method, list) in [
        ("prompts/list", json!({"prompts": []})),
        ("resources/list", json!({"resources": []})),
        ("resources/templates/list", json!({"resourceTemplates": []})),
    ] {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method}).to_string();
        for version in ["", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
            let request = post("ada").header("mcp-protocol-version", version);
            let answer = server.send(request.body(body.clone().into()).unwrap()).await;
            assert_eq!(answer.result(), list, "{method} {version}");
        }
        assert_eq!(server.legacy("ada", method, json!({})).await.result(), list, "{method}");
        assert_eq!(server.legacy("ada", method, json!({"cursor": ""})).await.result(), list, "{method}");
        assert_eq!(server.legacy("ada", method, json!({"cursor": "x"})).await.error(200), -32602, "{method}");
        let refused = post("ada").header("mcp-protocol-version", "2023-01-01").body(body.into()).unwrap();
        assert_eq!(server.send(refused).await.error(400), -32600, "{method}");
    }
}

#[tokio::test]
async fn a_version_that_is_repeated_is_said_once_and_an_empty_one_is_none() {
    let server = Server::start().await;
    let ask = async |versions: &[&str]| {
        let mut request = post("ada");
        for version in versions {
            request = request.header("mcp-protocol-version", *version);
        }
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        server.send(request.body(body.into()).unwrap()).await
    };
    for versions in
        [&["2025-11-25", "2025-11-25"][..], &["2025-11-25, 2025-11-25"], &["", "2025-06-18"], &[""], &[" "]]
    {
        assert_eq!(ask(versions).await.result(), json!({}), "{versions:?}");
    }
    for versions in
        [&["2025-11-25", "2025-06-18"][..], &["2025-11-25, 2025-06-18"], &["2025-11-25", "2025-11-25x"]]
    {
        assert_eq!(ask(versions).await.error(400), -32600, "{versions:?}");
    }
}
