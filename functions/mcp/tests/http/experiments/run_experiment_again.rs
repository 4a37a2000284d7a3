//! `run_experiment` repeated: after its completion, concurrently, and after a lost answer or a refused request.

use http::Method;
use langsmith_double::FaultKind;
use langsmith_double::data::{ADA_KEY, TEAM_WORKSPACE};
use mcp::auth::{UnauthorizedOutcome, WorkspaceAccess};
use oauth::scope::ScopeSet;
use primitives::ids::WorkspaceId;
use serde_json::{Value, json};

use crate::common::question;
use crate::deployment::Need;
use crate::experiments::run_experiment::{assert_whole, experiments, whole};
use crate::support::{Server, identity};
use crate::writes::{api, call_raw, inject, runs, writes};

#[tokio::test]
async fn a_repeated_call_records_nothing_twice() {
    let server = Server::start().await;
    let first = server.call("run_experiment", whole()).await;
    let again = server.call("run_experiment", whole()).await;
    assert_eq!((&again["status"], &again["scores"]), (&json!("continued"), &first["scores"]));
    assert_eq!((&again["runs_recorded"], &again["runs_existing"]), (&json!(0), &json!(3)));
    assert_whole(&server).await;
}

#[tokio::test]
async fn the_same_call_made_twice_at_once_records_once() {
    let server = Server::start().await;
    let (one, other) =
        tokio::join!(server.call("run_experiment", whole()), server.call("run_experiment", whole()));
    assert_eq!(one["experiment_id"], other["experiment_id"]);
    assert_whole(&server).await;
}

/// A number sent as text is not a category, which would replace the number and leave no mean.
#[tokio::test]
async fn a_number_as_text_replaces_a_number_by_a_number() {
    let server = Server::start().await;
    server.call("run_experiment", whole()).await;
    let score = |scores: Value| {
        json!({"experiment_name": "answers-v7", "close": true,
            "results": [{"example_id": question(2), "scores": scores}]})
    };
    for (scores, counts, mean) in [
        (json!({"correct": "0.5"}), (0, 1), 0.5),
        (json!("{\"correct\": \" 0.50\"}"), (0, 1), 0.5),
        (json!({"correct": "0.2"}), (1, 0), 0.4),
        (json!([{"key": "correct", "score": "0.8"}]), (1, 0), 0.6),
    ] {
        let report = server.call("run_experiment", score(scores.clone())).await;
        let found = (&report["scores_recorded"], &report["scores_existing"]);
        assert_eq!(found, (&json!(counts.0), &json!(counts.1)), "{scores}");
        let correct = &report["scores"]["correct"];
        assert_eq!(correct["n"], 3, "{report}");
        assert!((correct["mean"].as_f64().unwrap() - mean).abs() < 1e-9, "{scores}: {report}");
    }
    // In the list form a value is a category, even if it is numeric.
    let stars = json!([{"key": "stars", "value": "5"}]);
    server.call("run_experiment", score(stars)).await;
    let stored = api(&server, "/feedback?key=stars").await;
    assert_eq!((&stored[0]["score"], &stored[0]["value"]), (&Value::Null, &json!("5")), "{stored}");
}

/// The same experiment with other outputs, and a score for each.
fn corrected(repetition: u32) -> Value {
    let results = json!([
        {"example_id": question(3), "outputs": {"answer": "d"}},
        {"example_id": question(0), "outputs": {"answer": "corrected"}, "scores": {"correct": 1}, "repetition": repetition},
    ]);
    json!({"experiment_name": "answers-v7", "results": results})
}

#[tokio::test]
async fn scores_of_other_outputs_do_not_mix() {
    let server = Server::start().await;
    server.call("run_experiment", whole()).await;
    server.langsmith().clear_requests();
    let error = server.fail("run_experiment", corrected(0)).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)));
    let text = error["error"].as_str().unwrap();
    assert!(
        text.contains(&question(0))
            && text.contains("repetition 0")
            && text.ends_with("Nothing was recorded."),
        "{text}"
    );
    assert!(!text.contains(&question(3)) && text.len() < 500, "{text}");
    assert_eq!(writes(&server), 0);
    let mut failed = whole();
    failed["results"][2]["error"] = json!("another error");
    assert!(server.fail("run_experiment", failed).await["error"].as_str().unwrap().contains(&question(2)));
    assert_whole(&server).await;
    let report = server.call("run_experiment", corrected(1)).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(2), &json!(0)));
    let error = server
        .fail("run_experiment", json!({"experiment_name": "answers-v7", "results": [{"example_id": question(0), "outputs": {}, "repetition": 1}]}))
        .await;
    assert!(error["error"].as_str().unwrap().contains("repetition 1"), "{error}");
}

#[tokio::test]
async fn of_two_calls_at_once_with_other_outputs_one_counts() {
    let server = Server::start().await;
    let with = |answer: &str| {
        let results =
            json!([{"example_id": question(0), "outputs": {"answer": answer}, "scores": {"said": answer}}]);
        json!({"experiment_name": "answers-v7", "dataset_name": "support-questions", "results": results})
    };
    let call = async |answer: &str| {
        let result = server.call_as("ada", "run_experiment", with(answer)).await.result();
        (answer.to_owned(), result["structuredContent"]["kind"].as_str() == Some("invalid"))
    };
    let (one, other) = tokio::join!(call("a"), call("b"));
    assert_ne!(one.1, other.1, "exactly one is refused");
    let recorded = if one.1 { other.0 } else { one.0 };
    let experiment = &experiments(&server).await[0];
    assert_eq!(runs(&server, &experiment["id"])[0]["outputs"], json!({"answer": recorded}));
    assert_eq!(experiment["feedback_stats"]["said"]["values"], json!({recorded: 1}));
}

#[tokio::test]
async fn the_same_outputs_may_be_written_in_another_way() {
    let server = Server::start().await;
    let with = |outputs: &str| {
        format!(
            r#"{{"experiment_name":"answers-v7","dataset_name":"support-questions","results":[{{"example_id":"{}","outputs":{outputs}}}]}}"#,
            question(0)
        )
    };
    for (outputs, existing) in [(r#"{"a":1,"b":["\ud83d\ude00"]}"#, 0), (r#"{ "b": ["😀"], "a": 1.0 }"#, 1)]
    {
        let result = call_raw(&server, "run_experiment", &with(outputs)).await;
        assert_eq!(result["structuredContent"]["runs_existing"], existing, "{result}");
    }
    let result = call_raw(&server, "run_experiment", &with("{}")).await;
    assert_eq!(result["structuredContent"]["kind"], "invalid", "{result}");
}

const PLACES: [(Method, &str); 4] = [
    (Method::POST, "/sessions"),
    (Method::POST, "/runs/batch"),
    (Method::POST, "/feedback"),
    (Method::PATCH, "/sessions/"),
];

#[tokio::test]
async fn a_lost_answer_is_made_good_within_the_call() {
    for place in PLACES {
        let server = Server::start().await;
        inject(&server, place.clone(), (FaultKind::AnswerLost, Some(1)));
        let report = server.call("run_experiment", whole()).await;
        assert_eq!((&report["status"], &report["runs"]), (&json!("opened"), &json!(3)), "{place:?}");
        assert_whole(&server).await;
    }
}

#[tokio::test]
async fn a_call_whose_answers_were_all_lost_can_be_repeated() {
    for place in PLACES {
        let server = Server::start().await;
        inject(&server, place.clone(), (FaultKind::AnswerLost, None));
        let error = server.fail("run_experiment", whole()).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)), "{place:?}");
        let told = error["error"].as_str().unwrap().contains("experiment answers-v7");
        assert_eq!(told, place.1 != "/sessions", "{place:?}: {error}");
        server.langsmith().clear_faults();
        server.call("run_experiment", whole()).await;
        assert_whole(&server).await;
    }
}

#[tokio::test]
async fn runs_of_a_conflicting_batch_go_alone() {
    let server = Server::start().await;
    inject(&server, (Method::POST, "/runs/batch"), (FaultKind::AnswerLost, Some(1)));
    let report = server.call("run_experiment", whole()).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(3), &json!(0)));
    let count =
        |path: &str| server.langsmith().requests().into_iter().filter(|request| request.path == path).count();
    assert_eq!((count("/api/v1/runs"), count("/api/v1/runs/query")), (3, 1), "and they are looked at");
    assert_whole(&server).await;
}

#[tokio::test]
async fn a_run_that_is_not_stored_yet_is_waited_for() {
    let server = Server::start().await;
    inject(&server, (Method::POST, "/feedback"), (FaultKind::Status(404), Some(1)));
    server.call("run_experiment", whole()).await;
    assert_whole(&server).await;
}

#[tokio::test]
async fn a_refusal_halfway_says_what_is_there() {
    for (fault, kind, retryable) in [
        (FaultKind::Status(401), "auth", true),
        (FaultKind::Status(403), "forbidden", false),
        (FaultKind::Status(404), "not_found", false),
        (FaultKind::Status(422), "invalid", false),
        (FaultKind::RateLimited { retry_after_secs: Some(30) }, "rate_limited", true),
        (FaultKind::Status(500), "upstream", true),
    ] {
        let server = Server::needing(&[Need::OnePlace]).await;
        inject(&server, (Method::POST, "/runs/batch"), (fault, Some(1)));
        let error = server.fail("run_experiment", whole()).await;
        assert_eq!(
            (error["kind"].as_str(), error["retryable"].as_bool()),
            (Some(kind), Some(retryable)),
            "{error}"
        );
        let told = "The experiment answers-v7 exists";
        assert!(error["error"].as_str().unwrap().contains(told), "{error}");
        inject(&server, (Method::POST, "/feedback"), (fault, Some(1)));
        // A run that is not found may only be delayed.
        if kind != "not_found" {
            assert_eq!(server.fail("run_experiment", whole()).await["kind"], kind);
        }
        server.call("run_experiment", whole()).await;
        assert_whole(&server).await;
    }
}

#[tokio::test]
async fn a_credential_that_is_refreshed_halfway_does_no_harm() {
    for place in [(Method::POST, "/runs/batch"), (Method::POST, "/feedback"), (Method::PATCH, "/sessions/")] {
        let server = Server::needing(&[Need::OnePlace]).await;
        let team = WorkspaceAccess::One(WorkspaceId::new(TEAM_WORKSPACE.to_string()));
        let fresh = UnauthorizedOutcome::Retry(identity(ADA_KEY, team, ScopeSet::all()));
        server.authenticator.outcomes.lock().unwrap().push_back(fresh);
        inject(&server, place, (FaultKind::Status(401), Some(1)));
        server.call("run_experiment", whole()).await;
        assert_whole(&server).await;
    }
}
