//! `run_experiment` when LangSmith refuses a run because it exists: the call looks such runs up, confirms them and
//! counts them correctly.

use std::time::Duration;

use http::Method;
use langsmith_double::{FaultKind, Service};
use serde_json::{Value, json};

use crate::common::{deployed, question};
use crate::deployment::Need;
use crate::experiments::run_experiment::{assert_whole, experiments, whole};
use crate::support::Server;
use crate::writes::{api, inject, runs, writes};

/// The result of an example, with times days before the experiment was opened.
fn early(example: &Value) -> Value {
    json!({"example_id": example, "outputs": {"answer": "b"},
        "start_time": "2026-11-16T10:00:00Z", "end_time": "2026-11-16T10:00:01Z"})
}

fn of(result: &Value) -> Value {
    json!({"experiment_name": "answers-v7", "results": [result]})
}

/// The same result without its times, so that the first lookup searches in the wrong place.
fn timeless(result: &Value) -> Value {
    let mut result = result.clone();
    for time in ["start_time", "end_time"] {
        result.as_object_mut().unwrap().remove(time);
    }
    result
}

/// Records a result that began before its experiment.
async fn recorded(server: &Server, dataset: &str, example: &Value) -> Value {
    let mut open = whole();
    open["dataset_name"] = json!(dataset);
    for member in ["results", "close"] {
        open.as_object_mut().unwrap().remove(member);
    }
    server.call("run_experiment", open).await;
    let result = early(example);
    let report = server.call("run_experiment", of(&result)).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(1), &json!(0)));
    result
}

#[tokio::test]
async fn a_run_from_before_its_experiment_may_come_again() {
    may_come_again(&Server::needing(&[Need::OldRuns]).await).await;
    // The second API requires a start time, which is not the experiment's in this case.
    may_come_again(&deployed(Service::SMITHDB_ONLY).await).await;
}

async fn may_come_again(server: &Server) {
    let result = recorded(server, "support-questions", &json!(question(1))).await;
    let mut scored = timeless(&result);
    scored["scores"] = json!({"correct": 1});
    for (again, scores) in [(result.clone(), 0), (timeless(&result), 0), (scored, 1)] {
        let report = server.call("run_experiment", of(&again)).await;
        let counts = ["runs_recorded", "runs_existing", "scores_recorded"].map(|name| report[name].clone());
        assert_eq!(counts, [json!(0), json!(1), json!(scores)], "{again}");
    }
    let mut other = timeless(&result);
    other["outputs"] = json!({"answer": "another"});
    let error = server.fail("run_experiment", of(&other)).await;
    assert_eq!(error["kind"], "invalid", "{error}");
    let text = error["error"].as_str().unwrap();
    assert!(text.contains(&question(1)) && text.contains("already with other outputs"), "{text}");
    let experiment = experiments(server).await[0]["id"].clone();
    let found = runs(server, &experiment);
    assert_eq!((found.len(), &found[0]["outputs"]), (1, &json!({"answer": "b"})));
}

#[tokio::test]
async fn what_a_refusal_finds_is_not_counted_as_added() {
    let server = Server::needing(&[Need::OldRuns]).await;
    let examples = json!([{"inputs": {"q": "x".repeat(150_000)}}]);
    let dataset = server.call("create_dataset", json!({"dataset_name": "large", "examples": examples})).await;
    let path = format!("/examples?dataset={}", dataset["dataset_id"].as_str().unwrap());
    let id = api(&server, &path).await[0]["id"].clone();
    let result = recorded(&server, "large", &id).await;
    let mut close = of(&timeless(&result));
    close["close"] = json!(true);
    for _ in 0..2 {
        let end = experiments(&server).await[0]["end_time"].clone();
        let report = server.call("run_experiment", close.clone()).await;
        assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(0), &json!(1)));
        assert_eq!(report.get("inputs_left_out"), None, "{report}");
        let ended = &experiments(&server).await[0]["end_time"];
        assert!(ended.is_string() && (end.is_null() || *ended == end), "an experiment ends once");
    }
}

#[tokio::test]
async fn calls_at_once_count_each_run_once() {
    let server = Server::start().await;
    // The first one to write finishes last.
    inject(&server, (Method::POST, "/runs/batch"), (FaultKind::Slow(Duration::from_millis(500)), Some(1)));
    let call = || server.call("run_experiment", whole());
    let (one, other, third) = tokio::join!(call(), call(), call());
    let reports = [one, other, third];
    let added = reports.iter().map(|report| report["runs_recorded"].as_u64().unwrap());
    assert_eq!(added.sum::<u64>(), 3, "{reports:?}");
    for report in &reports {
        let all = report["runs_recorded"].as_u64().unwrap() + report["runs_existing"].as_u64().unwrap();
        assert_eq!(all, 3, "{report}");
    }
    assert_whole(&server).await;
}

#[tokio::test]
async fn no_wait_outlasts_the_call() {
    for (place, fault, told) in [
        ("/feedback", (FaultKind::Status(404), None), "has not stored the run"),
        // The batch and each of its runs.
        ("/api/v1/runs", (FaultKind::Status(409), Some(4)), "does not show it yet"),
    ] {
        let mut server = Server::needing(&[Need::OnePlace]).await;
        server.set_budget(Duration::from_secs(2));
        inject(&server, (Method::POST, place), fault);
        let error = server.fail("run_experiment", whole()).await;
        let told_when = (&error["kind"], &error["retryable"], &error["retry_after_seconds"]);
        assert_eq!(told_when, (&json!("upstream"), &json!(true), &json!(5)), "{error}");
        let text = error["error"].as_str().unwrap();
        assert!(text.contains(told) && text.contains("The experiment answers-v7 exists"), "{text}");
        assert!(text.ends_with("what is there already is not recorded twice."), "{text}");
    }
}

/// Whether each query of runs so far has a start time.
fn looks(server: &Server) -> Vec<bool> {
    let requests = server.langsmith().requests().into_iter();
    let looks = requests.filter(|request| request.path.ends_with("/runs/query"));
    looks
        .map(|request| serde_json::from_str::<Value>(&request.body).unwrap()["start_time"].is_string())
        .collect()
}

#[tokio::test]
async fn only_the_last_look_for_a_run_does_not_say_where_to_begin() {
    let server = Server::needing(&[Need::FirstApi]).await;
    inject(&server, (Method::POST, "/runs/batch"), (FaultKind::AnswerLost, Some(1)));
    server.call("run_experiment", whole()).await;
    assert_eq!(looks(&server), [true], "what is there is found at once");

    let server = Server::needing(&[Need::FirstApi]).await;
    inject(&server, (Method::POST, "/api/v1/runs"), (FaultKind::Status(409), Some(4)));
    let error = server.fail("run_experiment", whole()).await;
    assert!(error["error"].as_str().unwrap().contains("does not show it yet"), "{error}");
    assert_eq!(looks(&server), [true, true, true, true, false]);
    // The call that the error advises.
    server.call("run_experiment", whole()).await;
    assert_whole(&server).await;
}

#[tokio::test]
async fn what_a_refused_batch_has_recorded_all_the_same_is_ours() {
    let place = (Method::POST, "/runs/batch");
    let server = Server::start().await;
    inject(&server, place.clone(), (FaultKind::PartlyStored, Some(1)));
    let report = server.call("run_experiment", whole()).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(3), &json!(0)));
    assert_whole(&server).await;

    // One of three exists where the first lookup does not find it, and the experiment was closed.
    let server = Server::needing(&[Need::OldRuns]).await;
    let result = recorded(&server, "support-questions", &json!(question(1))).await;
    server.call("run_experiment", json!({"experiment_name": "answers-v7", "close": true})).await;
    let end = experiments(&server).await[0]["end_time"].clone();
    let before = writes(&server);
    server.clock.advance(Duration::from_mins(1));
    inject(&server, place, (FaultKind::PartlyStored, Some(1)));
    let mut rest = whole();
    rest["results"][1] = timeless(&result);
    let report = server.call("run_experiment", rest).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(2), &json!(1)), "{report}");
    assert!(writes(&server) > before + 4, "the batch, and each run alone");
    assert_ne!(experiments(&server).await[0]["end_time"], end, "new runs end it anew");
}
