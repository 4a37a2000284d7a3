//! Both encodings of one query, and both answers decoded to one run.

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::UpstreamError;

fn first(query: &RunQuery<'_>) -> Value {
    serde_json::to_value(v1::Body::from(query)).unwrap()
}

fn second(query: &RunQuery<'_>) -> Value {
    serde_json::to_value(v2::Body::new(query).unwrap()).unwrap()
}

fn page(backend: Backend, text: &str) -> RunPage {
    RunPage { body: Bytes::copy_from_slice(text.as_bytes()), backend, whole: false, since: None }
}

#[test]
fn only_what_was_asked_is_sent() {
    let projects = ["p".to_owned()];
    let query = RunQuery { projects: &projects, limit: 2, select: &["id", "name"], ..RunQuery::default() };
    assert_eq!(
        first(&query),
        json!({"session": ["p"], "limit": 2, "order": "desc", "select": ["id", "name"]})
    );
    assert_eq!(
        second(&query),
        json!({"project_ids": ["p"], "page_size": 2, "min_start_time": "1970-01-01T00:00:00Z",
            "selects": ["ID", "NAME"]})
    );
}

#[test]
fn both_encodings_ask_for_the_same() {
    let (projects, ids, examples) = (["p".to_owned()], ["i".to_owned()], ["e".to_owned()]);
    let query = RunQuery {
        projects: &projects,
        ids: Some(&ids),
        run_type: Some("llm"),
        reference_example: Some(&examples),
        filter: Some("f"),
        trace_filter: Some("r"),
        tree_filter: Some("t"),
        is_root: Some(true),
        error: Some(false),
        trace: Some("x"),
        start_time: Some("s"),
        any_age: false,
        end_time: Some("e"),
        limit: 7,
        order: Order::Desc,
        cursor: Some(RunCursor { backend: Backend::V2, after: Some("c".to_owned()) }),
        select: &["parent_run_id", "session_id", "extra", "s3_urls", "in_dataset", "manifest_id"],
    };
    let (first, second) = (first(&query), second(&query));
    for (old, new) in [
        ("session", "project_ids"),
        ("id", "ids"),
        ("reference_example", "reference_examples"),
        ("trace_filter", "trace_filter"),
        ("tree_filter", "tree_filter"),
        ("is_root", "is_root"),
        ("error", "has_error"),
        ("trace", "trace_id"),
        ("start_time", "min_start_time"),
        ("limit", "page_size"),
        ("cursor", "cursor"),
    ] {
        assert_eq!(first[old], second[new], "{old}");
        assert!(!first[old].is_null(), "{old}");
    }
    assert_eq!((&first["run_type"], &second["run_type"]), (&json!("llm"), &json!("LLM")));
    assert_eq!((&first["filter"], &second["filter"]), (&json!("and(f, lt(start_time, \"e\"))"), &json!("f")));
    assert_eq!((first.get("end_time"), &second["max_start_time"]), (None, &json!("e")));
    assert_eq!(
        second["selects"],
        json!(["PARENT_RUN_IDS", "PROJECT_ID", "EXTRA", "METADATA", "ATTACHMENTS", "IS_IN_DATASET"])
    );
}

#[test]
fn each_column_is_asked_of_the_second_once() {
    let selects = second(&RunQuery::default())["selects"].clone();
    let mut names: Vec<String> = serde_json::from_value(selects).unwrap();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(names.contains(&"PARENT_RUN_IDS".to_owned()));
}

#[test]
fn the_latest_start_is_a_filter_of_the_first() {
    let end =
        |filter, end_time| first(&RunQuery { filter, end_time, ..RunQuery::default() })["filter"].clone();
    assert_eq!(end(None, None), Value::Null);
    assert_eq!(end(Some("eq(a, 1)"), None), "eq(a, 1)");
    assert_eq!(end(None, Some("2026-01-01T00:00:00Z")), "lt(start_time, \"2026-01-01T00:00:00Z\")");
}

#[test]
fn the_oldest_first_cannot_be_asked_of_the_second() {
    let query = RunQuery { order: Order::Asc, ..RunQuery::default() };
    assert!(matches!(v2::Body::new(&query).map(drop), Err(UpstreamError::Unsupported(_))));
}

#[test]
fn null_and_absent_fields_are_the_same() {
    for (backend, text) in [
        (Backend::V1, r#"{"runs":[{"id":"x","error":null,"new_field":1}],"cursors":{"next":null}}"#),
        (Backend::V2, r#"{"items":[{"id":"x","error":null,"new_field":1}],"next_cursor":null}"#),
    ] {
        let page = page(backend, text);
        let batch = page.split().unwrap();
        assert_eq!(batch.next(), None);
        assert_eq!(batch.runs[0].id.unwrap().get(), "\"x\"");
        assert!(batch.runs[0].error.is_none() && batch.runs[0].inputs.is_none());
    }
}

#[test]
fn a_page_of_another_shape_is_malformed() {
    for text in
        ["", "[]", "{}", r#"{"runs":{}}"#, r#"{"runs":[1]}"#, r#"{"runs":[{"id":"x"}"#, r#"{"items":[1]}"#]
    {
        for backend in [Backend::V1, Backend::V2] {
            assert_eq!(page(backend, text).split().unwrap_err(), UpstreamError::Malformed, "{text}");
        }
    }
    for text in [r#"{"runs":[],"cursors":null,"cursors":{"next":"x"}}"#, r#"{"runs":[{"id":null,"id":"x"}]}"#]
    {
        assert_eq!(page(Backend::V1, text).split().unwrap_err(), UpstreamError::Malformed, "{text}");
    }
    let long = json!({"runs": [], "cursors": {"next": "x".repeat(5000)}}).to_string();
    assert_eq!(page(Backend::V1, &long).split().unwrap_err(), UpstreamError::Malformed);
}

#[test]
fn a_cursor_says_whose_it_is() {
    for (backend, text) in [
        (Backend::V1, r#"{"runs":[],"cursors":{"next":"n","prev":null}}"#),
        (Backend::V2, r#"{"items":[],"next_cursor":"n"}"#),
    ] {
        let next = Some(RunCursor { backend, after: Some("n".to_owned()) });
        assert_eq!(page(backend, text).split().unwrap().next(), next.as_ref());
    }
    let whole = RunPage { whole: true, ..page(Backend::V1, r#"{"runs":[],"cursors":{"next":"n"}}"#) };
    assert_eq!(whole.split().unwrap().next(), None);
}

#[test]
fn the_second_answer_becomes_the_run_of_the_first() {
    let text = r#"{"items":[{"id":"r","run_type":"LLM","status":"SUCCESS","project_id":"p","parent_run_ids":["a","b"],
        "is_in_dataset":true,"prompt_token_details":{"raw":{"cache_read":5}},"manifest":{"m":1},"metadata":{"k":1},
        "attachments":{"a.png":"https://s/x"},"total_cost":2e-05}]}"#;
    let page = page(Backend::V2, text);
    let run = page.split().unwrap().runs[0];
    let texts = [
        (run.run_type, r#""llm""#),
        (run.status, r#""success""#),
        (run.session_id, r#""p""#),
        (run.parent_run_id, r#""b""#),
        (run.in_dataset, "true"),
        (run.prompt_token_details, r#"{"cache_read":5}"#),
        (run.serialized, r#"{"m":1}"#),
        (run.metadata, r#"{"k":1}"#),
        (run.attachments, r#"{"a.png":"https://s/x"}"#),
        (run.total_cost, "2e-05"),
    ];
    for (field, expected) in texts {
        assert_eq!(field.unwrap().get(), expected);
    }
}

#[test]
fn a_word_that_is_new_is_passed_on() {
    let page = page(
        Backend::V2,
        r#"{"items":[{"id":"r","run_type":"ROBOT","parent_run_ids":[],"prompt_cost_details":7}]}"#,
    );
    let run = page.split().unwrap().runs[0];
    assert_eq!(run.run_type.unwrap().get(), "\"ROBOT\"");
    assert!(run.parent_run_id.is_none() && run.prompt_cost_details.is_none());
}
