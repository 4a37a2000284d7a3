//! Defaults, and an error for every mistake that names it.

use langsmith::{Backend, RunCursor};

use super::super::cursor::Subject;
use super::super::resume_point::ResumePoint;
use super::*;

fn parse(text: &str) -> Result<Request, ToolError> {
    Arguments::read(Some(serde_json::from_str(text).unwrap()), Request::parse)
}

/// The cursor of a walk with the arguments in `text`.
fn cursor_of(text: &str) -> String {
    let subject = Subject::new(&parse(text).unwrap().subject(), &[]);
    let place = ResumePoint::start(RunCursor { backend: Backend::V1, after: None });
    Cursor { place, end: None, subject }.write()
}

fn with(text: &str, more: &str) -> String {
    format!("{},{more}}}", text.trim_end_matches('}'))
}

#[test]
fn project_and_limit_are_required() {
    assert_eq!(parse(r#"{"limit":1}"#).unwrap_err(), missing("project_name or project_id"));
    assert_eq!(parse(r#"{"project_name":"p"}"#).unwrap_err(), missing("limit"));
    for (text, message) in [
        (r#"{"project_name":null,"limit":1}"#, "Missing argument: project_name or project_id"),
        (r#"{"project_name":"","limit":1}"#, "Missing argument: project_name or project_id"),
        (
            r#"{"project_name":[""],"limit":1}"#,
            "Missing argument: project_name or project_id. Treated as absent, because every entry is a placeholder: project_name.",
        ),
        (r#"{"project_name":"p","limit":""}"#, "limit is empty, but required."),
        (r#"{"project_name":"p","limit":0}"#, "limit must be at least 1."),
    ] {
        assert_eq!(parse(text).unwrap_err().message, message, "{text}");
    }
}

#[test]
fn defaults_are_those_of_the_reference() {
    let request = parse(r#"{"project_name":"p","limit":"2"}"#).unwrap();
    assert_eq!(request.page, PageRequest { number: 1, max_chars: 25_000, preview: 150 });
    assert_eq!((request.limit, request.error, request.is_root), (2, None, None));
    assert_eq!(request.selection.members.len(), 37);
}

/// What a client sends that marks every argument as required.
#[test]
fn what_is_filled_in_changes_nothing() {
    let plain = parse(r#"{"project_name":"p","limit":2}"#).unwrap();
    let filled = parse(
        r#"{"project_name":["p"],"limit":"2","trace_id":"null","run_type":"","error":"","is_root":"None",
            "filter":"None","trace_filter":" ","tree_filter":"undefined","start_time":"undefined","end_time":"","order_by":"null",
            "reference_example_id":"","cursor":"None","page_number":0,"detail":"","select":[],
            "max_chars_per_page":0,"preview_chars":"null"}"#,
    )
    .unwrap();
    assert_eq!((filled.subject(), filled.page), (plain.subject(), plain.page));
    assert_eq!((filled.cursor, filled.selection.members.len()), (None, plain.selection.members.len()));
}

#[test]
fn every_member_can_be_selected() {
    let names: Vec<&str> = MEMBERS.iter().chain(&MORE).map(|member| member.name).collect();
    let text = serde_json::json!({"project_name": "p", "limit": 2, "select": names}).to_string();
    assert_eq!(parse(&text).unwrap().selection.members.len(), 40);
}

#[test]
fn a_project_can_be_named_by_its_id() {
    let id = "44444444-4444-4444-8444-444444444444";
    let request = parse(&format!(r#"{{"project_id":"{id}","run_ids":["{id}"],"limit":1}}"#)).unwrap();
    assert_eq!((request.projects, request.project_ids), (vec![], vec![id.to_owned()]));
    assert_eq!(request.ids, Some(vec![id.to_owned()]));
    let both = parse(&format!(r#"{{"project_name":"p","project_id":["{id}"],"limit":1}}"#)).unwrap();
    assert_eq!((both.projects.len(), both.project_ids.len()), (1, 1));
}

#[test]
fn the_longest_cursor_is_taken() {
    let text = r#"{"project_name":"p","limit":2}"#;
    let subject = Subject::new(&parse(text).unwrap().subject(), &[]);
    let place = ResumePoint::start(RunCursor { backend: Backend::V1, after: Some("\u{1}".repeat(4096)) });
    let cursor = Cursor { place, end: None, subject };
    let again = parse(&with(text, &format!(r#""cursor":"{}""#, cursor.write()))).unwrap();
    assert_eq!(again.cursor, Some(cursor));
}

#[test]
fn detail_decides_what_is_shown() {
    for (detail, members, preview) in
        [("ids", 4, 150), ("summary", 11, 150), ("preview", 37, 150), ("FULL", 37, 0)]
    {
        let request = parse(&format!(r#"{{"project_name":"p","limit":2,"detail":"{detail}"}}"#)).unwrap();
        assert_eq!((request.selection.members.len(), request.page.preview), (members, preview), "{detail}");
    }
    let request =
        parse(r#"{"project_name":"p","limit":2,"detail":"full","preview_chars":0,"select":"name"}"#);
    assert_eq!(request.unwrap().selection.members.len(), 2);
    let default = parse(r#"{"project_name":"p","limit":2,"detail":"full","preview_chars":150}"#);
    assert_eq!(default.unwrap().page.preview, 0);
}

#[test]
fn an_order_made_here_needs_its_columns() {
    let text = r#"{"project_name":"p","limit":2,"detail":"ids","order_by":"-latency"}"#;
    let columns = parse(text).unwrap().selection.columns;
    assert_eq!(columns, ["id", "start_time", "session_id", "trace_id", "end_time"]);
}

#[test]
fn what_is_wrong_is_named() {
    for (argument, name) in [
        (r#""limit":0"#, "limit"),
        (r#""filter":"eq(a, 1), eq(b, 2)""#, "filter must be one expression"),
        (r#""filter":"eq(a, 1)), not(eq(b, 2)""#, "filter must be one expression"),
        (r#""trace_id":"x""#, "trace_id"),
        (r#""preview_chars":"many""#, "preview_chars"),
        (r#""preview_chars":-1"#, "preview_chars must be at least 0."),
        (r#""page_number":-1"#, "page_number must be at least 1."),
        (r#""max_chars_per_page":-1"#, "max_chars_per_page must be at least 1."),
        (
            r#""run_type":"agent""#,
            "run_type must be one of llm, chain, tool, retriever, embedding, prompt, parser.",
        ),
        (r#""error":"maybe""#, "error must be true or false."),
        (r#""order_by":"colour""#, "order_by"),
        (r#""nope":1"#, "nope"),
        (r#""start_time":"soon""#, "start_time"),
        (r#""end_time":20260101"#, "end_time"),
        (r#""start_time":"2026-01-02","end_time":"2026-01-01""#, "start_time"),
        (r#""detail":"much""#, "detail"),
        (r#""detail":1"#, "detail"),
        (r#""select":["name","colour"]"#, "colour"),
        (r#""select":{"name":1}"#, "select"),
        (r#""select":["name"],"detail":"ids""#, "select"),
        (r#""select":["name"],"detail":"summary""#, "detail=summary"),
        (r#""run_ids":["x"]"#, "run_ids must be a UUID or an array of UUIDs."),
        (r#""project_id":"p""#, "project_id must be a UUID or an array of UUIDs."),
        (r#""detail":"full","preview_chars":10"#, "detail"),
        (r#""cursor":"garbage""#, "cursor"),
        (r#""cursor":7"#, "cursor"),
    ] {
        let text = format!(r#"{{"project_name":"p","limit":1,{argument}}}"#)
            .replace(r#""limit":1,"limit":0"#, r#""limit":0"#);
        assert!(parse(&text).unwrap_err().message.contains(name), "{text}");
    }
    assert!(parse(r#"{"project_name":{},"limit":1}"#).unwrap_err().message.contains("project_name"));
}

const CALL: &str = r#"{"project_name":"p","limit":1}"#;

#[test]
fn a_cursor_goes_with_the_arguments_of_its_call() {
    let cursor = format!(r#""cursor":"{}""#, cursor_of(CALL));
    assert!(parse(&with(CALL, &cursor)).unwrap().cursor.is_some());
    for same in [
        r#""limit":7"#,
        r#""preview_chars":0"#,
        r#""detail":"ids""#,
        r#""page_number":1"#,
        r#""filter":null"#,
    ] {
        let text = with(r#"{"project_name":"p","limit":1}"#, &format!("{same},{cursor}"));
        let text = text.replace(r#""limit":1,"limit":7"#, r#""limit":7"#);
        assert!(parse(&text).unwrap().cursor.is_some(), "{same}");
    }
    for other in [
        r#""filter":"x""#,
        r#""run_type":"llm""#,
        r#""error":true"#,
        r#""is_root":false"#,
        r#""start_time":"2026-01-01""#,
        r#""order_by":"start_time""#,
        r#""trace_id":"44444444-4444-4444-8444-444444444444""#,
        r#""run_ids":"44444444-4444-4444-8444-444444444444""#,
        r#""project_id":"44444444-4444-4444-8444-444444444444""#,
    ] {
        let error = parse(&with(CALL, &format!("{other},{cursor}"))).unwrap_err();
        assert!(error.message.starts_with("cursor belongs"), "{other}: {}", error.message);
    }
}

#[test]
fn a_cursor_is_alone_in_saying_where_to_go_on() {
    for (argument, name) in [(r#""page_number":2"#, "page_number"), (r#""order_by":"-latency""#, "order_by")]
    {
        let text = with(CALL, &format!(r#"{argument},"cursor":"{}""#, cursor_of(CALL)));
        let message = parse(&text).unwrap_err().message;
        assert!(message.contains("cursor") && message.contains(name), "{message}");
    }
}
