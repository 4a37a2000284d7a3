//! `run_experiment` against the hosted platform, as far as it is known: a time window for runs, scores with four
//! decimals, and batches that are accepted with errors.

use std::time::Duration;

use http::Method;
use langsmith_double::{FaultKind, Service};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{count, deployed, question};
use crate::experiments::run_experiment::{assert_whole, experiments, whole, whole_of_the_past};
use crate::writes::{api, inject, runs};

#[tokio::test]
async fn a_result_without_times_may_come_on_another_day() {
    let server = deployed(Service::CLOUD).await;
    // It began two days ago by the double's clock.
    let name = "support-bot-baseline";
    let results = json!([{"example_id": question(0), "outputs": {"answer": "a"}, "repetition": 7}]);
    let report = server.call("run_experiment", json!({"experiment_name": name, "results": results})).await;
    assert_eq!((&report["status"], &report["runs_recorded"]), (&json!("continued"), &json!(1)));
}

#[tokio::test]
async fn a_result_that_began_too_long_ago_is_named() {
    let server = deployed(Service::CLOUD).await;
    let error = server.fail("run_experiment", whole_of_the_past()).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)), "{error}");
    let text = error["error"].as_str().unwrap();
    for told in ["24 hours", &question(0), "2026-11-21T10:00:00Z", "The experiment answers-v7 exists"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let experiment = experiments(&server).await[0]["id"].clone();
    assert!(runs(&server, &experiment).is_empty(), "all of it was refused");
    server.call("run_experiment", whole()).await;
    assert_whole(&server).await;
}

#[tokio::test]
async fn another_refusal_of_late_results_is_told_as_it_is() {
    let server = deployed(Service::CLOUD).await;
    inject(&server, (Method::POST, "/runs/batch"), (FaultKind::Status(422), None));
    let error = server.fail("run_experiment", whole()).await;
    assert!(!error["error"].as_str().unwrap().contains("24 hours"), "{error}");
}

#[tokio::test]
async fn the_same_result_has_the_same_id_on_another_day() {
    let server = deployed(Service::CLOUD).await;
    let began = u128::from(server.now().millis());
    server.call("run_experiment", whole()).await;
    let experiment = experiments(&server).await[0]["id"].clone();
    let ids = async || {
        let found = runs(&server, &experiment);
        let mut ids: Vec<Uuid> =
            found.iter().map(|run| run["id"].as_str().unwrap().parse().unwrap()).collect();
        ids.sort();
        ids
    };
    let before = ids().await;
    server.clock.advance(Duration::from_hours(49));
    let report = server.call("run_experiment", whole()).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(0), &json!(3)));
    assert_eq!(ids().await, before);
    let path = format!("/feedback?session={}", experiment.as_str().unwrap());
    let feedback: Vec<Value> = serde_json::from_value(api(&server, &path).await).unwrap();
    let scores = feedback.iter().map(|score| score["id"].as_str().unwrap().parse::<Uuid>().unwrap());
    for id in before.into_iter().chain(scores) {
        assert_eq!((id.get_version_num(), id.as_u128() >> 80), (7, began), "{id}");
    }
}

#[tokio::test]
async fn a_score_with_more_decimals_is_sent_once() {
    let server = deployed(Service::CLOUD).await;
    let scores = json!({"precise": 0.123_456_789, "large": 1_234.000_04, "whole": 1});
    let results = json!([{"example_id": question(0), "outputs": {"answer": "a"}, "scores": scores}]);
    let arguments =
        json!({"experiment_name": "answers-v7", "dataset_name": "support-questions", "results": results});
    for (recorded, existing) in [(3, 0), (0, 3)] {
        let report = server.call("run_experiment", arguments.clone()).await;
        let counts = (&report["scores_recorded"], &report["scores_existing"]);
        assert_eq!(counts, (&json!(recorded), &json!(existing)));
    }
    let stored = api(&server, "/feedback?key=precise").await;
    assert_eq!(stored[0]["score"], json!(0.1235));
    let sent = server.langsmith().requests().into_iter().filter(|request| request.method == "POST");
    assert!(
        sent.filter(|request| request.path.ends_with("/feedback"))
            .all(|request| !request.body.contains("0.12345"))
    );
}

#[tokio::test]
async fn runs_that_an_accepted_batch_leaves_out_are_named() {
    let mut server = deployed(Service::CLOUD).await;
    server.set_budget(Duration::from_secs(2));
    let place = (Method::POST, "/runs/batch");
    inject(&server, place.clone(), (FaultKind::Reports { left_out: true }, Some(1)));
    let error = server.fail("run_experiment", whole()).await;
    let told = (&error["kind"], &error["retryable"], &error["retry_after_seconds"]);
    assert_eq!(told, (&json!("upstream"), &json!(true), &json!(5)), "{error}");
    let text = error["error"].as_str().unwrap();
    assert!(text.contains("The run could not be read") && text.contains(&question(1)), "{text}");
    assert!(!text.contains(&question(0)) && !text.contains(&question(2)), "{text}");
    server.set_budget(Duration::from_secs(20));
    let report = server.call("run_experiment", whole()).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(1), &json!(2)));
    assert_whole(&server).await;
}

#[tokio::test]
async fn errors_about_runs_that_are_there_all_the_same_fail_nothing() {
    let server = deployed(Service::CLOUD).await;
    inject(&server, (Method::POST, "/runs/batch"), (FaultKind::Reports { left_out: false }, Some(1)));
    let report = server.call("run_experiment", whole()).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(3), &json!(0)));
    assert_eq!(count(&server, "/runs/query"), 1, "and they were looked at");
    assert_whole(&server).await;
}
