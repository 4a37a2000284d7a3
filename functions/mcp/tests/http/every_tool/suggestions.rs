//! Helpful errors: names similar to an unknown one, and examples of filters.

use http::Method;
use langsmith_double::FaultKind;
use langsmith_double::data::ADA_WORKSPACE;
use serde_json::{Value, json};

use crate::support::Server;
use crate::writes::inject;

const MONTH: [&str; 2] = ["2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"];

fn misspelt() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        (
            "fetch_runs",
            json!({"project_name": "suport-bot", "limit": 5}),
            "Project suport-bot not found. Did you mean support-bot",
        ),
        (
            "get_thread_history",
            json!({"thread_id": "t", "project_name": "Conversation", "page_number": 1}),
            "Project Conversation not found. Did you mean conversations?",
        ),
        (
            "read_dataset",
            json!({"dataset_name": "support_questions"}),
            "Dataset support_questions not found. Did you mean support-questions?",
        ),
        ("list_examples", json!({"dataset_name": "questions"}), "Did you mean support-questions?"),
        ("list_experiments", json!({"reference_dataset_name": "support-question"}), "support-questions?"),
        ("list_projects", json!({"reference_dataset_name": "support-question"}), "support-questions?"),
        (
            "get_prompt_by_name",
            json!({"prompt_name": "suport-agent"}),
            "Prompt suport-agent not found. Did you mean support-agent?",
        ),
        (
            "get_prompt_by_name",
            json!({"prompt_name": "support-agent:nope"}),
            "Prompt support-agent:nope not found. support-agent exists, but has no commit or tag nope.",
        ),
        (
            "run_experiment",
            json!({"experiment_name": "support-bot-rerankd", "close": true}),
            "Did you mean support-bot-rerank",
        ),
    ]
}

#[tokio::test]
async fn the_nearest_names_are_told() {
    for (tool, arguments, told) in misspelt() {
        let server = Server::start().await;
        let error = server.fail(tool, arguments).await;
        assert_eq!(error["kind"], "not_found", "{tool}: {error}");
        assert!(error["error"].as_str().unwrap().contains(told), "{tool}: {error}");
        let asked = server.langsmith().requests();
        assert!(asked.len() <= 3, "{tool}: {asked:?}");
        let listed = asked.iter().filter(|request| request.query.contains("limit=100")).count();
        assert_eq!(listed, 1, "{tool}: {asked:?}");
    }
}

#[tokio::test]
async fn nothing_is_suggested_that_is_not_like_the_name() {
    let server = Server::start().await;
    let error = server.fail("fetch_runs", json!({"project_name": "zzzzzz", "limit": 5})).await;
    assert_eq!(error["error"], "Project zzzzzz not found");
}

#[tokio::test]
async fn nothing_is_suggested_from_another_workspace() {
    let server = Server::start().await;
    let arguments = json!({"project_name": "suport-bot", "limit": 5, "workspace_id": ADA_WORKSPACE});
    let error = server.call_as("ada-everywhere", "fetch_runs", arguments).await.tool_error();
    assert!(!error.to_string().contains("support-bot"), "{error}");
}

#[tokio::test]
async fn without_the_names_the_error_is_the_same() {
    for kind in [FaultKind::Status(500), FaultKind::Status(401), FaultKind::Malformed, FaultKind::Drop] {
        let server = Server::start().await;
        inject(&server, (Method::GET, "/repos"), (kind, None));
        let prompt = server.fail("get_prompt_by_name", json!({"prompt_name": "suport-agent"})).await;
        assert_eq!(prompt["error"], "Prompt suport-agent not found", "{kind:?}");
    }
}

#[tokio::test]
async fn a_workspace_of_the_usage_is_suggested_to_who_may_see_it() {
    let server = Server::start().await;
    let arguments =
        json!({"starting_on": MONTH[0], "ending_before": MONTH[1], "workspace": "Sample Workspce"});
    let error = server.call_as("ada-key", "get_billing_usage", arguments.clone()).await.tool_error();
    assert_eq!(error["error"], "Workspace Sample Workspce not found. Did you mean Sample Workspace?");
    let mut other = arguments;
    other["workspace"] = json!("Ada's Workspce");
    let own = server.call_as("ada", "get_billing_usage", other).await.tool_error();
    assert_eq!(own["error"], "Workspace Ada's Workspce not found");
}

#[tokio::test]
async fn a_refused_filter_is_shown_how_it_is_done() {
    let server = Server::start().await;
    let runs = |name: &str, filter: &str| json!({"project_name": "support-bot", "limit": 5, name: filter});
    for (tool, arguments, example) in [
        ("fetch_runs", runs("filter", "eq(nothing, 1)"), r#"and(eq(run_type, "llm"), gt(latency, 5))"#),
        ("fetch_runs", runs("trace_filter", "like(name)"), r#"and(eq(run_type, "llm"), gt(latency, 5))"#),
        ("fetch_runs", runs("tree_filter", "eq("), r#"and(eq(run_type, "llm"), gt(latency, 5))"#),
        ("fetch_runs", runs("filter", "a = 1, b = 2"), r#"and(eq(run_type, "llm"), gt(latency, 5))"#),
        (
            "list_examples",
            json!({"dataset_name": "support-questions", "filter": "eq(what, 1)"}),
            r#"exists(metadata, "level")"#,
        ),
    ] {
        let error = server.fail(tool, arguments.clone()).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{error}");
        assert!(error["error"].as_str().unwrap().contains(example), "{arguments}: {error}");
    }
    // Preceded by LangSmith's own words.
    let error = server.fail("fetch_runs", runs("filter", "eq(nothing, 1)")).await;
    let text = error["error"].as_str().unwrap();
    assert!(
        text.contains("nothing") && text.starts_with("LangSmith rejected the request (status 4"),
        "{text}"
    );
    // Both examples are valid filters.
    for (tool, arguments) in [
        ("fetch_runs", runs("filter", r#"and(eq(run_type, "llm"), gt(latency, 5))"#)),
        (
            "list_examples",
            json!({"dataset_name": "support-questions", "filter": r#"exists(metadata, "level")"#}),
        ),
    ] {
        server.call(tool, arguments).await;
    }
}

#[tokio::test]
async fn a_refusal_without_a_filter_speaks_of_none() {
    let server = Server::start().await;
    inject(&server, (Method::POST, "/runs/query"), (FaultKind::Status(422), None));
    let error = server.fail("fetch_runs", json!({"project_name": "support-bot", "limit": 5})).await;
    assert!(!error["error"].as_str().unwrap().contains("filter"), "{error}");
}
