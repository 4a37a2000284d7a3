//! The stateless era, 2026-07-28.

use serde_json::{Value, json};
use shared::mcp::scopes::TOOL_SCOPES;

use crate::support::{Server, modern, modern_with};

#[tokio::test]
async fn discover_list_and_call_describe_themselves() {
    let server = Server::start().await;
    let discover = server.send(modern("server/discover", json!({}), &[])).await.result();
    assert_eq!(discover["supportedVersions"][0], "2026-07-28");
    assert_eq!(discover["capabilities"], json!({"tools": {}}));
    let list = server.send(modern("tools/list", json!({}), &[])).await.result();
    assert_eq!(list["tools"].as_array().unwrap().len(), TOOL_SCOPES.len());
    let params = json!({"name": "list_projects", "arguments": {"limit": 1}});
    let call = server.send(modern("tools/call", params, &[])).await.result();
    assert_eq!(call["structuredContent"]["projects"].as_array().unwrap().len(), 1);
    for result in [&discover, &list, &call] {
        assert_eq!(result["resultType"], "complete");
        let info = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert!(info["name"].is_string() && info["title"].is_string() && info["version"].is_string());
    }
    for cacheable in [&discover, &list] {
        assert!(cacheable["ttlMs"].is_u64() && cacheable["cacheScope"] == "private");
    }
}

#[tokio::test]
async fn a_failed_call_describes_itself_too() {
    let server = Server::start().await;
    let params = json!({"name": "list_projects", "arguments": {"limit": -1}});
    let result = server.send(modern("tools/call", params, &[])).await.result();
    assert_eq!((&result["isError"], &result["resultType"]), (&json!(true), &json!("complete")));
}

#[tokio::test]
async fn incomplete_metadata_is_a_wrong_parameter() {
    let server = Server::start().await;
    let version = ("io.modelcontextprotocol/protocolVersion", json!("2026-07-28"));
    let capabilities = ("io.modelcontextprotocol/clientCapabilities", json!({}));
    let meta = |members: &[(&str, Value)]| -> Value {
        members
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    for params in [
        json!({}),
        json!({"_meta": {}}),
        json!({ "_meta": meta(std::slice::from_ref(&version)) }),
        json!({ "_meta": meta(std::slice::from_ref(&capabilities)) }),
        json!({ "_meta": meta(&[version.clone(), (capabilities.0, json!([]))]) }),
    ] {
        for method in ["server/discover", "tools/list"] {
            let answer = server.send(modern_with(method, &params, "", &[])).await;
            assert_eq!(answer.error(400), -32602, "{method} {params}");
            assert_eq!(answer.json()["id"], "m");
        }
    }
    let without_info = json!({ "_meta": meta(&[version, capabilities]) });
    server.send(modern_with("server/discover", &without_info, "", &[])).await.result();
}

#[tokio::test]
async fn headers_must_repeat_the_body() {
    let server = Server::start().await;
    let call = json!({"name": "list_prompts", "arguments": {}});
    for (method, params, headers) in [
        ("tools/list", json!({}), [("mcp-method", "prompts/list")]),
        ("tools/list", json!({}), [("mcp-method", "TOOLS/LIST")]),
        ("tools/list", json!({}), [("mcp-method", "")]),
        ("tools/list", json!({}), [("mcp-protocol-version", "")]),
        ("tools/list", json!({}), [("mcp-protocol-version", "2025-11-25")]),
        ("tools/call", call.clone(), [("mcp-name", "list_projects")]),
        ("tools/call", call.clone(), [("mcp-name", "")]),
        ("tools/call", call.clone(), [("mcp-name", "=?base64?bGlzdF9wcm9qZWN0cw==?=")]),
    ] {
        let answer = server.send(modern(method, params, &headers)).await;
        assert_eq!(answer.error(400), -32020, "{method} {headers:?}");
    }
    for name in ["list_prompts", "  list_prompts  ", "=?base64?bGlzdF9wcm9tcHRz?="] {
        let result = server.send(modern("tools/call", call.clone(), &[("mcp-name", name)])).await.result();
        assert_eq!(result["isError"], false, "{name}");
    }
}

#[tokio::test]
async fn an_unknown_revision_is_told_the_known_ones() {
    let server = Server::start().await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "v999.0.0",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let headers = [("mcp-protocol-version", "v999.0.0")];
    let answer = server.send(modern_with("server/discover", &json!({ "_meta": meta }), "", &headers)).await;
    assert_eq!(answer.error(400), -32022);
    let data = answer.json()["error"]["data"].clone();
    assert_eq!((&data["requested"], &data["supported"][0]), (&json!("v999.0.0"), &json!("2026-07-28")));
}

#[tokio::test]
async fn methods_that_do_not_exist_are_not_found() {
    let server = Server::start().await;
    for method in
        ["initialize", "ping", "logging/setLevel", "prompts/list", "subscriptions/listen", "unknown/method"]
    {
        let answer = server.send(modern(method, json!({}), &[])).await;
        assert_eq!(answer.error(404), -32601, "{method}");
        assert_eq!(answer.json()["id"], "m");
    }
}

#[tokio::test]
async fn equal_repeats_of_a_header_count_once() {
    let server = Server::start().await;
    let call = json!({"name": "list_prompts", "arguments": {}});
    let twice = [
        ("mcp-protocol-version", "2026-07-28, 2026-07-28"),
        ("mcp-method", "tools/call,tools/call"),
        ("mcp-name", "list_prompts, list_prompts"),
    ];
    server.send(modern("tools/call", call.clone(), &twice)).await.result();
    let mut request = modern("tools/call", call.clone(), &[]);
    for (name, _) in twice {
        let value = request.headers()[name].clone();
        request.headers_mut().append(name, value);
    }
    server.send(request).await.result();
    for (name, other) in
        [("mcp-protocol-version", "2025-11-25"), ("mcp-method", "tools/list"), ("mcp-name", "list_projects")]
    {
        let mut request = modern("tools/call", call.clone(), &[]);
        request.headers_mut().append(name, other.parse().unwrap());
        assert_eq!(server.send(request).await.error(400), -32020, "{name}");
    }
}
