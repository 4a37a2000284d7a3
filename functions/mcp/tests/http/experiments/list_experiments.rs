//! `list_experiments`: the experiments on a dataset with their statistics.

use langsmith_double::FaultKind;
use langsmith_double::data::{TEAM_WORKSPACE, sample_id};
use serde_json::{Value, json};

use crate::common::{self, disturb, each};
use crate::deployment::Need;
use crate::support::Server;

fn names(listing: &Value) -> Vec<&str> {
    each(listing, "experiments", "name")
}

fn dataset() -> String {
    sample_id("dataset:support-questions").to_string()
}

/// Adds an experiment that has not run yet.
async fn add(server: &Server, name: &str, extra: Value) {
    let body = json!({"name": name, "reference_dataset_id": dataset(), "extra": extra, "start_time": "2020-01-01T00:00:00Z"});
    common::add(server, TEAM_WORKSPACE, &[("/sessions", body)]).await;
}

#[tokio::test]
async fn statistics_are_numbers_in_a_fixed_order() {
    let server = Server::start().await;
    let arguments = json!({"reference_dataset_name": "support-questions", "project_name": "RERANK"});
    let result = server.call_as("ada", "list_experiments", arguments).await.result();
    let experiment = &result["structuredContent"]["experiments"][0];
    assert_eq!(experiment["name"], "support-bot-rerank");
    assert_eq!(experiment["experiment_id"], sample_id("project:support-bot-rerank").to_string());
    assert_eq!(experiment["feedback_stats"]["correctness"]["avg"], 0.75);
    let numbers =
        ["latency_p50_seconds", "latency_p99_seconds", "total_cost", "prompt_cost", "completion_cost"];
    for key in numbers {
        assert!(experiment[key].as_f64().is_some_and(|value| value > 0.0), "{key}: {experiment}");
    }
    assert_eq!(experiment.as_object().unwrap().len(), 3 + numbers.len());
    let text = result["content"][0]["text"].as_str().unwrap();
    let order = ["\"name\"", "\"experiment_id\"", "\"feedback_stats\""].into_iter().map(str::to_owned);
    let order = order.chain(numbers.iter().map(|key| format!("\"{key}\"")));
    let places: Vec<_> = order.map(|key| text.find(&key).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn a_dataset_is_named_in_exactly_one_way() {
    let server = Server::start().await;
    let (id, name) = ("reference_dataset_id", "reference_dataset_name");
    for (arguments, text) in [
        (json!({}), "Either 'reference_dataset_id' or 'reference_dataset_name' must be provided"),
        (
            json!({id: null, name: ""}),
            "Either 'reference_dataset_id' or 'reference_dataset_name' must be provided",
        ),
        (
            json!({id: dataset(), name: "x"}),
            "Cannot provide both 'reference_dataset_id' and 'reference_dataset_name'. Please provide only one.",
        ),
        (json!({id: "x"}), "reference_dataset_id must be a UUID."),
        (json!({id: dataset(), "limit": -1}), "limit must be at least 1."),
        (json!({id: dataset(), "offset": -1}), "offset must be at least 0."),
        (json!({id: dataset(), "offset": 5_000_000_000_u64}), "offset must be at most 4294967295."),
        (
            json!({id: dataset(), "more_info": true}),
            "Unknown argument: more_info. Known arguments: limit, offset, project_name, query, \
             reference_dataset_id, reference_dataset_name, workspace_id.",
        ),
    ] {
        let error = server.fail("list_experiments", arguments.clone()).await;
        assert_eq!((&error["error"], &error["kind"]), (&json!(text), &json!("invalid")), "{arguments}");
    }
    assert!(server.langsmith().requests().is_empty());
    let error = server.fail("list_experiments", json!({name: "nope"})).await;
    assert_eq!((&error["error"], &error["kind"]), (&json!("Dataset nope not found"), &json!("not_found")));
}

#[tokio::test]
async fn what_is_sent_upstream_is_in_order() {
    let server = Server::start().await;
    server.call("list_experiments", json!({"reference_dataset_id": dataset()})).await;
    let more = json!({"reference_dataset_name": "support-questions", "limit": "1000", "project_name": "x", "offset": 7});
    server.call("list_experiments", more).await;
    let requests = server.langsmith().requests();
    let queries: Vec<_> = requests.iter().map(|request| request.query.as_str()).collect();
    let id = dataset();
    assert_eq!(
        queries,
        [
            format!("limit=5&reference_dataset={id}&include_stats=true&offset=0"),
            "limit=1&name=support-questions".to_owned(),
            format!("limit=100&name_contains=x&reference_dataset={id}&include_stats=true&offset=7"),
        ]
    );
}

#[tokio::test]
async fn offsets_lead_through_the_whole_list() {
    let server = Server::start().await;
    add(&server, "oldest", json!(null)).await;
    let page = async |offset: u32| {
        let arguments = json!({"reference_dataset_id": dataset(), "limit": 2, "offset": offset});
        server.call("list_experiments", arguments).await
    };
    let (first, second) = (page(0).await, page(2).await);
    assert_eq!((&first["next_offset"], second.get("next_offset")), (&json!(2), None));
    assert_eq!(second["total_count"], 3);
    let mut all = [names(&first), names(&second)].concat();
    assert_eq!(all.pop(), Some("oldest"));
    all.sort_unstable();
    assert_eq!(all, ["support-bot-baseline", "support-bot-rerank"]);
    let behind = page(3).await;
    assert_eq!((&behind["experiments"], behind.get("next_offset")), (&json!([]), None));
}

#[tokio::test]
async fn what_is_not_known_is_absent() {
    let server = Server::start().await;
    add(&server, "new", json!({"metadata": {"host": {"deployment_id": "dep-1"}}})).await;
    let listing = server
        .call("list_experiments", json!({"reference_dataset_id": dataset(), "project_name": "new"}))
        .await;
    let experiment = &listing["experiments"][0];
    let keys: Vec<_> = experiment.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["agent_deployment_id", "experiment_id", "feedback_stats", "name"]);
    assert_eq!(experiment["agent_deployment_id"], "dep-1");
}

#[tokio::test]
async fn failures_have_their_kind() {
    for (fault, kind) in [
        (FaultKind::Status(401), "auth"),
        (FaultKind::Status(403), "forbidden"),
        (FaultKind::Status(404), "not_found"),
        (FaultKind::Status(422), "invalid"),
        (FaultKind::RateLimited { retry_after_secs: None }, "rate_limited"),
        (FaultKind::Status(500), "upstream"),
        (FaultKind::Malformed, "upstream"),
    ] {
        let server = Server::needing(&[Need::OnePlace]).await;
        disturb(&server, "/sessions", fault, None);
        let error = server.fail("list_experiments", json!({"reference_dataset_id": dataset()})).await;
        assert_eq!(error["kind"], kind, "{fault:?}");
    }
}
