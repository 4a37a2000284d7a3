//! Servers that refuse, and answers that are none.

use mcp_client::ListFailure;
use outbound::OutboundFailure;
use serde_json::{Value, json};

use crate::answer::{Answer, error, page, response};
use crate::server::Server;

const BOTH: &[&str] = &["tools/list", "initialize"];
const ONE: &[&str] = &["tools/list"];

/// The failure when everything is answered alike, and what was asked for.
async fn refused(answer: Answer) -> (ListFailure, Vec<String>) {
    let server = Server::always(answer).await;
    let failure = server.names().await.unwrap_err();
    (failure, server.whats())
}

fn rpc(code: i64, message: &str) -> ListFailure {
    ListFailure::Rpc { code, message: message.to_owned() }
}

#[tokio::test]
async fn statuses_are_told_apart() {
    for (status, expected, asked) in [
        (401, ListFailure::Unauthorized { challenge: None }, ONE),
        (403, ListFailure::Forbidden, ONE),
        (400, ListFailure::Status(400), BOTH),
        (404, ListFailure::Status(404), BOTH),
        (405, ListFailure::Status(405), BOTH),
        (402, ListFailure::Status(402), ONE),
        (407, ListFailure::Status(407), ONE),
        (410, ListFailure::Status(410), ONE),
        (421, ListFailure::Status(421), ONE),
        (429, ListFailure::Status(429), ONE),
        (500, ListFailure::Status(500), ONE),
        (502, ListFailure::Status(502), ONE),
        (503, ListFailure::Status(503), ONE),
        (599, ListFailure::Status(599), ONE),
        (304, ListFailure::Status(304), ONE),
        (202, ListFailure::NotMcp, BOTH),
        (204, ListFailure::NotMcp, BOTH),
    ] {
        let (failure, whats) = refused(Answer::status(status)).await;
        assert_eq!(failure, expected, "{status}");
        assert_eq!(whats, asked, "{status}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [300, 301, 302, 303, 307, 308] {
        let (failure, whats) = refused(Answer::status(status).with("location", "/elsewhere")).await;
        assert_eq!(failure, ListFailure::Outbound(OutboundFailure::Redirected), "{status}");
        assert_eq!(whats, ONE, "{status}");
    }
}

#[tokio::test]
async fn a_challenge_is_handed_on_shortened() {
    let challenge =
        r#"Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource""#;
    let long = format!("Bearer realm=\"{}\"", "x".repeat(1000));
    for (sent, expected) in [
        (challenge, Some(challenge)),
        (&long, Some(&long[..300])),
        ("Bearer\tx", Some("Bearerx")),
        ("ä", None),
    ] {
        // The body does not count, whatever it says.
        for answer in [Answer::result(&page(&["a"], None)), Answer::json(&error(-32001, "no"))] {
            let (failure, _) = refused(answer.of(401).with("www-authenticate", sent)).await;
            assert_eq!(failure, ListFailure::Unauthorized { challenge: expected.map(str::to_owned) });
        }
    }
}

#[tokio::test]
async fn an_error_tells_more_than_its_status() {
    for status in [200, 400, 404, 429, 500] {
        let (failure, whats) = refused(Answer::json(&error(-32601, "Method not found")).of(status)).await;
        assert_eq!(failure, rpc(-32601, "Method not found"), "{status}");
        assert_eq!(whats, BOTH, "{status}");
    }
    // And a status more than a result.
    let (failure, _) = refused(Answer::result(&page(&["a"], None)).of(500)).await;
    assert_eq!(failure, ListFailure::Status(500));
}

#[tokio::test]
async fn an_error_counts_whatever_else_a_message_says() {
    let with = |member: &str, value: Value| {
        let mut message = error(-5, "no");
        message[member] = value;
        message
    };
    for message in [
        with("result", page(&["a"], None)),
        with("id", Value::Null),
        with("id", json!("server-error")),
        with("id", json!(7)),
        with("more", json!({"x": [1]})),
        json!({"jsonrpc": "2.0", "error": {"code": -5, "message": "no", "data": {"secret": "hunter2"}}}),
    ] {
        assert_eq!(refused(Answer::json(&message)).await.0, rpc(-5, "no"), "{message}");
    }
    let shortened = refused(Answer::json(&error(1, &format!("a\u{7}\n{}", "ä".repeat(500))))).await.0;
    assert_eq!(shortened, rpc(1, &format!("a{}", "ä".repeat(299))));
    assert_eq!(refused(Answer::json(&json!({"jsonrpc": "2.0", "error": {}}))).await.0, rpc(0, ""));
}

#[tokio::test]
async fn only_the_response_to_the_request_is_one() {
    let with = |member: &str, value: Value| {
        let mut message = response(&page(&["a"], None));
        message[member] = value;
        message
    };
    let without = |member: &str| {
        let mut message = response(&page(&["a"], None));
        message.as_object_mut().unwrap().remove(member);
        message
    };
    for message in [
        with("id", json!(2)),
        with("id", json!("1")),
        with("id", json!([1])),
        with("id", Value::Null),
        without("id"),
        with("jsonrpc", json!("1.0")),
        with("jsonrpc", json!(2.0)),
        without("jsonrpc"),
        with("method", json!("tools/list")),
        with("error", json!("no")),
        with("error", json!({"code": "x", "message": "no"})),
        with("result", Value::Null),
        without("result"),
        json!([response(&page(&["a"], None))]),
    ] {
        let (failure, whats) = refused(Answer::json(&message)).await;
        assert_eq!(failure, ListFailure::NotMcp, "{message}");
        assert_eq!(whats, BOTH, "{message}");
    }
    // Null is as good as nothing there.
    let server = Server::in_turn(vec![Answer::json(&with("error", Value::Null))]).await;
    assert_eq!(server.names().await.unwrap(), ["a"]);
}

#[tokio::test]
async fn a_result_must_be_a_list_of_tools() {
    for result in [
        json!({}),
        json!([]),
        json!("tools"),
        json!({"tools": null}),
        json!({"tools": {}}),
        json!({"tools": "a"}),
        json!({"tools": [], "nextCursor": 2}),
        json!({"tools": [], "nextCursor": {}}),
    ] {
        assert_eq!(refused(Answer::result(&result)).await.0, ListFailure::NotMcp, "{result}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_message_are_refused() {
    let valid = response(&page(&["a"], None)).to_string();
    for (kind, body) in [
        ("text/html", "<!doctype html><p>Welcome"),
        ("application/json", ""),
        ("application/json", "{"),
        ("application/json", &format!("{valid}{valid}")),
        ("application/json", &format!("\u{feff}{valid}")),
        ("application/json", &format!("data: {valid}\n\n")),
        ("text/event-stream", &valid),
        ("application/json", r#"{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#),
        ("application/json", r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[],"tools":[]}}"#),
    ] {
        let (failure, whats) = refused(Answer::body(kind, body)).await;
        assert_eq!(failure, ListFailure::NotMcp, "{kind} {body}");
        assert_eq!(whats, BOTH, "{kind} {body}");
    }
    let (failure, _) = refused(Answer::body("application/json", b"{\"jsonrpc\":\"2.0\xff\"}")).await;
    assert_eq!(failure, ListFailure::NotMcp);
}

#[tokio::test]
async fn a_message_counts_whatever_its_type_is_called() {
    let body = response(&page(&["a"], None)).to_string();
    for kind in ["text/html", "text/plain", "application/octet-stream", "x", "application/json+mcp"] {
        let server = Server::in_turn(vec![Answer::body(kind, body.clone())]).await;
        assert_eq!(server.names().await.unwrap(), ["a"], "{kind}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_no_other_protocol() {
    for answer in [
        Answer::body("application/json", "{}").with("content-encoding", "gzip"),
        Answer::status(200).with("content-length", "1"),
        Answer::body("application/json", "{").with("transfer-encoding", "chunked"),
    ] {
        let (failure, whats) = refused(answer).await;
        assert!(matches!(failure, ListFailure::Outbound(_)), "{failure:?}");
        assert_eq!(whats, ONE);
    }
}

#[tokio::test]
async fn a_failure_shows_no_secret_of_either_side() {
    let body = json!({"jsonrpc": "2.0", "error": {"code": 1, "message": "no", "data": "hunter2"}});
    for answer in [Answer::json(&body), Answer::body("text/plain", "hunter2").of(500)] {
        let (failure, _) = refused(answer.with("set-cookie", "hunter2")).await;
        assert!(!format!("{failure} {failure:?}").contains("hunter2"), "{failure:?}");
    }
}
