//! The common behaviour of the tools that list: requests, pages and totals.

use axum::Router;
use langsmith_double::data::{TEAM_WORKSPACE, sample_id};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::common;
use crate::support::Server;

#[tokio::test]
async fn what_is_sent_upstream_is_in_order() {
    let server = Server::start().await;
    server.call("list_prompts", json!({"limit": 7})).await;
    server.call("list_projects", json!({"limit": 3, "project_name": "a b&c"})).await;
    let requests = server.langsmith().requests();
    let lines: Vec<_> =
        requests.iter().map(|request| (request.path.as_str(), request.query.as_str())).collect();
    assert_eq!(
        lines,
        [
            (
                "/api/v1/repos",
                "limit=7&offset=0&is_public=false&is_archived=false&repo_type=prompt&sort_field=updated_at&sort_direction=desc"
            ),
            ("/api/v1/sessions", "limit=3&name_contains=a+b%26c&reference_free=true&offset=0"),
        ]
    );
}

/// Creates an object behind the server's back.
async fn add(server: &Server, path: &str, body: Value) {
    common::add(server, TEAM_WORKSPACE, &[(path, body)]).await;
}

/// Follows `next_offset` through a list until its three large items have come; returns the number of answers.
async fn walk(server: &Server, tool: &str, arguments: Value, (list, name): (&str, &str)) -> usize {
    let (mut arguments, mut seen, mut answers) = (arguments, Vec::new(), 0);
    loop {
        let answer = server.call_as("ada", tool, arguments.clone()).await;
        let result = answer.result();
        assert!(result["content"][0]["text"].as_str().unwrap().chars().count() <= 60_000, "{tool}");
        let page = &result["structuredContent"];
        assert_eq!(
            page["_truncated"].as_bool().unwrap_or_default(),
            page.get("_truncated_message").is_some()
        );
        let items = page[list].as_array().unwrap();
        seen.extend(
            items.iter().map(|item| item[name].as_str().unwrap().chars().take(7).collect::<String>()),
        );
        seen.retain(|name| name.starts_with("large-"));
        answers += 1;
        let Some(next) = page.get("next_offset").filter(|_| seen.len() < 3) else { break };
        arguments["offset"] = next.clone();
    }
    seen.sort();
    assert_eq!(seen, ["large-0", "large-1", "large-2"], "{tool}");
    answers
}

#[tokio::test]
async fn large_items_come_in_answers_of_limited_size() {
    let server = Server::start().await;
    let text = "é".repeat(450_000);
    for number in 0..3 {
        let name = format!("large-{number}");
        add(&server, "/repos", json!({"repo_handle": name, "description": text, "is_public": false})).await;
        add(&server, "/datasets", json!({"name": name, "description": text})).await;
        let extra = json!({"metadata": {"text": text}});
        add(
            &server,
            "/sessions",
            json!({"name": name, "extra": extra, "start_time": "2020-01-01T00:00:00Z"}),
        )
        .await;
        let dataset = sample_id("dataset:support-questions");
        let name = format!("{name}{}", &text[..200_000]);
        add(&server, "/sessions", json!({"name": name, "reference_dataset_id": dataset})).await;
    }
    let on = json!({"reference_dataset_name": "support-questions", "limit": 100});
    for (tool, arguments, keys, answers) in [
        ("list_prompts", json!({"limit": 3}), ("prompts", "repo_handle"), 3),
        ("list_datasets", json!({"limit": 100}), ("datasets", "name"), 3),
        ("list_projects", json!({"limit": 100}), ("projects", "name"), 1),
        ("list_projects", json!({"limit": 100, "more_info": true}), ("projects", "name"), 3),
        ("list_projects", on.clone(), ("projects", "name"), 3),
        ("list_experiments", on, ("experiments", "name"), 3),
    ] {
        let needed = walk(&server, tool, arguments, keys).await;
        assert!((answers..=answers + 1).contains(&needed), "{tool}: {needed}");
    }
    let first = server.call("list_prompts", json!({"limit": 2})).await;
    assert!(first["total_count"].as_u64().unwrap() > 20 && first["prompts"].as_array().unwrap().len() == 1);
}

/// The names in a list, read `offset` by `offset`, and the number of answers.
async fn all(
    server: &Server,
    tool: &str,
    arguments: Value,
    (list, name): (&str, &str),
) -> (Vec<String>, usize) {
    let (mut arguments, mut seen, mut answers) = (arguments, Vec::new(), 0);
    loop {
        let page = server.call(tool, arguments.clone()).await;
        seen.extend(
            page[list].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().to_owned()),
        );
        answers += 1;
        // The count is correct, even in the middle of the list.
        assert!(page.get("next_offset").is_none() || page["total_count"] != seen.len(), "{tool}: {page}");
        let Some(next) = page.get("next_offset") else { return (seen, answers) };
        arguments["offset"] = next.clone();
    }
}

#[tokio::test]
async fn a_hundred_of_101_never_look_like_all() {
    let server = Server::start().await;
    let dataset = sample_id("dataset:support-questions");
    let things = (0..101).flat_map(|number| {
        let name = format!("many-{number:03}");
        let experiment = json!({"name": format!("e-{name}"), "reference_dataset_id": dataset});
        let plain = json!({ "name": name });
        let prompt = json!({"repo_handle": name, "is_public": false});
        [("/sessions", experiment), ("/sessions", plain.clone()), ("/datasets", plain), ("/repos", prompt)]
    });
    common::add(&server, TEAM_WORKSPACE, &things.collect::<Vec<_>>()).await;
    let on = json!({"reference_dataset_name": "support-questions", "query": "many-"});
    for (tool, arguments, keys) in [
        ("list_projects", json!({"query": "many-"}), ("projects", "name")),
        ("list_projects", on.clone(), ("projects", "name")),
        ("list_experiments", on, ("experiments", "name")),
        ("list_datasets", json!({"query": "many-"}), ("datasets", "name")),
        ("list_prompts", json!({"query": "many-"}), ("prompts", "repo_handle")),
    ] {
        for (limit, answers) in [(1000, 2), (100, 2), (40, 3)] {
            let mut arguments = arguments.clone();
            arguments["limit"] = json!(limit);
            let (mut names, needed) = all(&server, tool, arguments, keys).await;
            assert_eq!((names.len(), needed), (101, answers), "{tool} {limit}");
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 101, "{tool} {limit}");
        }
    }
}

/// A LangSmith that has three of everything, and reports that count.
async fn counting() -> String {
    let one = json!([{"id": sample_id("one"), "name": "one", "inputs": {}}]).to_string();
    let answer = move || {
        let one = one.clone();
        async move { ([("x-pagination-total", "3"), ("content-type", "application/json")], one) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

#[tokio::test]
async fn the_total_is_langsmiths() {
    let server = Server::before(&counting().await).await;
    let id = sample_id("dataset:any").to_string();
    for (tool, mut arguments) in [
        ("list_projects", json!({})),
        ("list_datasets", json!({})),
        ("list_experiments", json!({ "reference_dataset_id": id })),
        ("list_examples", json!({ "dataset_id": id })),
    ] {
        for (offset, next) in [(0, Some(1)), (1, Some(2)), (2, None)] {
            arguments["offset"] = json!(offset);
            let page = server.call(tool, arguments.clone()).await;
            assert_eq!(
                (&page["total_count"], page["next_offset"].as_u64()),
                (&json!(3), next),
                "{tool} {offset}"
            );
        }
    }
}
