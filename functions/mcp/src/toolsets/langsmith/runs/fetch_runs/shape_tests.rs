//! The rules for single members, on small runs.

use proptest::prelude::*;

use langsmith::{Backend, Received, RunPage};
use serde_json::{Value, json};

use super::super::value;
use super::*;
use crate::json::sink::Size;
use crate::toolset::paging::{self, PageRequest};

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
fn a_list_is_not_cut() {
    let long = "x".repeat(50);
    let run = json!({"child_run_ids": [long], "prompt_token_details": {"a": long}, "attachments": {}});
    let shaped = shaped(&run, Limits { cut: Some(3), part: None });
    assert_eq!(shaped["child_run_ids"], json!([long]));
    assert_eq!(shaped["prompt_token_details"], json!({"a": long}));
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

fn received(json: &str) -> Received<'_> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn what_the_second_backend_writes_in_another_way_looks_the_same() {
    let run = Run {
        total_cost: Some(received("2.085e-05")),
        prompt_cost_details: Some(received(r#"{"cached":1e-7,"b\"":"0.5"}"#)),
        first_token_time: Some(received(r#""2026-01-01T00:00:00.500000Z""#)),
        attachments: Some(received(r#"{"a.png":"https://s/x"}"#)),
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
    let metadata = Some(received(r#"{"k":1}"#));
    for (extra, expected) in [
        (None, json!({"metadata": {"k": 1}})),
        (Some(received("{}")), json!({"metadata": {"k": 1}})),
        (Some(received(r#"{ "runtime": {"a": 2} }"#)), json!({"metadata": {"k": 1}, "runtime": {"a": 2}})),
        (Some(received(r#"{"metadata":{"own":3}}"#)), json!({"metadata": {"own": 3}})),
        (Some(received(r#"{"metadata":null,"a":1}"#)), json!({"metadata": {"k": 1}, "a": 1})),
        (Some(received(r#"{"a":"\"","m\u0065tadata" : null}"#)), json!({"metadata": {"k": 1}, "a": "\""})),
        (Some(received("[1]")), json!([1])),
    ] {
        let run = Run { extra, metadata, ..Run::default() };
        assert_eq!(write(&run, WHOLE)["extra"], expected);
        let count = value::extra(&run).get().matches("etadata\"").count();
        assert_eq!(count, usize::from(expected.is_object()), "{expected}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        "[a-z]{0,30}".prop_map(Value::from),
        "[\"\\\\\n\u{1}a,: é😀]{0,12}".prop_map(Value::from),
        Just(json!("0190163a-7a61-7000-8000-000000000000")),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        let name = prop::sample::select(vec!["id", "run_ids", "a", "a b", "é", "\"", "content"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

/// The size rule, spelled out: characters, and one more for each comma and colon outside strings.
fn size_of(json: &str) -> usize {
    let (mut separators, mut in_string, mut is_escaped) = (0, false, false);
    for character in json.chars() {
        separators += usize::from(!in_string && matches!(character, ',' | ':'));
        in_string ^= character == '"' && !is_escaped;
        is_escaped = in_string && character == '\\' && !is_escaped;
    }
    json.chars().count() + separators
}

fn items<'a>(runs: &'a [Run<'a>], selection: &'a Selection, around: &'a Around) -> Vec<RunItem<'a>> {
    runs.iter().map(|run| RunItem { run, selection, around }).collect()
}

#[test]
fn a_full_page_takes_no_more_text() {
    let long = vec!["a".repeat(50); 20_000];
    let body = json!({"runs": [{"id": "a", "inputs": {}}, {"id": "b", "inputs": long}]}).to_string();
    let page = RunPage::new(Backend::V1, body.into());
    let runs = page.split().unwrap().runs;
    assert!(runs[1].inputs.unwrap().separators_if_plain(None).is_some());
    let (selection, around) = (Selection::all(), Around::default());
    let request = PageRequest { number: 1, max_chars: 25_000, preview: 0 };
    let text = paging::page("runs", &items(&runs, &selection, &around), &request);
    assert!(text.capacity() < 30_000, "{}", text.capacity());
}

/// Runs as written under some limits, their sizes, and a page of them.
fn forms(runs: &[Run<'_>], limits: Limits, request: &PageRequest) -> (Vec<String>, Vec<usize>, String) {
    let (selection, around) = (Selection::all(), Around::default());
    let items = items(runs, &selection, &around);
    let written = |item: &RunItem<'_>| {
        let mut text = String::new();
        item.write(limits, &mut text);
        text
    };
    let sizes = items.iter().map(|item| Size::of(|size| item.write(limits, size))).collect();
    (items.iter().map(written).collect(), sizes, paging::page("runs", &items, request))
}

/// A run whose values have spaces between their tokens, or not.
fn any_run() -> impl Strategy<Value = String> {
    let levels = prop_oneof![3 => Just(0_usize), 1 => 60_usize..110];
    let values = prop::collection::vec(any_json(), 5);
    (values, levels, any::<bool>()).prop_map(|(values, levels, has_spaces)| {
        let deep = format!("{}{}{}", "[".repeat(levels), values[0], "]".repeat(levels));
        let written = |value: &Value| {
            // Within a string a line break is escaped.
            let pretty = serde_json::to_string_pretty(value).unwrap().replace('\n', " ");
            if has_spaces { pretty } else { value.to_string() }
        };
        let [inputs, extra, children, details] = [1, 2, 3, 4].map(|index| written(&values[index]));
        format!(
            r#"{{"id":"r","inputs":{inputs},"extra":{extra},"outputs":{deep},"tags":["a","b"],
            "child_run_ids":{children},"prompt_token_details":{details}}}"#
        )
        .replace('\n', "")
    })
}

proptest! {
    /// The splitter's knowledge of plain values saves time and changes nothing else.
    #[test]
    fn runs_are_written_the_same_whoever_split_their_page(
        runs in prop::collection::vec(any_run(), 1..5),
        limits in prop::sample::select(vec![(None, None), (Some(0), None), (Some(5), None), (Some(40), Some(60)), (None, Some(60))]),
        (number, max_chars) in (1_i64..3, 0_i64..6000),
    ) {
        let page = RunPage::new(Backend::V1, format!(r#"{{"runs":[{}]}}"#, runs.join(",")).into());
        let (cut, part) = limits;
        let preview = cut.map_or(0, |cut| i64::try_from(cut).unwrap());
        let (limits, request) = (Limits { cut, part }, PageRequest { number, max_chars, preview });
        let split = page.split().unwrap();
        let read: Vec<Run<'_>> = runs.iter().map(|run| serde_json::from_str(run).unwrap()).collect();
        let (texts, sizes, page) = forms(&split.runs, limits, &request);
        prop_assert_eq!(texts.iter().map(|text| size_of(text)).collect::<Vec<_>>(), sizes.clone());
        prop_assert_eq!((texts, sizes, page), forms(&read, limits, &request));
    }
}
