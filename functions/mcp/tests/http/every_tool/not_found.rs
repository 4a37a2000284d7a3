//! Errors name what LangSmith does not have: the project, dataset or example, or only the requested version.

use langsmith_double::FaultKind;
use langsmith_double::data::sample_id;
use serde_json::{Value, json};

use crate::common::{disturb, question};
use crate::support::Server;

async fn told(server: &Server, tool: &str, arguments: Value) -> String {
    let error = server.fail(tool, arguments.clone()).await;
    assert_eq!(
        (&error["kind"], &error["retryable"]),
        (&json!("not_found"), &json!(false)),
        "{arguments}: {error}"
    );
    error["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_asked_for_by_its_id_is_named() {
    let (server, id) = (Server::start().await, sample_id("nothing").to_string());
    for (tool, arguments, what) in [
        ("read_example", json!({"example_id": id}), "Example"),
        ("read_example", json!({"example_id": id, "as_of": "v1"}), "Example"),
        ("read_dataset", json!({"dataset_id": id}), "Dataset"),
        ("list_examples", json!({"dataset_id": id}), "Dataset"),
        ("list_examples", json!({"dataset_id": id, "as_of": "v1"}), "Dataset"),
        ("fetch_runs", json!({"project_id": id, "limit": 5}), "Project"),
        ("fetch_runs", json!({"project_id": id, "limit": 5, "filter": "eq(name, \"x\")"}), "Project"),
    ] {
        let told = told(&server, tool, arguments.clone()).await;
        let expected = format!("{what} {id} not found. LangSmith says: {what} not found");
        assert!(told.starts_with(&expected), "{tool} {arguments}: {told}");
    }
    let both = json!({"project_name": "support-bot", "project_id": id, "limit": 5});
    let told = told(&server, "fetch_runs", both).await;
    assert!(
        told.starts_with(&format!("At least one of these projects was not found: {id}, support-bot.")),
        "{told}"
    );
}

#[tokio::test]
async fn a_version_that_is_not_there_is_named() {
    let server = Server::start().await;
    let dataset = sample_id("dataset:support-questions");
    let version = "2020-01-01T00:00:00+00:00";
    for (tool, arguments, expected) in [
        (
            "list_examples",
            json!({"dataset_name": "support-questions", "as_of": "nosuchtag"}),
            "Dataset support-questions has no version nosuchtag. LangSmith says: Dataset version not found"
                .to_owned(),
        ),
        (
            "list_examples",
            json!({"dataset_id": dataset, "as_of": "nosuchtag"}),
            format!("Dataset {dataset} has no version nosuchtag."),
        ),
        (
            "read_example",
            json!({"example_id": question(0), "as_of": "nosuchtag"}),
            format!(
                "Example {} has no version nosuchtag. LangSmith says: Dataset version not found",
                question(0)
            ),
        ),
        (
            "read_example",
            json!({"example_id": question(0), "as_of": "2020-01-01"}),
            format!("Example {} has no version {version}.", question(0)),
        ),
    ] {
        let told = told(&server, tool, arguments.clone()).await;
        assert!(told.starts_with(&expected), "{arguments}: {told}");
    }
}

#[tokio::test]
async fn only_what_is_certain_is_said_where_langsmith_explains_nothing() {
    let server = Server::start().await;
    disturb(&server, "/examples", FaultKind::Status(404), None);
    let (name, ids) = ("support-questions", [question(0)]);
    for (arguments, expected) in [
        (json!({"dataset_name": name}), "Dataset support-questions not found."),
        (json!({"example_ids": ids}), "None of the examples was found."),
        (json!({"example_ids": ids, "as_of": "v1"}), "None of the examples was found in a version v1."),
    ] {
        let told = told(&server, "list_examples", arguments.clone()).await;
        assert!(told.starts_with(expected), "{arguments}: {told}");
    }
    // It is unknown whether the version or the example is missing.
    let versioned = json!({"example_id": question(0), "as_of": "v1"});
    let told = told(&server, "read_example", versioned).await;
    assert!(told.starts_with(&format!("Example {} not found.", question(0))), "{told}");
}
