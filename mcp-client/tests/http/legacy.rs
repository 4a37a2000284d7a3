//! The protocols before 2026-07-28.

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use mcp_client::{ListFailure, ServerAddress, list_tools};
use primitives::deadline::Deadline;
use serde_json::{Value, json};

use crate::answer::{Answer, error, page, response};
use crate::server::{Asked, LONG, Server, client};

/// What a server of an earlier protocol says to the modern request.
fn refused() -> Answer {
    Answer::json(&error(-32000, "Bad Request: No valid session ID provided")).of(400)
}

fn initialized(version: &str) -> Answer {
    let info = json!({"name": "old", "version": "1"});
    Answer::result(&json!({"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}))
}

/// The answers of a server with a session, and one page of a tool.
fn with_session(asked: &Asked) -> Answer {
    match asked.what().as_str() {
        _ if asked.header("mcp-protocol-version") == "2026-07-28" => refused(),
        "initialize" => initialized("2025-11-25").with("mcp-session-id", "s-1"),
        "notifications/initialized" => Answer::status(202),
        "tools/list" => Answer::result(&page(&["a"], None)),
        _ => Answer::status(204),
    }
}

#[tokio::test]
async fn the_handshake_precedes_all_pages_and_the_session_ends() {
    let server = Server::start(|asked, _| match asked.message()["params"]["cursor"].as_str() {
        Some("two") => Answer::result(&page(&["b"], None)),
        _ if asked.what() == "tools/list" && asked.header("mcp-session-id") == "s-1" => {
            Answer::result(&page(&["a"], Some("two")))
        }
        _ => with_session(asked),
    })
    .await;
    let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer hunter2"))]);
    let address = ServerAddress { url: server.url("/mcp"), headers };
    let list = list_tools(&client(), &address, Deadline::after(LONG)).await.unwrap();
    assert_eq!(list.tools.len(), 2);

    let asked = server.asked();
    let seen: Vec<_> = asked
        .iter()
        .map(|asked| (asked.what(), asked.header("mcp-protocol-version"), asked.header("mcp-session-id")))
        .collect();
    let own = |what: &str| (what.to_owned(), "2025-11-25", "s-1");
    assert_eq!(
        seen,
        [
            ("tools/list".to_owned(), "2026-07-28", ""),
            ("initialize".to_owned(), "", ""),
            own("notifications/initialized"),
            own("tools/list"),
            own("tools/list"),
            own("DELETE"),
        ]
    );
    assert!(asked.iter().all(|asked| asked.header("authorization") == "Bearer hunter2"));
    assert!(asked.iter().skip(1).all(|asked| !asked.headers.contains_key("mcp-method")));
    let params = asked[1].message()["params"].clone();
    let info = json!({"name": "langsmith-remote-mcp", "version": env!("CARGO_PKG_VERSION")});
    assert_eq!(params, json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info}));
    let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized", "params": {}});
    assert_eq!(asked[2].message(), notification);
    assert_eq!(asked[3].message()["params"], json!({}));
    assert_eq!(asked[4].message()["params"], json!({"cursor": "two"}));
    assert_eq!(asked[5].target, "/mcp");
}

#[tokio::test]
async fn the_server_chooses_among_the_earlier_protocols() {
    for (version, is_known) in [
        ("2025-11-25", true),
        ("2025-06-18", true),
        ("2025-03-26", true),
        ("2024-11-05", true),
        ("2026-07-28", false),
        ("2024-10-07", false),
        ("", false),
    ] {
        let server = Server::start(move |asked, _| match asked.what().as_str() {
            "initialize" => initialized(version),
            _ => with_session(asked),
        })
        .await;
        let names = server.names().await;
        if is_known {
            assert_eq!(names.unwrap(), ["a"], "{version}");
            // Without a session, there is none to end.
            assert_eq!(server.whats().last().unwrap(), "tools/list", "{version}");
            assert_eq!(server.asked().last().unwrap().header("mcp-protocol-version"), version);
        } else {
            assert_eq!(names.unwrap_err(), ListFailure::NotMcp, "{version}");
        }
    }
}

#[tokio::test]
async fn the_session_ends_when_the_list_fails() {
    for (failing, expected) in [
        ("notifications/initialized", &["initialize", "notifications/initialized", "DELETE"][..]),
        ("tools/list", &["initialize", "notifications/initialized", "tools/list", "DELETE"]),
    ] {
        let server = Server::start(move |asked, _| match asked.what() {
            what if what == failing && asked.header("mcp-session-id") == "s-1" => Answer::status(500),
            _ => with_session(asked),
        })
        .await;
        assert_eq!(server.names().await.unwrap_err(), ListFailure::Status(500), "{failing}");
        assert_eq!(&server.whats()[1..], expected);
    }
}

#[tokio::test]
async fn a_server_need_not_let_the_session_end() {
    for status in [200, 307, 404, 405, 500] {
        let server = Server::start(move |asked, _| match asked.method.as_str() {
            "DELETE" => Answer::status(status).with("location", "/"),
            _ => with_session(asked),
        })
        .await;
        assert_eq!(server.names().await.unwrap(), ["a"], "{status}");
    }
}

#[tokio::test]
async fn the_id_of_a_session_is_visible_ascii_and_short() {
    let long = "s".repeat(1024);
    let longer = "s".repeat(1025);
    for (session, is_valid) in [("!~", true), (&long, true), (&longer, false), ("a b", false), ("ä", false)]
    {
        let given = session.to_owned();
        let server = Server::start(move |asked, _| match asked.what().as_str() {
            "initialize" => initialized("2025-06-18").with("mcp-session-id", &given),
            _ => with_session(asked),
        })
        .await;
        assert_eq!(server.names().await.is_ok(), is_valid, "{session}");
        let sent = server.asked().last().unwrap().header("mcp-session-id").to_owned();
        assert_eq!(sent, if is_valid { session } else { "" });
    }
}

#[tokio::test]
async fn every_answer_may_be_a_stream() {
    let server = Server::start(|asked, _| {
        let events = |result: &Value| {
            // With the event that gives the stream an id.
            let stream =
                format!("id: 1\nretry: 100\ndata: \n\nevent: message\ndata: {}\n\n", response(result));
            Answer::body("text/event-stream", stream)
        };
        match asked.what().as_str() {
            _ if asked.header("mcp-protocol-version") == "2026-07-28" => refused(),
            "initialize" => events(&json!({"protocolVersion": "2025-11-25"})),
            "tools/list" => events(&page(&["a"], None)),
            _ => Answer::status(202),
        }
    })
    .await;
    assert_eq!(server.names().await.unwrap(), ["a"]);
}

#[tokio::test]
async fn what_a_server_of_an_earlier_protocol_may_say_leads_to_the_handshake() {
    for refusal in [
        refused(),
        Answer::json(&error(-32601, "Method not found")),
        Answer::json(&error(-32600, "Invalid request")).of(500),
        Answer::status(400),
        Answer::status(404),
        Answer::status(405),
        Answer::status(406),
        Answer::status(415),
        Answer::status(422),
        Answer::status(501),
        Answer::status(202),
        Answer::body("text/html", "<p>Hello"),
    ] {
        let said = refusal.clone();
        let server = Server::start(move |asked, _| match asked.header("mcp-protocol-version") {
            "2026-07-28" => said.clone(),
            _ => with_session(asked),
        })
        .await;
        assert_eq!(server.names().await.unwrap(), ["a"], "{refusal:?}");
    }
}

#[tokio::test]
async fn a_result_of_initialize_must_name_a_version() {
    for result in [json!({}), json!({"protocolVersion": 1}), json!([]), json!("2025-06-18")] {
        let said = result.clone();
        let server = Server::start(move |asked, _| match asked.what().as_str() {
            "initialize" => Answer::result(&said),
            _ => with_session(asked),
        })
        .await;
        assert_eq!(server.names().await.unwrap_err(), ListFailure::NotMcp, "{result}");
        assert_eq!(server.whats(), ["tools/list", "initialize"], "{result}");
    }
}
