//! `run_experiment` after a partial run: existing data is looked up and not sent again, and a failure reports the
//! progress.

use http::Method;
use langsmith_double::FaultKind;
use serde_json::{Value, json};

use crate::common::question;
use crate::deployment::Need;
use crate::experiments::run_experiment::{assert_whole, experiments, whole, whole_of_the_past};
use crate::support::Server;
use crate::writes::{api, ask, call_raw, inject, runs, writes, written};

/// Several attempts at one example, each with a score under each of these keys.
fn scored(attempts: usize, keys: std::ops::Range<usize>) -> Value {
    let scores: Value =
        keys.map(|key| (format!("k{key}"), json!(key))).collect::<serde_json::Map<_, _>>().into();
    let result = |repetition: usize| json!({"example_id": question(0), "outputs": {"a": repetition}, "scores": scores, "repetition": repetition});
    let results: Vec<Value> = (0..attempts).map(result).collect();
    json!({"experiment_name": "answers-v7", "dataset_name": "support-questions", "results": results})
}

fn count(server: &Server, method: &str, path: &str) -> usize {
    let requests = server.langsmith().requests().into_iter();
    requests.filter(|request| request.method == method && request.path == path).count()
}

const FEEDBACK: &str = "/api/v1/feedback";

#[tokio::test]
async fn scores_that_are_there_are_not_sent_again() {
    let server = Server::start().await;
    let mut all = scored(30, 0..16);
    all["close"] = json!(true);
    inject(&server, (Method::PATCH, "/sessions/"), (FaultKind::Status(500), Some(1)));
    server.fail("run_experiment", all.clone()).await;
    assert_eq!((count(&server, "POST", FEEDBACK), count(&server, "GET", FEEDBACK)), (480, 0));
    server.langsmith().clear_requests();
    let report = server.call("run_experiment", all.clone()).await;
    assert_eq!((&report["scores_recorded"], &report["scores_existing"]), (&json!(0), &json!(480)));
    // Six runs with sixteen scores each fit on a page.
    assert_eq!((count(&server, "POST", FEEDBACK), count(&server, "GET", FEEDBACK)), (0, 5));
    assert_eq!(report["scores"]["k15"], json!({"n": 30, "mean": 15.0}));
    all["results"][7]["scores"]["k3"] = json!(5);
    let report = server.call("run_experiment", all).await;
    assert_eq!((&report["scores_recorded"], &report["scores_existing"]), (&json!(1), &json!(479)));
}

#[tokio::test]
async fn a_repeated_call_sends_only_what_is_missing() {
    let server = Server::start().await;
    server.call("run_experiment", scored(10, 0..7)).await;
    // Others have scored the same runs, which fills more pages than this call's scores.
    let experiment = experiments(&server).await[0]["id"].clone();
    let run = runs(&server, &experiment)[0]["id"].clone();
    for number in 0..15 {
        let body = json!({"run_id": run, "key": format!("theirs-{number}"), "score": 1});
        ask(&server, (Method::POST, "/feedback"), body.to_string()).await;
    }
    server.langsmith().clear_requests();
    let report = server.call("run_experiment", scored(10, 0..10)).await;
    assert_eq!((&report["scores_recorded"], &report["scores_existing"]), (&json!(30), &json!(70)));
    assert_eq!(count(&server, "POST", FEEDBACK), 30);
}

#[tokio::test]
async fn scores_are_sent_where_they_cannot_be_listed() {
    let server = Server::needing(&[Need::OnePlace]).await;
    server.call("run_experiment", whole()).await;
    for (fault, is_sent) in [
        (FaultKind::Status(403), true),
        (FaultKind::Status(404), true),
        (FaultKind::Malformed, true),
        (FaultKind::Oversized(9 * 1024 * 1024), true),
        (FaultKind::Status(500), false),
        (FaultKind::Status(401), false),
        (FaultKind::RateLimited { retry_after_secs: Some(30) }, false),
    ] {
        inject(&server, (Method::GET, "/feedback"), (fault, Some(1)));
        let result = server.call_as("ada", "run_experiment", whole()).await.result();
        assert_eq!(result["isError"], !is_sent, "{fault:?}: {result}");
        if is_sent {
            assert_eq!(result["structuredContent"]["scores_recorded"], 5, "{fault:?}");
        }
    }
    assert_whole(&server).await;
}

#[tokio::test]
async fn a_score_that_is_refused_is_not_recorded() {
    let server = Server::start().await;
    inject(&server, (Method::POST, "/feedback"), (FaultKind::Status(409), None));
    let error = server.fail("run_experiment", whole()).await;
    let told = (&error["kind"], &error["retryable"], &error["retry_after_seconds"]);
    assert_eq!(told, (&json!("upstream"), &json!(true), &json!(5)), "{error}");
    let text = error["error"].as_str().unwrap();
    assert!(text.contains("409") && text.contains("The experiment answers-v7 exists"), "{text}");
    assert!(text.contains("Call again with the same arguments") && !text.contains("Correct it"), "{text}");
    server.langsmith().clear_faults();
    // Some may have been in flight when the first one was refused.
    let report = server.call("run_experiment", whole()).await;
    let scores = report["scores_recorded"].as_u64().unwrap() + report["scores_existing"].as_u64().unwrap();
    assert_eq!(scores, 5);
    assert_whole(&server).await;
}

#[tokio::test]
async fn a_failure_tells_how_far_the_call_came() {
    for ((method, path), told, untold) in [
        ((Method::POST, "/feedback"), "exists", "closed"),
        ((Method::PATCH, "/sessions/"), "may still be open", "may be missing"),
        ((Method::GET, "/sessions/"), "is closed; only the summary is missing", "may be missing"),
    ] {
        for (fault, kind) in [(FaultKind::Status(500), "upstream"), (FaultKind::Status(401), "auth")] {
            let server = Server::needing(&[Need::OnePlace]).await;
            inject(&server, (method.clone(), path), (fault, None));
            let error = server.fail("run_experiment", whole()).await;
            let text = error["error"].as_str().unwrap();
            assert_eq!(error["kind"], kind);
            let id = experiments(&server).await[0]["id"].as_str().unwrap().to_owned();
            assert!(text.contains(told) && text.contains(&id) && !text.contains(untold), "{path}: {text}");
            assert!(text.contains("Call again with the same arguments"), "{path}: {text}");
            let is_closed = experiments(&server).await[0]["end_time"].is_string();
            assert_eq!(is_closed, method == Method::GET, "{path}");
            server.langsmith().clear_faults();
            server.call("run_experiment", whole()).await;
            assert_whole(&server).await;
        }
    }
}

/// LangSmith accepts runs before it checks them, so it may accept runs that exist already.
#[tokio::test]
async fn other_outputs_are_refused_without_a_conflict() {
    for gone in [false, true] {
        let server = Server::needing(&[Need::FirstApi, Need::SecondApi, Need::OldRuns]).await;
        server.call("run_experiment", whole_of_the_past()).await;
        if gone {
            inject(&server, (Method::POST, "/api/v1/runs/query"), (FaultKind::Status(405), None));
        }
        inject(&server, (Method::POST, "/runs/batch"), (FaultKind::Status(202), None));
        server.langsmith().clear_requests();
        let mut other = whole_of_the_past();
        other["results"][1]["outputs"] = json!({"answer": "another"});
        for times in [json!("2027-01-15"), Value::Null] {
            other["results"][0]["start_time"] = times.clone();
            other["results"][0]["end_time"] = times;
            let error = server.fail("run_experiment", other.clone()).await;
            assert!(error["error"].as_str().unwrap().contains(&question(1)), "{error}");
        }
        assert_eq!(writes(&server), 0);
        let path = if gone { "/v2/runs/query" } else { "/api/v1/runs/query" };
        let asked = server.langsmith().requests().into_iter().filter(|request| request.path == path);
        let bodies: Vec<Value> = asked.map(|request| serde_json::from_str(&request.body).unwrap()).collect();
        assert_eq!(bodies.len(), 2, "{bodies:?}");
        let (ids, since) = if gone { ("ids", "min_start_time") } else { ("id", "start_time") };
        for body in bodies {
            assert_eq!(body[ids].as_array().map(Vec::len), Some(3), "{body}");
            // Three days before the earliest result, which marks the experiment's start.
            assert_eq!((&body[since], body.get("filter")), (&json!("2026-11-18T10:00:00Z"), None), "{body}");
        }
    }
}

#[tokio::test]
async fn other_outputs_are_told_by_what_no_parser_holds() {
    for (first, same, other) in [
        (r#"{"x":"\ud800","n":1}"#, r#"{ "n":1.0,"x":"\ud800"}"#, r#"{"x":"\ud800","n":2}"#),
        (r#"{"x":"\ud800"}"#, r#"{"x": "\ud800"}"#, r#"{"x":"\ud801"}"#),
        (r#"{"n":1e400,"x":1}"#, r#"{"x":1,"n":1e400}"#, r#"{"n":1e400,"x":2}"#),
        (r#"{"n":9007199254740993}"#, r#"{"n":9007199254740993.0}"#, r#"{"n":9007199254740992.0}"#),
    ] {
        let server = Server::start().await;
        let call = async |outputs: &str| {
            let arguments = format!(
                r#"{{"experiment_name":"odd","dataset_name":"support-questions","results":[{{"example_id":"{}","outputs":{outputs}}}]}}"#,
                question(0)
            );
            call_raw(&server, "run_experiment", &arguments).await["structuredContent"].clone()
        };
        assert_eq!(call(first).await["runs_recorded"], 1, "{first}");
        assert_eq!(call(same).await["runs_existing"], 1, "{same}");
        assert_eq!(call(other).await["kind"], "invalid", "{other}");
    }
}

#[tokio::test]
async fn a_recorded_run_keeps_its_times() {
    let server = Server::needing(&[Need::OldRuns]).await;
    server.call("run_experiment", whole_of_the_past()).await;
    let mut later = whole_of_the_past();
    later["results"][0]["start_time"] = json!("2026-12-24T10:00:00Z");
    later["results"][0]["end_time"] = json!("2026-12-24T10:00:01Z");
    assert_eq!(server.call("run_experiment", later).await["runs_existing"], 3);
    let experiment = &experiments(&server).await[0]["id"];
    let found = runs(&server, experiment);
    let run = found.iter().find(|run| run["reference_example_id"] == question(0)).unwrap();
    assert_eq!(run["start_time"], "2026-11-21T10:00:00.000000");
    let guide = server.call("run_experiment", json!({})).await["result"].as_str().unwrap().to_owned();
    assert!(guide.contains("other times\n  are ignored"), "{guide}");
}

#[tokio::test]
async fn large_inputs_that_are_left_out_are_counted() {
    let server = Server::start().await;
    let examples = json!([{"inputs": {"q": "x".repeat(150_000)}}, {"inputs": {"q": 1}}]);
    let dataset = server.call("create_dataset", json!({"dataset_name": "large", "examples": examples})).await;
    let path = format!("/examples?dataset={}", dataset["dataset_id"].as_str().unwrap());
    let stored = api(&server, &path).await;
    let results: Vec<Value> = stored
        .as_array()
        .unwrap()
        .iter()
        .map(|example| json!({"example_id": example["id"], "outputs": {"a": 1}}))
        .collect();
    let arguments = json!({"experiment_name": "answers-v7", "dataset_name": "large", "results": results});
    let report = server.call("run_experiment", arguments.clone()).await;
    assert_eq!((&report["runs_recorded"], &report["inputs_left_out"]), (&json!(2), &json!(1)));
    let again = server.call("run_experiment", arguments).await;
    assert_eq!((&again["runs_existing"], again.get("inputs_left_out")), (&json!(2), None));
    assert!(written(&server).len() < 6);
}
