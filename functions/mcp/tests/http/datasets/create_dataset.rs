//! `create_dataset`. The tests verify its writes in LangSmith itself.

use std::time::Duration;

use http::Method;
use langsmith_double::FaultKind;
use serde_json::{Value, json};

use crate::support::Server;
use crate::writes::{
    api, ask, assert_failures, assert_guide, assert_named, assert_write_scope, call_raw, inject, writes,
};

fn cities() -> Value {
    json!({
        "dataset_name": "cities", "description": "d", "metadata": {"team": "x"},
        "inputs_schema": {"type": "object", "required": ["q"]},
        "examples": [
            {"inputs": {"q": "Peru?"}, "outputs": {"a": "Lima"}, "split": "test"},
            {"inputs": {"q": "Chad?"}, "metadata": {"level": 2}, "split": ["train", "hard"]},
            {"inputs": {"q": "Oman?"}},
        ],
    })
}

/// The examples of the only dataset `cities`, oldest first.
async fn stored(server: &Server) -> Vec<Value> {
    let datasets = api(server, "/datasets?name=cities").await;
    assert_eq!(datasets.as_array().map(Vec::len), Some(1), "{datasets}");
    let path = format!("/examples?dataset={}&limit=100&order=id", datasets[0]["id"].as_str().unwrap());
    serde_json::from_value(api(server, &path).await).unwrap()
}

fn counts(report: &Value) -> (Option<&str>, Option<u64>, Option<u64>) {
    let count = |name: &str| report[name].as_u64();
    (report["status"].as_str(), count("examples_created"), count("examples_existing"))
}

const PLACES: [(Method, &str); 2] = [(Method::POST, "/datasets"), (Method::POST, "/examples/bulk")];

#[tokio::test]
async fn without_arguments_it_is_a_guide() {
    assert_guide(
        "create_dataset",
        &["create_examples", "upload_csv", "list_runs", "upload_dataframe", "chat"],
    )
    .await;
}

#[tokio::test]
async fn a_dataset_comes_with_its_schema_and_examples() {
    let server = Server::start().await;
    let report = server.call("create_dataset", cities()).await;
    assert_eq!(counts(&report), (Some("created"), Some(3), Some(0)));
    assert_eq!((&report["dataset_name"], report.get("url")), (&json!("cities"), None));
    assert_eq!(writes(&server), 2);
    let dataset = api(&server, &format!("/datasets/{}", report["dataset_id"].as_str().unwrap())).await;
    assert_eq!(
        (&dataset["description"], &dataset["data_type"], &dataset["metadata"]),
        (&json!("d"), &json!("kv"), &json!({"team": "x"}))
    );
    assert_eq!(dataset["inputs_schema_definition"], cities()["inputs_schema"]);
    let stored = stored(&server).await;
    let by_question =
        |question: &str| stored.iter().find(|example| example["inputs"]["q"] == question).unwrap();
    assert_eq!(by_question("Peru?")["outputs"], json!({"a": "Lima"}));
    assert_eq!(by_question("Peru?")["metadata"], json!({"dataset_split": ["test"]}));
    assert_eq!(by_question("Chad?")["metadata"], json!({"level": 2, "dataset_split": ["train", "hard"]}));
    assert_eq!(by_question("Oman?")["metadata"], json!({"dataset_split": ["base"]}));
}

#[tokio::test]
async fn values_may_come_as_text() {
    let server = Server::start().await;
    let mut arguments = cities();
    for name in ["examples", "inputs_schema", "metadata"] {
        arguments[name] = json!(arguments[name].to_string());
    }
    assert_eq!(counts(&server.call("create_dataset", arguments).await), (Some("created"), Some(3), Some(0)));
    assert_eq!(counts(&server.call("create_dataset", cities()).await), (Some("exists"), Some(0), Some(3)));
}

#[tokio::test]
async fn a_repeated_call_adds_only_what_is_new() {
    let server = Server::start().await;
    server.call("create_dataset", cities()).await;
    let first = stored(&server).await;
    assert_eq!(counts(&server.call("create_dataset", cities()).await), (Some("exists"), Some(0), Some(3)));
    assert_eq!(stored(&server).await, first);
    let mut more = json!({"dataset_name": "cities", "examples": cities()["examples"]});
    more["examples"].as_array_mut().unwrap().insert(0, json!({"inputs": {"q": "Fiji?"}}));
    assert_eq!(counts(&server.call("create_dataset", more).await), (Some("exists"), Some(1), Some(3)));
    assert_eq!(stored(&server).await.len(), 4);
}

#[tokio::test]
async fn equal_examples_are_kept_apart() {
    let server = Server::start().await;
    let twins = json!({"dataset_name": "cities", "examples": [{"inputs": {"q": 1}}, {"inputs": {"q": 1}}]});
    assert_eq!(
        counts(&server.call("create_dataset", twins.clone()).await),
        (Some("created"), Some(2), Some(0))
    );
    assert_eq!(counts(&server.call("create_dataset", twins).await), (Some("exists"), Some(0), Some(2)));
    assert_eq!(stored(&server).await.len(), 2);
}

#[tokio::test]
async fn the_same_examples_may_be_written_in_another_way() {
    let server = Server::start().await;
    let first = r#"{"inputs":{"a":1,"b":"é"},"outputs":{"x":[0.5]},"split":["x","y"]}"#;
    for (example, created) in [
        (first, 1),
        (r#"{"inputs":{"b":"é","a":1},"outputs":{"x":[0.5]},"split":["x","y"]}"#, 0),
        (r#"{"inputs":{"a":1,"b":"\u00e9"},"outputs":{"x":[0.50]},"split":["x","y"]}"#, 0),
        (r#"{"inputs":{"a":1.0,"b":"é"},"outputs":{"x":[5e-1]},"split":["y","x","x"]}"#, 0),
        (r#"{"inputs":{"a":1,"b":"é"},"outputs":{"x":[0.5]},"split":["x"]}"#, 1),
    ] {
        let arguments = format!(r#"{{"dataset_name":"cities","examples":[{example}]}}"#);
        let report = call_raw(&server, "create_dataset", &arguments).await["structuredContent"].clone();
        assert_eq!(report["examples_created"], created, "{example}: {report}");
    }
}

#[tokio::test]
async fn an_example_that_was_deleted_is_named() {
    let server = Server::start().await;
    let many: Vec<Value> = (0..40).map(|number| json!({"inputs": {"q": number}})).collect();
    let mut arguments = json!({"dataset_name": "cities", "examples": many});
    server.call("create_dataset", arguments.clone()).await;
    let stored: Vec<Value> = stored(&server).await;
    let deleted = |number: u32| stored.iter().find(|example| example["inputs"]["q"] == number).unwrap();
    for number in [7, 30] {
        let path = format!("/examples/{}", deleted(number)["id"].as_str().unwrap());
        ask(&server, (Method::DELETE, &path), String::new()).await;
    }
    arguments["examples"].as_array_mut().unwrap().push(json!({"inputs": {"q": "new"}}));
    let error = server.fail("create_dataset", arguments.clone()).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)));
    let text = error["error"].as_str().unwrap();
    assert!(
        text.starts_with("examples[7], examples[30] cannot be added") && text.contains("label"),
        "{text}"
    );
    assert!(text.contains("cities exists") && !text.contains("same arguments"), "{text}");
    for number in [7, 30] {
        arguments["examples"][number]["metadata"] = json!({"added": "again"});
    }
    // The new example was added although the others could not be.
    assert_eq!(counts(&server.call("create_dataset", arguments).await), (Some("exists"), Some(2), Some(39)));
}

#[tokio::test]
async fn a_refusal_of_all_ends_soon() {
    let server = Server::start().await;
    let many: Vec<Value> = (0..400).map(|number| json!({"inputs": {"q": number}})).collect();
    inject(&server, (Method::POST, "/examples/bulk"), (FaultKind::Status(409), None));
    let error = server.fail("create_dataset", json!({"dataset_name": "cities", "examples": many})).await;
    let text = error["error"].as_str().unwrap();
    assert!(text.starts_with("examples[0], examples[1]") && text.contains("and others"), "{text}");
    assert!(writes(&server) < 30, "{}", writes(&server));
}

#[tokio::test]
async fn another_dataset_of_the_same_name_is_left_alone() {
    let server = Server::start().await;
    let first = server.call("create_dataset", cities()).await;
    let before = api(&server, "/datasets?name=cities").await;
    for (name, value) in [
        ("description", json!("other")),
        ("metadata", json!({"team": "y"})),
        ("metadata", json!({"owner": "x"})),
        ("data_type", json!("chat")),
        ("inputs_schema", json!({"type": "object"})),
        ("outputs_schema", json!({"type": "object"})),
    ] {
        let mut other = cities();
        other[name] = value;
        other["examples"] = json!([{"inputs": {"q": "New?"}}]);
        let error = server.fail("create_dataset", other).await;
        assert_eq!(error["kind"], "invalid");
        let text = error["error"].as_str().unwrap();
        assert!(text.contains(name) && text.contains(first["dataset_id"].as_str().unwrap()), "{text}");
        assert_eq!(api(&server, "/datasets?name=cities").await, before, "{name}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_made_good_within_the_call() {
    for place in PLACES {
        let server = Server::start().await;
        inject(&server, place.clone(), (FaultKind::AnswerLost, Some(1)));
        let report = server.call("create_dataset", cities()).await;
        assert_eq!(counts(&report), (Some("created"), Some(3), Some(0)), "{place:?}");
        assert_eq!(stored(&server).await.len(), 3, "{place:?}");
    }
}

#[tokio::test]
async fn a_call_whose_answers_were_all_lost_can_be_repeated() {
    for place in PLACES {
        let server = Server::start().await;
        inject(&server, place.clone(), (FaultKind::AnswerLost, Some(3)));
        let error = server.fail("create_dataset", cities()).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)), "{place:?}");
        let report = server.call("create_dataset", cities()).await;
        assert_eq!(report["status"], "exists");
        let all =
            report["examples_created"].as_u64().unwrap() + report["examples_existing"].as_u64().unwrap();
        assert_eq!((all, stored(&server).await.len()), (3, 3), "{place:?}");
    }
}

#[tokio::test]
async fn a_failure_halfway_says_what_is_there() {
    let server = Server::start().await;
    inject(&server, (Method::POST, "/examples/bulk"), (FaultKind::Status(500), Some(1)));
    let error = server.fail("create_dataset", cities()).await;
    let dataset = api(&server, "/datasets?name=cities").await[0]["id"].clone();
    let text = error["error"].as_str().unwrap();
    assert!(text.contains("cities exists") && text.contains(dataset.as_str().unwrap()), "{text}");
    assert!(text.contains("Call again"), "{text}");
    assert_eq!(counts(&server.call("create_dataset", cities()).await), (Some("exists"), Some(3), Some(0)));
}

#[tokio::test]
async fn what_does_not_fit_the_schema_is_to_be_corrected() {
    let server = Server::start().await;
    let mut misfit = cities();
    misfit["examples"] = json!([{"inputs": {"other": 1}}]);
    let error = server.fail("create_dataset", misfit).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)));
    let text = error["error"].as_str().unwrap();
    for told in ["required property", "cities exists", "Correct the examples", "another schema needs another"]
    {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("same arguments"), "{text}");
    assert_eq!(counts(&server.call("create_dataset", cities()).await), (Some("exists"), Some(3), Some(0)));
}

#[tokio::test]
async fn a_thousand_examples_go_in_a_few_requests() {
    let server = Server::start().await;
    let small: Vec<Value> = (0..1000).map(|number| json!({"inputs": {"q": number}})).collect();
    let report = server.call("create_dataset", json!({"dataset_name": "cities", "examples": small})).await;
    assert_eq!(counts(&report), (Some("created"), Some(1000), Some(0)));
    assert_eq!(writes(&server), 3);
    let report = server.call("create_dataset", json!({"dataset_name": "cities", "examples": small})).await;
    assert_eq!(counts(&report), (Some("exists"), Some(0), Some(1000)));
    let large: Vec<Value> =
        (0..3).map(|number| json!({"inputs": {"q": number, "x": "y".repeat(300_000)}})).collect();
    let report = server.call("create_dataset", json!({"dataset_name": "large", "examples": large})).await;
    assert_eq!(counts(&report), (Some("created"), Some(3), Some(0)));
}

#[tokio::test]
async fn odd_values_arrive_as_they_are() {
    let server = Server::start().await;
    let odd = r#"{"a":"\ud83d \\u0000","n":1e400,"😀":"深"}"#;
    let arguments =
        format!(r#"{{"dataset_name":"odd 😀","examples":[{{"inputs":{odd},"metadata":{{"k":"\u0001"}}}}]}}"#);
    let result = call_raw(&server, "create_dataset", &arguments).await;
    assert_eq!(result["isError"], false, "{result}");
    let sent =
        server.langsmith().requests().into_iter().find(|request| request.path.ends_with("/examples/bulk"));
    assert!(sent.unwrap().body.contains(odd));
    for (text, name) in [
        (r#"{"dataset_name":"\ud800"}"#, "dataset_name"),
        (r#"{"dataset_name":"x","examples":[{"inputs":{},"split":"\ud800"}]}"#, "split"),
        (r#"{"dataset_name":"x","\ud800":1}"#, "arguments"),
        (
            r#"{"dataset_name":"x","examples":[{"inputs":{"a":["\u0000"]}}]}"#,
            "examples[0]: inputs must be JSON without",
        ),
        (
            r#"{"dataset_name":"x","metadata":{"\u0000":1}}"#,
            "metadata must be JSON without the character U+0000",
        ),
        (r#"{"dataset_name":"x","inputs_schema":{"title":"\u0000"}}"#, "inputs_schema must be JSON without"),
    ] {
        let result = call_raw(&server, "create_dataset", text).await;
        assert_eq!(result["structuredContent"]["kind"], "invalid", "{result}");
        assert!(result["structuredContent"]["error"].as_str().unwrap().contains(name), "{result}");
    }
    let deep = format!(
        r#"{{"dataset_name":"x","examples":[{{"inputs":{{"a":{}{}}}}}]}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let result = call_raw(&server, "create_dataset", &deep).await;
    assert_eq!(result["structuredContent"]["error"], "examples[0]: inputs nests deeper than 100 levels.");
}

#[tokio::test]
async fn mistakes_are_named() {
    let with = |examples: Value| json!({"dataset_name": "x", "examples": examples});
    let many: Vec<Value> = (0..1001).map(|_| json!({"inputs": {}})).collect();
    assert_named(
        "create_dataset",
        &[
            (json!({"description": "d"}), "Missing argument: dataset_name"),
            (json!({"dataset_name": "", "description": "d"}), "dataset_name is empty, but required."),
            (json!({"dataset_name": 5}), "dataset_name"),
            (json!({"dataset_name": "n".repeat(2001)}), "dataset_name must be at most 2000"),
            (json!({"dataset_name": "a\u{7}"}), "dataset_name must be without control characters"),
            (json!({"dataset_name": "a\u{0}"}), "dataset_name must be"),
            (
                json!({"dataset_name": "x", "inputs_schema": {"type": "text"}}),
                "inputs_schema is not a JSON Schema",
            ),
            (
                json!({"dataset_name": "x", "outputs_schema": {"type": ["string", 1]}}),
                "outputs_schema is not a JSON",
            ),
            (json!({"dataset_name": "x", "data_type": "csv"}), "data_type"),
            (json!({"dataset_name": "x", "inputs_schema": [1]}), "inputs_schema"),
            (json!({"dataset_name": "x", "outputs_schema": "{"}), "outputs_schema"),
            (json!({"dataset_name": "x", "metadata": 1}), "metadata"),
            (json!({"dataset_name": "x", "bogus": 1}), "bogus"),
            (with(json!({"inputs": {}})), "examples"),
            (with(json!(many)), "examples"),
            (with(json!(["x"])), "examples[0]"),
            (with(json!([{"inputs": {}}, {"outputs": {}}])), "examples[1]: Missing argument: inputs"),
            (with(json!([{"inputs": "x"}])), "examples[0]: inputs"),
            (with(json!([{"inputs": {}, "split": 5}])), "examples[0]: split"),
            (with(json!([{"inputs": {}, "split": []}])), "examples[0]: inputs is empty, but required."),
            (with(json!([{"inputs": {}, "bogus": 5}])), "bogus"),
            (with(json!([{"inputs": {"x": "y".repeat(900_000)}}])), "examples[0]"),
        ],
    )
    .await;
}

#[tokio::test]
async fn writing_needs_its_scope() {
    assert_write_scope("create_dataset", &cities()).await;
}

#[tokio::test]
async fn refusals_have_their_kind() {
    for place in PLACES {
        assert_failures("create_dataset", &cities(), &place).await;
    }
}

#[tokio::test]
async fn the_same_call_made_twice_at_once_adds_once() {
    let server = Server::start().await;
    let (one, other) =
        tokio::join!(server.call("create_dataset", cities()), server.call("create_dataset", cities()));
    assert_eq!(one["dataset_id"], other["dataset_id"]);
    assert_eq!(stored(&server).await.len(), 3);
}

#[tokio::test]
async fn calls_at_once_count_each_example_once() {
    let server = Server::start().await;
    // The first one to write finishes last.
    inject(&server, (Method::POST, "/examples/bulk"), (FaultKind::Slow(Duration::from_millis(500)), Some(1)));
    let call = || server.call("create_dataset", cities());
    let (one, other, third) = tokio::join!(call(), call(), call());
    let reports = [one, other, third];
    let created = reports.iter().map(|report| counts(report).1.unwrap());
    assert_eq!(created.sum::<u64>(), 3, "{reports:?}");
    for report in &reports {
        assert_eq!(counts(report).1.unwrap() + counts(report).2.unwrap(), 3, "{report}");
    }
}

/// An example for the dataset `cities` with this question.
fn asks(question: &str) -> Value {
    json!({"dataset_name": "cities", "examples": [{"inputs": {"q": question}}]})
}

#[tokio::test]
async fn an_example_that_was_changed_is_not_taken_for_what_it_was() {
    let server = Server::start().await;
    server.call("create_dataset", asks("A")).await;
    let id = stored(&server).await[0]["id"].clone();
    server.call("update_examples", json!({"example_id": id, "inputs": {"q": "B"}})).await;
    let mut more = asks("A");
    more["examples"].as_array_mut().unwrap().push(json!({"inputs": {"q": "C"}}));
    let error = server.fail("create_dataset", more.clone()).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)));
    let text = error["error"].as_str().unwrap();
    for told in ["examples[0] cannot be added", "has been changed since", "label", "cities exists"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    // All that could be added was added.
    more["examples"][0]["metadata"] = json!({"added": "again"});
    assert_eq!(counts(&server.call("create_dataset", more).await), (Some("exists"), Some(1), Some(1)));
    server.call("update_examples", json!({"example_id": id, "inputs": {"q": "A"}})).await;
    assert_eq!(counts(&server.call("create_dataset", asks("A")).await), (Some("exists"), Some(0), Some(1)));
    // A different split or label does not make a different example.
    let labelled = json!({"example_id": id, "split": ["test"], "metadata": {"reviewed": true}});
    server.call("update_examples", labelled).await;
    assert_eq!(counts(&server.call("create_dataset", asks("A")).await), (Some("exists"), Some(0), Some(1)));
    assert_eq!(stored(&server).await.len(), 3);
}

#[tokio::test]
async fn an_edit_to_the_same_is_not_found_and_the_guide_says_so() {
    let server = Server::start().await;
    server.call("create_dataset", asks("A")).await;
    let id = stored(&server).await[0]["id"].clone();
    server.call("update_examples", json!({"example_id": id, "inputs": {"q": "B"}})).await;
    assert_eq!(counts(&server.call("create_dataset", asks("B")).await), (Some("exists"), Some(1), Some(0)));
    let guide = server.call("create_dataset", json!({})).await["result"].as_str().unwrap().to_owned();
    assert!(guide.contains("became equal by an edit"), "{guide}");
}

#[tokio::test]
async fn what_a_refused_batch_has_added_all_the_same_is_ours() {
    let server = Server::start().await;
    inject(&server, (Method::POST, "/examples/bulk"), (FaultKind::PartlyStored, Some(1)));
    let report = server.call("create_dataset", cities()).await;
    assert_eq!(counts(&report), (Some("created"), Some(3), Some(0)));
    assert_eq!((stored(&server).await.len(), writes(&server)), (3, 2));
}
