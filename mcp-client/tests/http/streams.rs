//! Answers that are streams of events (WHATWG HTML section 9.2).

use mcp_client::ListFailure;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::answer::{Answer, Part, error, page, response};
use crate::server::{Server, names};

const ENDS: [&str; 3] = ["\n", "\r", "\r\n"];

/// Lines that precede the answer: a comment, a first id, a notification, a request of the server, another response, an
/// event of another type.
fn before() -> Vec<String> {
    let notification = json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"result": 1}});
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let other = json!({"jsonrpc": "2.0", "id": 2, "result": page(&["x"], None)});
    let lines = [
        ": hello".to_owned(),
        "retry: 3000".to_owned(),
        "id: 0".to_owned(),
        "data:".to_owned(),
        String::new(),
        format!("data: {notification}"),
        String::new(),
        "event: message".to_owned(),
        format!("data:{request}"),
        String::new(),
        String::new(),
        format!("data: {other}"),
        String::new(),
        "event: ping".to_owned(),
        "data: 2026-12-03".to_owned(),
        String::new(),
    ];
    lines.into()
}

/// A stream with the tools `a` and `b`, whose answer has a line for each of its own.
fn stream(end: &str) -> Vec<u8> {
    let pretty = serde_json::to_string_pretty(&response(&page(&["a", "ä"], None))).unwrap();
    let answer = pretty.lines().map(|line| format!("data: {line}"));
    let lines = before().into_iter().chain(answer).chain(["id: 7".to_owned(), String::new()]);
    lines.flat_map(|line| [line, end.to_owned()]).collect::<String>().into_bytes()
}

#[tokio::test]
async fn the_answer_is_found_among_other_events() {
    for end in ENDS {
        let kinds = ["text/event-stream", "Text/Event-Stream; charset=utf-8"];
        for kind in kinds {
            let server = Server::in_turn(vec![Answer::body(kind, stream(end))]).await;
            assert_eq!(server.names().await.unwrap(), ["a", "ä"], "{end:?}");
        }
    }
}

/// Each case is an answer whose chunks the client reads one by one.
#[test]
fn the_parts_in_which_a_stream_arrives_do_not_matter() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let streams = prop::sample::select(ENDS.map(stream).to_vec());
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 1..8);
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(streams, cuts), |(stream, cuts)| {
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let answer = Answer::chunks(cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]));
            let listed = runtime.block_on(async {
                let server = Server::in_turn(vec![answer]).await;
                server.list().await
            });
            prop_assert_eq!(listed.map(names), Ok(vec!["a".to_owned(), "ä".to_owned()]));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_stream_may_arrive_byte_by_byte() {
    for end in ENDS {
        let stream = stream(end);
        let server = Server::in_turn(vec![Answer::chunks(stream.chunks(1))]).await;
        assert_eq!(server.names().await.unwrap(), ["a", "ä"], "{end:?}");
    }
}

#[tokio::test]
async fn the_client_does_not_wait_for_the_end_of_the_stream() {
    for end in ENDS {
        // After a CR, the answer is complete: whether an LF follows does not matter.
        let parts = vec![Part::Raw(stream(end)), Part::Hold];
        let server = Server::in_turn(vec![Answer::open("text/event-stream", parts)]).await;
        assert_eq!(server.names().await.unwrap(), ["a", "ä"], "{end:?}");
    }
}

#[tokio::test]
async fn a_stream_that_ends_without_the_answer_is_none() {
    let answer = response(&page(&["a"], None));
    let cut = stream("\n");
    for stream in [
        String::new(),
        "\n\n".to_owned(),
        before().join("\n") + "\n",
        // The end of the stream does not end the event.
        format!("data: {answer}"),
        format!("data: {answer}\n"),
        format!("event: other\ndata: {answer}\n\n"),
        format!(" data: {answer}\n\n"),
        format!("{answer}\n\n"),
        "data: {\"jsonrpc\":\n\n".to_owned(),
        "data: [DONE]\n\n".to_owned(),
        String::from_utf8(cut[..cut.len() - 1].to_vec()).unwrap(),
    ] {
        let server = Server::always(Answer::body("text/event-stream", stream.clone())).await;
        assert_eq!(server.names().await.unwrap_err(), ListFailure::NotMcp, "{stream}");
        assert_eq!(server.whats(), ["tools/list", "initialize"], "{stream}");
    }
}

#[tokio::test]
async fn an_error_in_a_stream_is_the_answer() {
    let stream = format!(": hi\n\ndata: {}\n\ndata: {}\n\n", error(-1, "no"), response(&page(&[], None)));
    let server = Server::always(Answer::body("text/event-stream", stream)).await;
    let expected = ListFailure::Rpc { code: -1, message: "no".to_owned() };
    assert_eq!(server.names().await.unwrap_err(), expected);
}

#[tokio::test]
async fn a_page_may_be_a_stream_and_the_next_one_not() {
    let first = format!("data: {}\n\n", response(&page(&["a"], Some("two"))));
    let answers =
        vec![Answer::body("text/event-stream", first), Answer::result(&page(&["b"], Some("three")))];
    let last = format!("data: {}\r\r", response(&page(&["c"], None)));
    let server = Server::in_turn([answers, vec![Answer::body("text/event-stream", last)]].concat()).await;
    assert_eq!(server.names().await.unwrap(), ["a", "b", "c"]);
}
