//! `list_projects`.

use langsmith_double::data::sample_id;
use serde_json::json;

use crate::common::{assert_in_order, names};
use crate::support::Server;

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
