//! `run_experiment`. The tests verify its writes in LangSmith itself.

use std::collections::BTreeSet;
use std::time::Duration;

use langsmith_double::data::{TEAM_WORKSPACE, sample_id};
use serde_json::{Value, json};

use crate::common::question;
use crate::deployment::Need;
use crate::support::{Server, stored};
use crate::writes::{api, assert_guide, call_raw, runs};

/// Opens, records three results with five scores, and closes.
pub(crate) fn whole() -> Value {
    json!({
        "experiment_name": "answers-v7", "dataset_name": "support-questions", "description": "d",
        "metadata": {"model": "m"},
        "results": [
            {"example_id": question(0), "outputs": {"answer": "a"}, "scores": {"correct": true, "tone": "kind"}},
            {"example_id": question(1), "outputs": {"answer": "b"},
                "scores": [{"key": "correct", "score": 0, "comment": "no"}, {"key": "detail", "value": {"n": 1}}]},
            {"example_id": question(2), "error": "timed out", "scores": {"correct": 0.5}},
        ],
        "close": true,
    })
}

/// The same with times in the past, for services that accept old runs.
pub(crate) fn whole_of_the_past() -> Value {
    let mut arguments = whole();
    arguments["results"][0]["start_time"] = json!("2026-11-21T10:00:00Z");
    arguments["results"][0]["end_time"] = json!("2026-11-21T10:00:02.5Z");
    arguments
}

/// The experiments of this name, with statistics.
pub(crate) async fn experiments(server: &Server) -> Vec<Value> {
    let path = "/sessions?name=answers-v7&include_stats=true&limit=100";
    serde_json::from_value(api(server, path).await).unwrap()
}

/// Asserts LangSmith's state after [`whole`], however often it was repeated and whatever failed.
pub(crate) async fn assert_whole(server: &Server) {
    let experiments = experiments(server).await;
    assert_eq!(experiments.len(), 1, "{experiments:?}");
    let experiment = &experiments[0];
    assert_eq!(experiment["run_count"], 3, "{experiment}");
    let stats = json!({
        "correct": {"n": 3, "avg": 0.5, "values": {}}, "tone": {"n": 1, "avg": null, "values": {"kind": 1}},
        "detail": {"n": 1, "avg": null, "values": {}},
    });
    assert_eq!(experiment["feedback_stats"], stats);
    assert!(experiment["end_time"].is_string(), "{experiment}");
    let found = runs(server, &experiment["id"]);
    let examples: BTreeSet<&str> =
        found.iter().map(|run| run["reference_example_id"].as_str().unwrap()).collect();
    assert_eq!((found.len(), examples.len()), (3, 3));
    let feedback = api(server, &format!("/feedback?session={}", experiment["id"].as_str().unwrap())).await;
    assert_eq!(feedback.as_array().map(Vec::len), Some(5), "{feedback}");
}

#[tokio::test]
async fn without_arguments_it_is_a_guide() {
    let words =
        ["evaluate(", "aevaluate(", "openevals", "experiment_prefix", "max_concurrency", "repetition"];
    assert_guide("run_experiment", &words).await;
}

#[tokio::test]
async fn one_call_opens_records_and_closes() {
    let server = Server::needing(&[Need::OldRuns]).await;
    server.clock.advance(Duration::from_hours(48));
    let now = stored(server.now());
    let report = server.call("run_experiment", whole_of_the_past()).await;
    let experiment = &experiments(&server).await[0];
    assert_eq!(
        report,
        json!({
            "experiment_id": experiment["id"], "experiment_name": "answers-v7",
            "dataset_id": sample_id("dataset:support-questions"), "status": "opened", "runs_recorded": 3, "runs_existing": 0,
            "scores_recorded": 5, "scores_existing": 0, "closed": true, "runs": 3,
            "scores": {"correct": {"n": 3, "mean": 0.5}, "detail": {"n": 1}, "tone": {"n": 1}},
        })
    );
    assert_whole(&server).await;
    let dataset = format!("/datasets/{}", sample_id("dataset:support-questions"));
    let version = api(&server, &format!("{dataset}/version?tag=latest")).await["as_of"].clone();
    let examples = api(&server, &dataset).await["example_count"].clone();
    let extra = json!({
        "metadata": {"model": "m", "dataset_version": version}, "__progress": {"num_examples": examples},
    });
    assert_eq!((&experiment["description"], &experiment["extra"]), (&json!("d"), &extra));
    let found = runs(&server, &experiment["id"]);
    let of = |number: u32| found.iter().find(|run| run["reference_example_id"] == question(number)).unwrap();
    assert_eq!((&of(0)["outputs"], &of(0)["status"]), (&json!({"answer": "a"}), &json!("success")));
    assert_eq!(of(0)["end_time"], "2026-11-21T10:00:02.500000");
    let asked = api(&server, &format!("/examples/{}", question(0))).await;
    assert_eq!(of(0)["inputs"], asked["inputs"]);
    assert_eq!(of(0)["extra"], json!({"metadata": {"example_version": asked["modified_at"]}}));
    assert_eq!((&of(2)["error"], &of(2)["status"]), (&json!("timed out"), &json!("error")));
    assert_eq!(of(1)["start_time"], now, "the experiment began too long ago");
    let path = format!("/feedback?run={}&key=correct", of(1)["id"].as_str().unwrap());
    let feedback = &api(&server, &path).await[0];
    assert_eq!((&feedback["comment"], &feedback["score"]), (&json!("no"), &json!(0)));
}

#[tokio::test]
async fn what_is_recorded_is_seen_by_the_reading_tools() {
    let server = Server::start().await;
    let report = server.call("run_experiment", whole()).await;
    let listed = server
        .call("list_experiments", json!({"reference_dataset_name": "support-questions", "limit": 50}))
        .await;
    let found =
        listed["experiments"].as_array().unwrap().iter().find(|found| found["name"] == "answers-v7").unwrap();
    assert_eq!(found["experiment_id"], report["experiment_id"]);
    assert_eq!(found["feedback_stats"]["correct"]["avg"], 0.5);
    let runs = server.call("fetch_runs", json!({"project_name": "answers-v7", "limit": 10})).await;
    assert_eq!(runs["runs"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_experiment_may_take_several_calls() {
    let server = Server::start().await;
    let mut parts = whole();
    let results = parts["results"].take();
    parts.as_object_mut().unwrap().remove("close");
    let opened = server.call("run_experiment", parts.clone()).await;
    assert_eq!(
        (&opened["status"], &opened["closed"], opened.get("runs")),
        (&json!("opened"), &json!(false), None)
    );
    for result in results.as_array().unwrap() {
        let report = server
            .call("run_experiment", json!({"experiment_name": "answers-v7", "results": [result]}))
            .await;
        assert_eq!((&report["status"], &report["runs_recorded"]), (&json!("continued"), &json!(1)));
        assert_eq!(report["experiment_id"], opened["experiment_id"]);
    }
    let close = json!({"experiment_name": "answers-v7", "close": "true"});
    let closed = server.call("run_experiment", close.clone()).await;
    assert_eq!((&closed["runs"], &closed["scores"]["correct"]), (&json!(3), &json!({"n": 3, "mean": 0.5})));
    assert_whole(&server).await;
    let end = experiments(&server).await[0]["end_time"].clone();
    assert_eq!(server.call("run_experiment", close).await, closed);
    assert_eq!(experiments(&server).await[0]["end_time"], end, "an experiment ends once");
}

#[tokio::test]
async fn an_experiment_stays_about_the_version_that_it_was_opened_on() {
    let server = Server::start().await;
    let latest = async || {
        let dataset = sample_id("dataset:support-questions");
        api(&server, &format!("/datasets/{dataset}/version?tag=latest")).await["as_of"].take()
    };
    let of_experiment = async || experiments(&server).await[0]["extra"]["metadata"]["dataset_version"].take();
    let mut opening = whole();
    opening.as_object_mut().unwrap().remove("close");
    server.call("run_experiment", opening).await;
    let opened_on = latest().await;
    assert_eq!(of_experiment().await, opened_on);
    let change = json!({"example_id": question(5), "outputs": {"answer": "another one"}});
    server.call("update_examples", change).await;
    assert_ne!(latest().await, opened_on, "the dataset has a newer version");
    server.call("run_experiment", json!({"experiment_name": "answers-v7", "close": true})).await;
    assert_whole(&server).await;
    assert_eq!(of_experiment().await, opened_on);
}

#[tokio::test]
async fn repetitions_are_runs_of_their_own() {
    let server = Server::start().await;
    let result =
        |repetition: u32| json!({"example_id": question(0), "outputs": {}, "repetition": repetition});
    let arguments = |results: Value| json!({"experiment_name": "answers-v7", "dataset_name": "support-questions", "results": results});
    server.call("run_experiment", arguments(json!([result(0), result(1)]))).await;
    server.call("run_experiment", arguments(json!([result(1), result(2)]))).await;
    let experiment = experiments(&server).await[0]["id"].clone();
    assert_eq!(runs(&server, &experiment).len(), 3);
}

#[tokio::test]
async fn scores_may_come_later_and_be_replaced() {
    let server = Server::start().await;
    let mut unscored = whole();
    unscored["results"] = json!([{"example_id": question(0), "outputs": {"answer": "a"}}]);
    let report = server.call("run_experiment", unscored).await;
    assert_eq!((&report["scores"], &report["scores_recorded"]), (&json!({}), &json!(0)));
    for (score, mean) in [(json!(0.25), 0.25), (json!(1), 1.0)] {
        let results = json!([{"example_id": question(0), "scores": {"correct": score}}]);
        let arguments = json!({"experiment_name": "answers-v7", "results": results, "close": true});
        let report = server.call("run_experiment", arguments).await;
        assert_eq!((&report["runs_recorded"], &report["scores_recorded"]), (&json!(0), &json!(1)));
        assert_eq!(report["scores"], json!({"correct": {"n": 1, "mean": mean}}));
    }
    let experiment = experiments(&server).await[0]["id"].clone();
    assert_eq!(runs(&server, &experiment)[0]["outputs"], json!({"answer": "a"}));
    let unrecorded = json!([{"example_id": question(1), "scores": {"correct": 1}}]);
    let arguments = json!({"experiment_name": "answers-v7", "results": unrecorded});
    let error = server.fail("run_experiment", arguments).await;
    assert_eq!(error["kind"], "not_found");
    assert!(error["error"].as_str().unwrap().contains(&question(1)), "{error}");
}

#[tokio::test]
async fn a_long_error_is_recorded() {
    let server = Server::start().await;
    let error = "言".repeat(30_000);
    let arguments = json!({"experiment_name": "answers-v7", "dataset_name": "support-questions",
        "results": [{"example_id": question(0), "error": error}]});
    for existing in [0, 1] {
        assert_eq!(server.call("run_experiment", arguments.clone()).await["runs_existing"], existing);
    }
    let experiment = experiments(&server).await[0]["id"].clone();
    assert_eq!(runs(&server, &experiment)[0]["error"], error);
}

#[tokio::test]
async fn odd_values_arrive_as_they_are() {
    let server = Server::start().await;
    let odd = r#"{"answer":"\ud83d","n":1e400}"#;
    let arguments = format!(
        r#"{{"experiment_name":"odd 😀","dataset_name":"support-questions","results":[{{"example_id":"{}","outputs":{odd},"scores":{{"k":"\u0001\ud800"}}}}]}}"#,
        question(0)
    );
    let result = call_raw(&server, "run_experiment", &arguments).await;
    let sent = server.langsmith().requests();
    let batch = sent.iter().find(|request| request.path.ends_with("/runs/batch")).unwrap();
    assert!(batch.body.contains(odd), "{}", batch.body);
    // The double parses a feedback's value, and such parsers reject half a surrogate pair.
    assert_eq!(result["structuredContent"]["kind"], "invalid", "{result}");
    let deep = format!(
        r#"{{"experiment_name":"x","results":[{{"example_id":"{}","outputs":{{"a":{}{}}}}}]}}"#,
        question(0),
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let result = call_raw(&server, "run_experiment", &deep).await;
    assert_eq!(result["structuredContent"]["error"], "results[0]: outputs nests deeper than 100 levels.");
    server.langsmith().clear_requests();
    for (member, name) in [
        (r#""outputs":{"a":"\u0000"}"#, "outputs"),
        (r#""scores":{"a\u0000b":1}"#, "scores"),
        (r#""scores":[{"key":"a","value":"\u0000"}]"#, "scores"),
        (r#""error":"\u0000""#, "error"),
    ] {
        let arguments =
            format!(r#"{{"experiment_name":"x","results":[{{"example_id":"{}",{member}}}]}}"#, question(0));
        let error =
            call_raw(&server, "run_experiment", &arguments).await["structuredContent"]["error"].clone();
        let error = error.as_str().unwrap();
        assert!(
            error.starts_with(&format!("results[0]: {name} must be ")) && error.contains("U+0000"),
            "{error}"
        );
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn the_page_of_an_experiment_is_told_where_it_is_known() {
    let server = Server::self_hosted().await;
    let report = server.call("run_experiment", whole()).await;
    let (dataset, experiment) =
        (sample_id("dataset:support-questions"), report["experiment_id"].as_str().unwrap());
    let page = format!("/o/{TEAM_WORKSPACE}/datasets/{dataset}/compare?selectedSessions={experiment}");
    assert_eq!(report["url"], server.pages() + &page);
    let report = server.call("create_dataset", json!({"dataset_name": "cities"})).await;
    let page = format!("/o/{TEAM_WORKSPACE}/datasets/{}", report["dataset_id"].as_str().unwrap());
    assert_eq!(report["url"], server.pages() + &page);
}
