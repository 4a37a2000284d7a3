//! The protocol of 2026-07-28.

use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use mcp_client::{ServerAddress, list_tools};
use primitives::deadline::Deadline;
use serde_json::{Value, json};

use crate::answer::{Answer, error, page, tool};
use crate::server::{LONG, Server, client};

#[tokio::test]
async fn one_request_says_all() {
    let server = Server::in_turn(vec![Answer::result(&page(&["a", "b"], None))]).await;
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer hunter2"));
    // Those of the protocol are not the caller's.
    for name in [ACCEPT, CONTENT_TYPE, HeaderName::from_static("mcp-method")] {
        headers.append(&name, HeaderValue::from_static("text/evil"));
        headers.append(&name, HeaderValue::from_static("text/worse"));
    }
    headers.insert("mcp-protocol-version", HeaderValue::from_static("2024-11-05"));
    let address = ServerAddress { url: server.url("/mcp?team=1"), headers };
    let list = list_tools(&client(), &address, Deadline::after(LONG)).await.unwrap();
    assert_eq!((list.tools.len(), list.left_out, list.ttl), (2, 0, None));

    let [asked] = <[_; 1]>::try_from(server.asked()).unwrap();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/mcp?team=1"));
    for (name, value) in [
        ("authorization", "Bearer hunter2"),
        ("accept", "application/json, text/event-stream"),
        ("content-type", "application/json"),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/list"),
        ("mcp-session-id", ""),
    ] {
        assert_eq!(asked.header(name), value, "{name}");
    }
    let expected = json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/list",
        "params": {"_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo":
                {"name": "langsmith-remote-mcp", "version": env!("CARGO_PKG_VERSION")},
            "io.modelcontextprotocol/clientCapabilities": {},
        }},
    });
    assert_eq!(asked.message(), expected);
}

#[tokio::test]
async fn pages_follow_their_cursors() {
    let pages =
        [(&["a"][..], Some("one")), (&["b", "c"], Some("")), (&[], Some("z\u{1f9ed}\n")), (&["d"], None)];
    let server =
        Server::in_turn(pages.iter().map(|(names, next)| Answer::result(&page(names, *next))).collect())
            .await;
    assert_eq!(server.names().await.unwrap(), ["a", "b", "c", "d"]);
    let cursors: Vec<Value> =
        server.asked().iter().map(|asked| asked.message()["params"]["cursor"].clone()).collect();
    // An empty cursor is one like every other (MCP 2026-07-28, "Pagination").
    assert_eq!(cursors, [Value::Null, json!("one"), json!(""), json!("z\u{1f9ed}\n")]);
    for asked in server.asked() {
        assert_eq!(asked.header("mcp-protocol-version"), "2026-07-28");
        assert_eq!(asked.message()["params"]["_meta"].as_object().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn the_shortest_time_of_all_pages_is_handed_on() {
    for (times, expected) in [
        ([json!(300_000), json!(60_000)], Some(60_000)),
        ([json!(null), json!(5)], Some(5)),
        ([json!(5), json!("soon")], Some(5)),
        ([json!(-5), json!(60_000)], Some(0)),
        ([json!({}), json!(null)], None),
    ] {
        let [mut first, mut second] = [page(&["a"], Some("next")), page(&["b"], None)];
        [first["ttlMs"], second["ttlMs"]] = times.clone();
        let server = Server::in_turn(vec![Answer::result(&first), Answer::result(&second)]).await;
        let list = server.list().await.unwrap();
        assert_eq!(list.ttl, expected.map(Duration::from_millis), "{times:?}");
        assert_eq!(list.tools.len(), 2, "{times:?}");
    }
}

#[tokio::test]
async fn tools_are_kept_as_they_were_sent() {
    let json = r#"{"x-own": 1.10, "name":"ä",  "inputSchema":{"type":"object","b":1,"a":1e400}}"#;
    let body = format!(r#"{{"result":{{"tools":[{json}]}},"id":1,"jsonrpc":"2.0"}}"#);
    let server = Server::in_turn(vec![Answer::body("application/json; charset=utf-8", body)]).await;
    let list = server.list().await.unwrap();
    assert_eq!((list.tools[0].name.as_str(), list.tools[0].json.get()), ("ä", json));
}

#[tokio::test]
async fn unusable_tools_and_second_ones_of_a_name_are_counted() {
    let first = json!({"tools": [tool("a"), {"name": "b"}, "c"], "nextCursor": "next"});
    let second = json!({"tools": [tool("a"), tool("d"), tool("")]});
    let server = Server::in_turn(vec![Answer::result(&first), Answer::result(&second)]).await;
    let list = server.list().await.unwrap();
    assert_eq!((list.left_out, list.tools.len()), (4, 2));
}

#[tokio::test]
async fn a_server_without_tools_has_an_empty_list() {
    let server = Server::in_turn(vec![Answer::result(&json!({"tools": []}))]).await;
    assert_eq!(server.names().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_later_page_may_fail() {
    let failing = Answer::json(&error(-32602, "Unknown cursor"));
    let server = Server::in_turn(vec![Answer::result(&page(&["a"], Some("next"))), failing]).await;
    // The error may also be that of a server of another era, which is asked in turn.
    assert!(server.names().await.is_err());
    assert_eq!(server.whats(), ["tools/list", "tools/list", "initialize"]);
}
