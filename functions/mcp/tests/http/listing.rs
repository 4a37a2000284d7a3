//! `tools/list`, `list_projects` and `list_prompts`.

use axum::Router;
use langsmith_double::data::{TEAM_WORKSPACE, sample_id};
use serde_json::{Value, json};
use shared::mcp::scopes::TOOL_SCOPES;
use tokio::net::TcpListener;

use crate::common::{self, assert_in_order};
use crate::support::Server;

/// The tools that write, and whether they replace existing data.
const WRITERS: [(&str, bool); 4] =
    [("push_prompt", true), ("create_dataset", false), ("update_examples", true), ("run_experiment", true)];

/// In such JSON, a token takes at least four bytes, so this is below 8,000 tokens; tests/clients counts them.
const MAX_LIST: usize = 32_000;

#[tokio::test]
async fn the_descriptions_are_short() {
    let server = Server::start().await;
    let answer = server.legacy("ada", "tools/list", json!({})).await;
    let sizes: Vec<_> = answer.result()["tools"].as_array().unwrap().iter().map(size).collect();
    assert!(answer.body.len() <= MAX_LIST, "{} bytes: {sizes:?}", answer.body.len());
}

#[test]
fn the_page_for_users_has_every_tool() {
    let page = include_str!("../../../../docs/tools.md");
    for (tool, _) in TOOL_SCOPES {
        let row = |line: &&str| {
            line.starts_with("| `") && line.split(" | ").next().unwrap().contains(&format!("`{tool}`"))
        };
        assert!(page.lines().any(|line| row(&line)), "the table of docs/tools.md lacks {tool}");
    }
}

fn size(tool: &Value) -> (String, usize) {
    (tool["name"].as_str().unwrap().to_owned(), tool.to_string().len())
}

#[tokio::test]
async fn the_tools_are_described_in_full() {
    let server = Server::start().await;
    let list = server.legacy("ada", "tools/list", json!({})).await.result();
    for tool in list["tools"].as_array().unwrap() {
        let name = &tool["name"];
        assert!(tool["title"].is_string() && tool["description"].is_string(), "{name}");
        let hints = &tool["annotations"];
        let writes = WRITERS.iter().any(|(writer, _)| name == writer);
        let overwrites = WRITERS.contains(&(name.as_str().unwrap(), true));
        assert_eq!(
            (&hints["readOnlyHint"], &hints["destructiveHint"]),
            (&json!(!writes), &json!(overwrites)),
            "{name}"
        );
        assert_eq!(
            (&hints["idempotentHint"], &hints["openWorldHint"]),
            (&json!(true), &json!(true)),
            "{name}"
        );
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        assert_described(&tool["inputSchema"], name);
        assert!(tool["inputSchema"]["properties"]["workspace_id"].is_object(), "{name}");
    }
    insta::assert_json_snapshot!(list);
}

/// Every property has a description, including those of list entries.
fn assert_described(schema: &Value, place: &Value) {
    for (parameter, inner) in schema["properties"].as_object().into_iter().flatten() {
        let place = json!(format!("{place}.{parameter}"));
        assert!(inner["description"].as_str().is_some_and(|text| text.len() > 4), "{place}");
        assert_described(inner, &place);
    }
    let lists = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|name| schema[name].as_array()).flatten();
    lists.chain(schema.get("items")).for_each(|inner| assert_described(inner, place));
}

#[tokio::test]
async fn no_schema_has_a_null_union() {
    fn assert_no_null(value: &Value) {
        match value {
            Value::Object(members) => {
                assert!(!members.get("type").is_some_and(Value::is_array), "{value}");
                assert_ne!(members.get("type"), Some(&json!("null")), "{value}");
                members.values().for_each(assert_no_null);
            }
            Value::Array(items) => items.iter().for_each(assert_no_null),
            other => assert!(!other.is_null(), "a null default"),
        }
    }
    let server = Server::start().await;
    assert_no_null(&server.legacy("ada", "tools/list", json!({})).await.result());
}

fn names(listing: &Value, key: &str) -> Vec<String> {
    let items = listing["projects"].as_array().or(listing["prompts"].as_array()).unwrap();
    items.iter().map(|item| item[key].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn query_is_another_word_for_part_of_a_name() {
    let server = Server::start().await;
    let by_query = server.call("list_projects", json!({"query": "research"})).await;
    assert_eq!(names(&by_query, "name"), ["research-agent"]);
    let both = json!({"query": "a", "project_name": "b"});
    assert_eq!(server.fail("list_projects", both).await["kind"], "invalid");
}

#[tokio::test]
async fn projects_have_a_short_form() {
    let server = Server::start().await;
    let listing = server.call("list_projects", json!({"limit": "50"})).await;
    let found = names(&listing, "name");
    assert!(
        found.contains(&"support-bot".into()) && !found.contains(&"support-bot-baseline".into()),
        "{found:?}"
    );
    for project in listing["projects"].as_array().unwrap() {
        let deployed = project["name"] == "research-agent";
        assert_eq!(project.get("agent_deployment_id").is_some(), deployed, "{project}");
        assert!(project["project_id"].is_string());
    }
    let named = server.call("list_projects", json!({"project_name": "nightly", "more_info": null})).await;
    assert_eq!(names(&named, "name"), ["nightly-summaries"]);
}

#[tokio::test]
async fn projects_have_a_long_form_with_a_fixed_order() {
    let server = Server::start().await;
    for more_info in [json!(true), json!("true")] {
        let arguments = json!({"project_name": "support-bot", "more_info": more_info});
        let result = server.call_as("ada", "list_projects", arguments).await.result();
        let text = result["content"][0]["text"].as_str().unwrap();
        let order =
            ["\"id\"", "\"start_time\"", "\"extra\"", "\"tenant_id\"", "\"total_cost\"", "\"error_rate\""];
        assert_in_order(text, &order);
        let project = &result["structuredContent"]["projects"][0];
        assert_eq!(project.as_object().unwrap().len(), 24);
        assert!(project["start_time"].as_str().unwrap().ends_with('Z'));
    }
}

#[tokio::test]
async fn experiments_are_listed_by_their_dataset() {
    let server = Server::start().await;
    let by_name = server.call("list_projects", json!({"reference_dataset_name": "support-questions"})).await;
    let mut found = names(&by_name, "name");
    found.sort();
    assert_eq!(found, ["support-bot-baseline", "support-bot-rerank"]);
    let id = sample_id("dataset:support-questions").to_string();
    let by_id = server.call("list_projects", json!({ "reference_dataset_id": id })).await;
    assert_eq!(by_id, by_name);
    let queries: Vec<_> = server.langsmith().requests().into_iter().map(|request| request.query).collect();
    assert!(queries.iter().all(|query| !query.contains("reference_free")), "{queries:?}");
    let both = json!({"reference_dataset_id": id, "reference_dataset_name": "support-questions"});
    assert_eq!(server.fail("list_projects", both).await["kind"], "invalid");
    let unknown = server.fail("list_projects", json!({"reference_dataset_name": "nope"})).await;
    assert_eq!(
        (&unknown["kind"], &unknown["error"]),
        (&json!("not_found"), &json!("Dataset nope not found"))
    );
}

#[tokio::test]
async fn prompts_are_private_or_public() {
    let server = Server::start().await;
    let private = server.call("list_prompts", json!({})).await;
    assert_eq!(private["prompts"].as_array().unwrap().len(), 20);
    assert!(private["total_count"].as_u64().unwrap() > 20);
    let keys: Vec<_> = private["prompts"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 12, "{keys:?}");
    for public in [json!(true), json!("true")] {
        let listing = server.call("list_prompts", json!({"is_public": public, "limit": 5})).await;
        assert!(names(&listing, "repo_handle").contains(&"rag-answer".to_owned()));
        assert!(listing["prompts"].as_array().unwrap().iter().all(|prompt| prompt["is_public"] == true));
    }
    let all = server.call("list_prompts", json!({"limit": 1000})).await;
    assert_eq!(all["prompts"].as_array().unwrap().len() as u64, all["total_count"].as_u64().unwrap());
}

#[tokio::test]
async fn prompts_can_be_searched_and_paged() {
    let server = Server::start().await;
    let found = server.call("list_prompts", json!({"query": "reference"})).await;
    assert_eq!(names(&found, "repo_handle"), ["grade-answer"]);
    let first = server.call("list_prompts", json!({"limit": 3})).await;
    let second = server.call("list_prompts", json!({"limit": 2, "offset": "1"})).await;
    assert_eq!(names(&second, "repo_handle"), names(&first, "repo_handle")[1..]);
    assert_eq!(server.fail("list_prompts", json!({"offset": -1})).await["kind"], "invalid");
}

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
        [("/sessions", experiment), ("/sessions", plain.clone()), ("/datasets", plain)]
    });
    common::add(&server, TEAM_WORKSPACE, &things.collect::<Vec<_>>()).await;
    let on = json!({"reference_dataset_name": "support-questions", "query": "many-"});
    for (tool, arguments, keys) in [
        ("list_projects", json!({"query": "many-"}), ("projects", "name")),
        ("list_projects", on.clone(), ("projects", "name")),
        ("list_experiments", on, ("experiments", "name")),
        ("list_datasets", json!({"query": "many-"}), ("datasets", "name")),
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
