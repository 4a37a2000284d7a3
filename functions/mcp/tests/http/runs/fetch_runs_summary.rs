//! `detail: "summary"` of `fetch_runs`, URLs in LangSmith's web app, and the mark of truncated texts.

use serde_json::{Value, json};

use crate::common::extended;
use crate::deployment::Need;
use crate::support::Server;

async fn fetch(server: &Server, more: &Value) -> Value {
    server.call("fetch_runs", extended(json!({"project_name": "support-bot", "limit": 100}), more)).await
}

fn runs(page: &Value) -> &Vec<Value> {
    page["runs"].as_array().unwrap()
}

fn is_empty(value: &Value) -> bool {
    [json!(null), json!(""), json!([]), json!({})].contains(value)
}

#[tokio::test]
async fn a_summary_tells_runs_apart_in_few_words() {
    let server = Server::self_hosted().await;
    let summary = fetch(&server, &json!({"detail": "summary", "max_chars_per_page": 30_000})).await;
    let known = [
        "id",
        "name",
        "run_type",
        "status",
        "start_time",
        "latency",
        "error",
        "total_tokens",
        "total_cost",
        "project_name",
        "url",
    ];
    assert!(runs(&summary).len() > 40, "{}", runs(&summary).len());
    for run in runs(&summary) {
        let members = run.as_object().unwrap();
        assert!(members.keys().all(|name| known.contains(&name.as_str())), "{run}");
        assert!(!members.values().any(is_empty), "{run}");
        assert_eq!(run["project_name"], "support-bot");
        let page = format!("{}/o/", server.pages());
        assert!(run["url"].as_str().unwrap().starts_with(&page), "{run}");
        assert!(run["url"].as_str().unwrap().contains(run["id"].as_str().unwrap()), "{run}");
        assert_eq!(run.get("latency").is_some(), run["status"] != "pending", "{run}");
        assert_eq!(run.get("error").is_some(), run["status"] == "error", "{run}");
    }
    let usual = fetch(&server, &json!({"limit": 1})).await["runs"][0].to_string().len();
    assert!(runs(&summary)[0].to_string().len() * 2 < usual, "{usual}");
    let mut requests = server.langsmith().requests().into_iter();
    let body = requests.find(|request| request.path.ends_with("/runs/query")).unwrap().body;
    assert!(!body.contains("\"inputs\"") && !body.contains("\"events\""), "{body}");
}

#[tokio::test]
async fn a_latency_can_be_selected_and_is_the_one_that_is_ordered_by() {
    let server = Server::start().await;
    let page =
        fetch(&server, &json!({"select": ["latency"], "order_by": "-latency", "max_chars_per_page": 30_000}))
            .await;
    let latencies: Vec<f64> = runs(&page).iter().filter_map(|run| run["latency"].as_f64()).collect();
    assert!(latencies.len() > 50 && latencies.is_sorted_by(|a, b| a >= b), "{latencies:?}");
    assert_eq!(runs(&page)[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "latency"]);
    // The run's page is unknown, so a selected `url` is null.
    let page = fetch(&server, &json!({"select": ["url", "project_name"], "limit": 1})).await;
    assert_eq!(
        (&page["runs"][0]["url"], &page["runs"][0]["project_name"]),
        (&Value::Null, &json!("support-bot"))
    );
}

#[tokio::test]
async fn an_order_that_has_not_seen_everything_says_so() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let slowest = fetch(&server, &json!({"limit": 5, "order_by": "-latency", "detail": "summary"})).await;
    assert_eq!((&slowest["_incomplete"], slowest.get("next_cursor")), (&json!(true), None));
    let message = slowest["_incomplete_message"].as_str().unwrap();
    assert!(message.contains("newest") && message.contains("older"), "{message}");
    for seen in [
        json!({"order_by": "-latency", "filter": format!("eq(id, {})", slowest["runs"][0]["id"])}),
        json!({"order_by": "start_time", "limit": 5}),
        json!({"limit": 5}),
    ] {
        assert_eq!(fetch(&server, &seen).await.get("_incomplete"), None, "{seen}");
    }
}

#[tokio::test]
async fn projects_and_runs_can_be_named_by_their_ids() {
    let server = Server::start().await;
    let listed = server.call("list_projects", json!({"query": "support-bot"})).await;
    let id = &listed["projects"][0]["project_id"];
    let by_name = fetch(&server, &json!({"limit": 9, "detail": "summary"})).await;
    let by_id = server.call("fetch_runs", json!({"project_id": id, "limit": 9, "detail": "summary"})).await;
    assert_eq!(by_id["runs"], by_name["runs"]);
    let wanted = [&by_name["runs"][7]["id"], &by_name["runs"][3]["id"]];
    let some = server
        .call("fetch_runs", json!({"project_id": [id], "limit": 9, "run_ids": wanted, "detail": "full"}))
        .await;
    let mut found: Vec<&Value> = runs(&some).iter().map(|run| &run["id"]).collect();
    found.sort_by_key(|id| *id != wanted[0]);
    assert_eq!(found, wanted);
    for arguments in [json!({"limit": 1}), json!({"limit": 1, "project_id": "support-bot"})] {
        assert_eq!(server.fail("fetch_runs", arguments).await["kind"], "invalid");
    }
}

#[tokio::test]
async fn lists_say_where_their_pages_are() {
    let server = Server::self_hosted().await;
    let on = json!({"reference_dataset_name": "support-questions"});
    for (tool, arguments, list, path) in [
        ("list_projects", json!({}), "projects", "/projects/p/"),
        ("list_projects", json!({"more_info": true}), "projects", "/projects/p/"),
        ("list_experiments", on, "experiments", "/compare?selectedSessions="),
    ] {
        let answer = server.call(tool, arguments).await;
        for item in answer[list].as_array().unwrap() {
            let url = item["url"].as_str().unwrap_or_else(|| panic!("{tool}: {item}"));
            assert!(url.starts_with(&format!("{}/o/", server.pages())) && url.contains(path), "{url}");
        }
    }
}

#[tokio::test]
async fn more_info_brings_statistics() {
    let server = Server::start().await;
    let listed = server.call("list_projects", json!({"query": "support-bot", "more_info": true})).await;
    let project = &listed["projects"][0];
    for member in ["run_count", "latency_p50", "total_tokens", "total_cost", "error_rate"] {
        assert!(!project[member].is_null(), "{member}: {project}");
    }
}

#[tokio::test]
async fn what_a_preview_shows_cannot_be_written() {
    let server = Server::start().await;
    let cut = fetch(&server, &json!({"run_type": "llm", "limit": 1, "preview_chars": 5})).await;
    let inputs = &cut["runs"][0]["inputs"];
    assert!(inputs.to_string().contains(" chars)"), "{inputs}");
    server.langsmith().clear_requests();
    let text = inputs.to_string();
    let id = &cut["runs"][0]["id"];
    for (tool, arguments, place) in [
        (
            "create_dataset",
            json!({"dataset_name": "d", "examples": [{"inputs": {}}, {"inputs": inputs}]}),
            "examples[1]",
        ),
        (
            "create_dataset",
            json!({"dataset_name": "d", "examples": json!([{"inputs": inputs}]).to_string()}),
            "examples",
        ),
        ("update_examples", json!({"updates": [{"example_id": id, "inputs": inputs}]}), "updates[0]"),
        ("push_prompt", json!({"prompt_name": "p", "template": format!("Say: {text}")}), "template"),
        ("run_experiment", json!({"experiment_name": "e", "description": text}), "description"),
    ] {
        let error = server.fail(tool, arguments).await;
        let message = error["error"].as_str().unwrap();
        assert_eq!(error["kind"], "invalid", "{message}");
        assert!(message.starts_with(place) && message.contains("was cut for preview"), "{tool}: {message}");
    }
    assert!(server.langsmith().requests().is_empty());
    // Reading tools accept the mark, since it may be searched for.
    server
        .call("list_examples", json!({"dataset_name": "support-questions", "query": "a… (+5 chars)"}))
        .await;
}
