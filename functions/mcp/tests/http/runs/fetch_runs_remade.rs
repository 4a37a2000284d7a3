//! Walks through the runs of a project that is deleted, or created anew under its name, while its id is cached.

use serde_json::{Value, json};

use crate::common::{FIRST, extended};
use crate::runs::fetch_runs_walks::ids;
use crate::scripted::{PROJECTS, Scripted, page, project, projects, refused, status};

/// With a window, so that the projects are only asked for by their names.
fn arguments(more: &Value) -> Value {
    let window = json!({"project_name": "my-bot", "limit": 3, "detail": "ids", "start_time": "2020-01-01"});
    extended(window, more)
}

fn thread(cursor: &Value) -> Value {
    json!({"thread_id": "t", "project_name": "my-bot", "page_number": 1, "cursor": cursor})
}

/// A LangSmith with project `my-bot`.
async fn begun() -> Scripted {
    let langsmith = Scripted::start().await;
    langsmith.answer(PROJECTS, [projects(&[("old", "my-bot")])]);
    langsmith
}

async fn stale(langsmith: &Scripted, arguments: Value) -> String {
    let error = langsmith.server.fail("fetch_runs", arguments).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{error}");
    let told = error["error"].as_str().unwrap();
    assert!(told.starts_with("This cursor is no longer valid: leave cursor out to start again."), "{told}");
    told.to_owned()
}

#[tokio::test]
async fn the_runs_of_a_project_that_was_made_anew_do_not_end_where_the_old_one_is_gone() {
    for gone in [page(FIRST, [], None), refused(404, "Project not found")] {
        let langsmith = begun().await;
        langsmith.answer(FIRST, [page(FIRST, 0..3, Some("A"))]);
        let first = langsmith.server.call("fetch_runs", arguments(&json!({}))).await;
        langsmith.answer(PROJECTS, [projects(&[("new", "my-bot")])]);
        langsmith.answer(FIRST, [gone, page(FIRST, 10..12, None)]);
        let next = arguments(&json!({"cursor": first["next_cursor"]}));
        stale(&langsmith, next).await;
        let again = langsmith.server.call("fetch_runs", arguments(&json!({}))).await;
        assert_eq!(ids(&again).len(), 2);
    }
}

#[tokio::test]
async fn an_old_cursor_within_the_first_page_gets_no_runs_of_a_new_project() {
    let langsmith = begun().await;
    let cut = json!({"limit": 5, "detail": "preview", "max_chars_per_page": 1500});
    langsmith.answer(FIRST, [page(FIRST, 0..5, None)]);
    let first = langsmith.server.call("fetch_runs", arguments(&cut)).await;
    assert!((1..5).contains(&ids(&first).len()) && first["next_cursor"].is_string(), "{first}");
    langsmith.answer(PROJECTS, [projects(&[("new", "my-bot")])]);
    langsmith.answer(FIRST, [page(FIRST, [], None), page(FIRST, 0..5, None)]);
    let next = extended(arguments(&cut), &json!({"cursor": first["next_cursor"]}));
    stale(&langsmith, next).await;
}

#[tokio::test]
async fn a_walk_ends_with_an_empty_page_where_the_project_is_the_same() {
    let langsmith = begun().await;
    langsmith.answer(FIRST, [page(FIRST, 0..3, Some("A")), page(FIRST, [], None)]);
    let first = langsmith.server.call("fetch_runs", arguments(&json!({}))).await;
    let next = arguments(&json!({"cursor": first["next_cursor"]}));
    let last = langsmith.server.call("fetch_runs", next).await;
    assert_eq!((ids(&last).len(), last.get("next_cursor")), (0, None));
}

#[tokio::test]
async fn runs_that_were_read_are_not_lost_because_a_name_cannot_be_looked_up() {
    let langsmith = begun().await;
    langsmith.answer(FIRST, [page(FIRST, 0..3, Some("A")), page(FIRST, [], None)]);
    langsmith.answer(PROJECTS, [projects(&[("old", "my-bot")]), refused(403, "Forbidden")]);
    let read = langsmith.server.call("fetch_runs", arguments(&json!({"limit": 5}))).await;
    assert_eq!((ids(&read).len(), read.get("next_cursor")), (3, None));
}

#[tokio::test]
async fn who_gave_no_cursor_is_told_to_call_again() {
    for (tool, arguments) in
        [("fetch_runs", arguments(&json!({"limit": 5}))), ("get_thread_history", thread(&Value::Null))]
    {
        let langsmith = begun().await;
        langsmith.answer(FIRST, [page(FIRST, 0..3, Some("A")), refused(404, "Not Found")]);
        let error = langsmith.server.fail(tool, arguments).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)), "{tool}");
        let told = error["error"].as_str().unwrap();
        assert!(
            told.contains("Call again.") && told.ends_with("LangSmith says: Not Found"),
            "{tool}: {told}"
        );
    }
}

#[tokio::test]
async fn a_404_in_the_middle_of_a_walk_is_about_its_cursor() {
    for (reply, says) in [
        (refused(404, "Not Found"), " LangSmith says: Not Found"),
        (refused(410, "It moved"), " LangSmith says: It moved"),
        (status(404), ""),
        (status(501), ""),
    ] {
        let langsmith = Scripted::start().await;
        langsmith.answer(FIRST, [page(FIRST, 0..3, Some("A")), reply]);
        let by_id = json!({"project_id": project("old"), "limit": 3, "detail": "ids"});
        let first = langsmith.server.call("fetch_runs", by_id.clone()).await;
        let told = stale(&langsmith, extended(by_id, &json!({"cursor": first["next_cursor"]}))).await;
        assert!(told.ends_with(&format!("start again.{says}")), "{told}");
    }
}

#[tokio::test]
async fn a_project_that_is_gone_is_named_where_its_id_was_cached() {
    for gone in [page(FIRST, [], None), refused(404, "Project not found")] {
        for (tool, again) in [
            ("fetch_runs", arguments(&json!({}))),
            ("fetch_runs", arguments(&json!({"project_id": project("other")}))),
            ("get_thread_history", thread(&Value::Null)),
        ] {
            let langsmith = begun().await;
            langsmith.answer(FIRST, [page(FIRST, 0..1, None), gone.clone()]);
            langsmith.server.call("fetch_runs", arguments(&json!({}))).await;
            langsmith.answer(PROJECTS, [projects(&[]), projects(&[("other", "my-bot-2")])]);
            let error = langsmith.server.fail(tool, again).await;
            let expected = "Project my-bot not found. Did you mean my-bot-2?";
            assert_eq!((&error["error"], &error["kind"]), (&json!(expected), &json!("not_found")), "{tool}");
        }
    }
}

#[tokio::test]
async fn a_project_that_is_gone_in_the_middle_of_a_walk_is_named() {
    let langsmith = begun().await;
    langsmith.answer(FIRST, [page(FIRST, 0..3, Some("A")), refused(404, "Project not found")]);
    let first = langsmith.server.call("fetch_runs", arguments(&json!({}))).await;
    langsmith.answer(PROJECTS, [projects(&[])]);
    let next = arguments(&json!({"cursor": first["next_cursor"]}));
    let error = langsmith.server.fail("fetch_runs", next).await;
    assert_eq!(error["error"], "Project my-bot not found");
}

#[tokio::test]
async fn a_thread_of_a_project_that_was_made_anew_has_a_cursor_that_leads_on() {
    let langsmith = begun().await;
    langsmith.answer(FIRST, [page(FIRST, 0..1, None)]);
    langsmith.server.call("get_thread_history", thread(&Value::Null)).await;
    langsmith.answer(PROJECTS, [projects(&[("new", "my-bot")])]);
    let cursors: Vec<String> = (0..12).map(|number| format!("c{number}")).collect();
    let pages = (0..).zip(&cursors).map(|(number, next)| page(FIRST, [number], Some(next)));
    let last = [page(FIRST, 12..13, None)];
    langsmith.answer(FIRST, [page(FIRST, [], None)].into_iter().chain(pages).chain(last));
    let part = langsmith.server.call("get_thread_history", thread(&Value::Null)).await;
    assert_eq!(part["_incomplete"], true, "{part}");
    let rest = langsmith.server.call("get_thread_history", thread(&part["next_cursor"])).await;
    assert_eq!((&rest["result"][0]["content"], rest.get("next_cursor")), (&json!("m12"), None), "{rest}");
}

/// Another process knows the new project already.
#[tokio::test]
async fn a_threads_cursor_of_the_new_project_is_taken_where_memory_has_the_old_one() {
    let langsmith = begun().await;
    langsmith.answer(PROJECTS, [projects(&[("new", "my-bot")])]);
    let endless = (0..12).map(|number| page(FIRST, [number], Some(["A", "B"][number as usize % 2])));
    langsmith.answer(FIRST, endless);
    let part = langsmith.server.call("get_thread_history", thread(&Value::Null)).await;
    let other = begun().await;
    other.answer(FIRST, [page(FIRST, 0..1, None)]);
    other.server.call("get_thread_history", thread(&Value::Null)).await;
    other.answer(PROJECTS, [projects(&[("new", "my-bot")])]);
    let rest = other.server.call("get_thread_history", thread(&part["next_cursor"])).await;
    assert_eq!(rest["result"].as_array().map(Vec::len), Some(1), "{rest}");
}
