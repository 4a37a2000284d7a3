//! How much is read.

use mcp_client::ListFailure;
use outbound::OutboundFailure;
use serde_json::json;

use crate::answer::{Answer, Part, page, response, tool};
use crate::server::Server;

const MAX_BYTES: usize = 8 << 20;

fn too_large() -> ListFailure {
    ListFailure::Outbound(OutboundFailure::TooLarge)
}

/// An answer of this many bytes.
fn padded(names: &[&str], next: Option<&str>, size: usize) -> Vec<u8> {
    let mut body = response(&page(names, next)).to_string().into_bytes();
    body.resize(size, b' ');
    body
}

#[tokio::test]
async fn an_answer_may_be_as_large_as_the_limit_and_no_larger() {
    let json = |size| padded(&["a"], None, size);
    let events = |size: usize| {
        let answer = format!("\ndata: {}\n\n", response(&page(&["a"], None)));
        [vec![b':'; size - answer.len()], answer.into_bytes()].concat()
    };
    for (kind, fits, exceeds) in [
        ("application/json", json(MAX_BYTES), json(MAX_BYTES + 1)),
        ("text/event-stream", events(MAX_BYTES), events(MAX_BYTES + 1)),
    ] {
        let declared = Server::always(Answer::body(kind, exceeds.clone())).await;
        let open = Server::always(Answer::open(kind, vec![Part::Raw(exceeds)])).await;
        for server in [declared, open] {
            assert_eq!(server.names().await.unwrap_err(), too_large(), "{kind}");
            assert_eq!(server.whats(), ["tools/list"], "{kind}");
        }
        let server = Server::in_turn(vec![Answer::open(kind, vec![Part::Raw(fits)])]).await;
        assert_eq!(server.names().await.unwrap(), ["a"], "{kind}");
    }
}

#[tokio::test]
async fn all_pages_share_the_limit() {
    for (first, last, fits) in [(5 << 20, 3 << 20, true), (5 << 20, (3 << 20) + 1, false)] {
        let pages = [padded(&["a"], Some("two"), first), padded(&["b"], None, last)];
        let server = Server::in_turn(pages.map(|body| Answer::body("application/json", body)).into()).await;
        let names = server.names().await;
        if fits {
            assert_eq!(names.unwrap(), ["a", "b"]);
        } else {
            assert_eq!(names.unwrap_err(), too_large());
        }
    }
}

#[tokio::test]
async fn a_body_without_end_is_too_large() {
    for (kind, part) in [
        ("application/json", "          "),
        ("text/event-stream", ": still here\n\n"),
        ("text/event-stream", "data: x\n"),
        // Breaks only, and one line only: neither takes longer than its bytes.
        ("text/event-stream", "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"),
        ("text/event-stream", "data"),
    ] {
        let part = part.repeat(1000);
        let answer = Answer::open(kind, vec![Part::Endless(part.clone().into_bytes())]);
        let server = Server::always(answer).await;
        assert_eq!(server.names().await.unwrap_err(), too_large(), "{kind} {}", &part[..4]);
    }
}

#[tokio::test]
async fn a_list_has_at_most_ten_thousand_tools() {
    let many = |count: usize, next| {
        let names: Vec<_> = (0..count).map(|at| at.to_string()).collect();
        page(&names.iter().map(String::as_str).collect::<Vec<_>>(), next)
    };
    let server = Server::in_turn(vec![Answer::result(&many(10_000, None))]).await;
    assert_eq!(server.names().await.unwrap().len(), 10_000);

    let server = Server::always(Answer::result(&many(10_001, None))).await;
    assert_eq!(server.names().await.unwrap_err(), ListFailure::TooManyTools);
    assert_eq!(server.whats(), ["tools/list"]);

    // Those that are left out count as well.
    let unusable = json!({"tools": [1, 2, tool("0")]});
    let server =
        Server::in_turn(vec![Answer::result(&many(9_998, Some("x"))), Answer::result(&unusable)]).await;
    assert_eq!(server.names().await.unwrap_err(), ListFailure::TooManyTools);
}

#[tokio::test]
async fn a_list_has_at_most_a_hundred_pages() {
    for (last, fits) in [(100, true), (101, false), (usize::MAX, false)] {
        let server = Server::start(move |_, before| {
            let next = (before + 1 < last).then(|| before.to_string());
            Answer::result(&page(&[&format!("t{before}")], next.as_deref()))
        })
        .await;
        let names = server.names().await;
        if fits {
            assert_eq!(names.unwrap().len(), 100);
        } else {
            assert_eq!(names.unwrap_err(), ListFailure::TooManyPages, "{last}");
        }
        assert_eq!(server.whats().len(), 100, "{last}");
    }
}

#[tokio::test]
async fn pages_in_a_circle_end() {
    for circle in [&["one"][..], &["one", "two"], &[""]] {
        let server = Server::start(move |_, before| {
            Answer::result(&page(&["a"], Some(circle[before % circle.len()])))
        })
        .await;
        assert_eq!(server.names().await.unwrap_err(), ListFailure::RepeatedCursor, "{circle:?}");
        assert_eq!(server.whats().len(), circle.len() + 1, "{circle:?}");
    }
}

#[tokio::test]
async fn a_cursor_has_at_most_eight_kibibytes() {
    for (length, fits) in [(8 << 10, true), ((8 << 10) + 1, false)] {
        let next = "c".repeat(length);
        let pages = [page(&["a"], Some(&next)), page(&["b"], None)];
        let server = Server::in_turn(pages.iter().map(Answer::result).collect()).await;
        let names = server.names().await;
        if fits {
            assert_eq!(names.unwrap(), ["a", "b"]);
        } else {
            assert_eq!(names.unwrap_err(), ListFailure::TooLarge);
        }
    }
}

#[tokio::test]
async fn the_limits_hold_in_the_earlier_protocols() {
    for (page, expected) in [
        (page(&["a"], Some("x")), ListFailure::RepeatedCursor),
        (json!({"tools": vec![1; 10_001]}), ListFailure::TooManyTools),
        (page(&["a".repeat(MAX_BYTES).as_str()], None), too_large()),
    ] {
        let server = Server::start(move |asked, _| match asked.what().as_str() {
            _ if asked.header("mcp-protocol-version") == "2026-07-28" => Answer::status(400),
            "initialize" => {
                Answer::result(&json!({"protocolVersion": "2025-11-25"})).with("mcp-session-id", "s")
            }
            "tools/list" => Answer::result(&page),
            _ => Answer::status(202),
        })
        .await;
        assert_eq!(server.names().await.unwrap_err(), expected);
        assert_eq!(server.whats().last().unwrap(), "DELETE");
    }
}
