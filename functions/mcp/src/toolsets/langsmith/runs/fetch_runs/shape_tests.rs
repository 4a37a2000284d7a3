//! The rules for single members, on small runs.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::*;

const WHOLE: Limits = Limits { cut: None, part: None };

fn shaped(run: &Value, limits: Limits) -> Value {
    let text = run.to_string();
    let run: Run<'_> = serde_json::from_str(&text).unwrap();
    write(&run, limits)
}

fn write(run: &Run<'_>, limits: Limits) -> Value {
    write_some(&Selection::all(), run, limits)
}

fn write_some(selection: &Selection, run: &Run<'_>, limits: Limits) -> Value {
    let mut json = String::new();
    RunItem { run, selection, around: &Around::default() }.write(limits, &mut json);
    serde_json::from_str(&json).unwrap()
}

#[test]
fn a_summary_has_nothing_empty() {
    let text = json!({"id": "r", "name": "", "run_type": "llm", "status": null, "start_time": "2026-01-01T00:00:00",
        "end_time": "2026-01-01T00:00:02.25", "error": null, "total_tokens": 0, "total_cost": null, "session_id": "p",
        "app_path": "/o/w", "inputs": {"a": 1}});
    let text = text.to_string();
    let run: Run<'_> = serde_json::from_str(&text).unwrap();
    let expected = json!({"id": "r", "run_type": "llm", "start_time": "2026-01-01T00:00:00+00:00", "latency": 2.25,
        "total_tokens": 0});
    assert_eq!(write_some(&Selection::summary(), &run, WHOLE), expected);
}

#[test]
fn ids_and_paths_are_never_cut() {
    let long = "x".repeat(500);
    let fields =
        ["id", "trace_id", "session_id", "app_path", "dotted_order", "parent_run_id", "reference_example_id"];
    let run: Value = fields
        .iter()
        .map(|field| ((*field).to_owned(), json!(long)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let shaped = shaped(&run, Limits { cut: Some(10), part: Some(0) });
    for field in fields {
        assert_eq!(shaped[field], json!(long), "{field}");
    }
}

#[test]
fn what_people_wrote_is_cut() {
    let text = format!("abc{}", "d".repeat(20));
    let run = json!({"name": text, "error": text, "inputs": {"q": text}, "tags": [text]});
    let shaped = shaped(&run, Limits { cut: Some(3), part: None });
    for pointer in ["/name", "/error", "/inputs/q", "/tags/0"] {
        assert_eq!(shaped.pointer(pointer).unwrap(), "abc… (+20 chars)", "{pointer}");
    }
}

#[test]
fn missing_members_have_their_defaults() {
    let run = json!({"id": "r", "start_time": "2026-01-01T00:00:00.5", "inputs": null});
    let shaped = shaped(&run, WHOLE);
    assert_eq!(shaped["inputs"], json!({}));
    assert_eq!(shaped["trace_id"], "r");
    assert_eq!(shaped["dotted_order"], "20260101T000000500000Zr");
    assert_eq!(shaped["attachments"], json!({}));
    assert_eq!(shaped["outputs"], json!(null));
    assert_eq!(shaped["child_runs"], json!(null));
}

#[test]
fn a_child_without_an_order_gets_none() {
    assert_eq!(shaped(&json!({"id": "r", "parent_run_id": "p"}), WHOLE)["dotted_order"], json!(null));
}

#[test]
fn costs_are_text() {
    let shaped = shaped(&json!({"total_cost": 0.00013, "prompt_cost": "0.1"}), WHOLE);
    assert_eq!((&shaped["total_cost"], &shaped["prompt_cost"]), (&json!("0.00013"), &json!("0.1")));
}

#[test]
fn attachments_come_from_stored_objects() {
    let stored =
        json!({"attachment.a.png": {"presigned_url": "https://s/x", "mime_type": "image/png"}, "inputs": {}});
    let shaped = shaped(&json!({ "s3_urls": stored }), WHOLE);
    assert_eq!(
        shaped["attachments"],
        json!({"a.png": {"presigned_url": "https://s/x", "mime_type": "image/png"}})
    );
}

#[test]
fn a_list_of_ids_is_whole_or_a_preview() {
    let ids: Vec<String> = (0..40).map(|n| format!("00000000-0000-4000-8000-{n:012}")).collect();
    let run = json!({ "parent_run_ids": ids, "child_run_ids": ids });
    let cut = shaped(&run, Limits { cut: Some(10), part: None });
    assert_eq!((&cut["parent_run_ids"], &cut["child_run_ids"]), (&json!(ids), &json!(ids)));
    for (length, whole) in [(100, 2), (80, 2), (79, 1), (10, 0)] {
        let preview = shaped(&run, Limits { cut: None, part: Some(length) });
        let shown = preview["child_run_ids"].as_array().unwrap();
        assert_eq!(shown[..shown.len() - 1], json!(ids[..whole]).as_array().unwrap()[..], "{length}");
        let left_out = format!("… (+{} chars)", (40 - whole) * 40);
        assert_eq!(shown.last().unwrap(), &json!(left_out));
    }
}

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap()
}

#[test]
fn what_the_second_backend_writes_in_another_way_looks_the_same() {
    let run = Run {
        total_cost: Some(raw("2.085e-05")),
        prompt_cost_details: Some(raw(r#"{"cached":1e-7,"b\"":"0.5"}"#)),
        first_token_time: Some(raw(r#""2026-01-01T00:00:00.500000Z""#)),
        attachments: Some(raw(r#"{"a.png":"https://s/x"}"#)),
        ..Run::default()
    };
    let shaped = write(&run, WHOLE);
    assert_eq!(shaped["total_cost"], "0.00002085");
    assert_eq!(shaped["prompt_cost_details"], json!({"cached": "0.0000001", "b\"": "0.5"}));
    assert_eq!(shaped["first_token_time"], "2026-01-01T00:00:00.500000");
    assert_eq!(shaped["attachments"], json!({"a.png": {"presigned_url": "https://s/x", "mime_type": null}}));
}

#[test]
fn metadata_stands_in_extra() {
    let metadata = Some(raw(r#"{"k":1}"#));
    for (extra, expected) in [
        (None, json!({"metadata": {"k": 1}})),
        (Some(raw("{}")), json!({"metadata": {"k": 1}})),
        (Some(raw(r#"{ "runtime": {"a": 2} }"#)), json!({"metadata": {"k": 1}, "runtime": {"a": 2}})),
        (Some(raw(r#"{"metadata":{"own":3}}"#)), json!({"metadata": {"own": 3}})),
        (Some(raw("[1]")), json!([1])),
    ] {
        let run = Run { extra, metadata, ..Run::default() };
        assert_eq!(write(&run, WHOLE)["extra"], expected);
    }
}
