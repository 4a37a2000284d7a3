//! Any bytes as an answer: the outcome is a failure or a list within the limits.

use std::collections::BTreeSet;

use mcp_client::{ToolList, manifest};
use primitives::deadline::Deadline;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::answer::{Answer, Part, page, response, tool};
use crate::server::{LONG, Server, client};

/// How many answers each property draws.
const CASES: u32 = 150;

/// Bytes without meaning, or a body of one of these with some bytes changed.
fn bodies(bodies: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), any::<u8>(), 0..4_u8);
    let changed = (prop::sample::select(bodies), prop::collection::vec(change, 0..4));
    let changed = changed.prop_map(|(body, changes)| {
        let mut body = body.into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(body.len().max(1));
            match how {
                0 if at < body.len() => body[at] = byte,
                1 if at < body.len() => drop(body.remove(at)),
                2 => body.truncate(at),
                _ => body.insert(at.min(body.len()), byte),
            }
        }
        body
    });
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..300), 4 => changed]
}

/// Bodies that mean something.
fn valid() -> Vec<String> {
    let message =
        response(&json!({"tools": [tool("a"), tool("b")], "nextCursor": "x", "ttlMs": 5})).to_string();
    let initialized = response(&json!({"protocolVersion": "2025-11-25"})).to_string();
    let error =
        json!({"jsonrpc": "2.0", "id": null, "error": {"code": -1, "message": "\u{1f9ed}"}}).to_string();
    let stream = format!(": x\r\ndata: {message}\r\n\r\nevent: y\rdata\r\rid: 1\n\ndata: {initialized}\n\n");
    vec![message, initialized, error, stream]
}

fn is_within_limits(list: &ToolList) -> bool {
    let names: BTreeSet<_> = list.tools.iter().map(|tool| tool.name.as_str()).collect();
    names.len() == list.tools.len()
        && list.tools.len() + list.left_out <= 10_000
        && list.tools.iter().all(|tool| (1..=128).contains(&tool.name.chars().count()))
}

fn check<S: Strategy>(strategy: &S, test: impl AsyncFn(S::Value)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(strategy, |value| {
            runtime.block_on(test(value));
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_body_exceeds_the_limits() {
    let kinds = prop::sample::select(vec!["application/json", "text/event-stream", "text/plain"]);
    let statuses = prop::sample::select(vec![200, 200, 200, 202, 400, 401, 404, 500]);
    let answers = prop::collection::vec((statuses, kinds, bodies(valid())), 1..5);
    check(&answers, async |answers| {
        let answers =
            answers.into_iter().map(|(status, kind, body)| Answer::body(kind, body).of(status)).collect();
        let server = Server::in_turn(answers).await;
        if let Ok(list) = server.list().await {
            assert!(is_within_limits(&list), "{list:?}");
        }
        assert!(server.whats().len() <= 10, "{:?}", server.whats());
    });
}

#[test]
fn no_bytes_instead_of_http_exceed_the_limits() {
    let valid = Answer::result(&page(&["a"], None));
    let http = valid.head() + &response(&page(&["a"], None)).to_string();
    check(&bodies(vec![http]), async |bytes| {
        let server = Server::always(Answer::raw(vec![Part::Raw(bytes)])).await;
        if let Ok(list) = server.list().await {
            assert!(is_within_limits(&list), "{list:?}");
        }
    });
}

#[test]
fn no_document_exceeds_the_limits() {
    let documents = vec![
        page(&["a", "b"], None).to_string(),
        json!({"name": "x", "tools": [tool("a")], "remotes": []}).to_string(),
    ];
    check(&bodies(documents), async |document| {
        let server = Server::always(Answer::body("application/json", document)).await;
        if let Some(list) = manifest::fetch(&client(), &server.url("/mcp"), Deadline::after(LONG)).await {
            assert!(is_within_limits(&list) && !list.tools.is_empty() && list.left_out == 0, "{list:?}");
        }
        assert!(server.whats().len() <= 3);
    });
}
