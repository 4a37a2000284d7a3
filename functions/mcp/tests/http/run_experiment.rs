//! `run_experiment`. What was written is looked up in LangSmith itself.

use std::collections::BTreeSet;

use http::Method;
use langsmith_double::FaultKind;
use langsmith_double::data::{ADA_KEY, TEAM_WORKSPACE, sample_id};
use mcp::auth::{UnauthorizedOutcome, WorkspaceAccess};
use serde_json::{Value, json};
use shared::ids::WorkspaceId;
use shared::oauth::scope::ScopeSet;

use crate::support::{Server, identity};
use crate::writes::{
    api, assert_failures, assert_guide, assert_named, assert_write_scope, call_raw, inject, runs, writes,
};

fn example(number: u32) -> String {
    sample_id(&format!("example:support-questions:{number}")).to_string()
}

/// Opens, records three results with five scores, and closes.
fn whole() -> Value {
    json!({
        "experiment_name": "answers-v7", "dataset_name": "support-questions", "description": "d",
        "metadata": {"model": "m"},
        "results": [
            {"example_id": example(0), "outputs": {"answer": "a"}, "scores": {"correct": true, "tone": "kind"},
                "start_time": "2026-11-21T10:00:00Z", "end_time": "2026-11-21T10:00:02.5Z"},
            {"example_id": example(1), "outputs": {"answer": "b"},
                "scores": [{"key": "correct", "score": 0, "comment": "no"}, {"key": "detail", "value": {"n": 1}}]},
            {"example_id": example(2), "error": "timed out", "scores": {"correct": 0.5}},
        ],
        "close": true,
    })
}

/// The experiments of this name, with statistics.
async fn experiments(server: &Server) -> Vec<Value> {
    let path = "/sessions?name=answers-v7&include_stats=true&limit=100";
    serde_json::from_value(api(server, path).await).unwrap()
}

/// What LangSmith holds after [`whole`], however often and after whatever accidents.
async fn assert_whole(server: &Server) {
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
    let found = runs(server, &experiment["id"]).await;
    let examples: BTreeSet<&str> =
        found.iter().map(|run| run["reference_example_id"].as_str().unwrap()).collect();
    assert_eq!((found.len(), examples.len()), (3, 3));
    let feedback = api(server, &format!("/feedback?session={}", experiment["id"].as_str().unwrap())).await;
    assert_eq!(feedback.as_array().map(Vec::len), Some(5), "{feedback}");
}

const PLACES: [(Method, &str); 4] = [
    (Method::POST, "/sessions"),
    (Method::POST, "/runs/batch"),
    (Method::POST, "/feedback"),
    (Method::PATCH, "/sessions/"),
];

#[tokio::test]
async fn without_arguments_it_is_a_guide() {
    let words =
        ["evaluate(", "aevaluate(", "openevals", "experiment_prefix", "max_concurrency", "repetition"];
    assert_guide("run_experiment", &words).await;
}

#[tokio::test]
async fn one_call_opens_records_and_closes() {
    let server = Server::start().await;
    let report = server.call("run_experiment", whole()).await;
    let experiment = &experiments(&server).await[0];
    assert_eq!(
        report,
        json!({
            "experiment_id": experiment["id"], "experiment_name": "answers-v7",
            "dataset_id": sample_id("dataset:support-questions"), "status": "opened", "runs_recorded": 3, "runs_existing": 0,
            "scores_recorded": 5, "closed": true, "runs": 3,
            "scores": {"correct": {"n": 3, "mean": 0.5}, "detail": {"n": 1}, "tone": {"n": 1}},
        })
    );
    assert_whole(&server).await;
    assert_eq!(
        (&experiment["description"], &experiment["extra"]),
        (&json!("d"), &json!({"metadata": {"model": "m"}}))
    );
    let found = runs(&server, &experiment["id"]).await;
    let of = |number: u32| found.iter().find(|run| run["reference_example_id"] == example(number)).unwrap();
    assert_eq!((&of(0)["outputs"], &of(0)["status"]), (&json!({"answer": "a"}), &json!("success")));
    assert_eq!(of(0)["end_time"], "2026-11-21T10:00:02.500000");
    assert_eq!(of(0)["inputs"], api(&server, &format!("/examples/{}", example(0))).await["inputs"]);
    assert_eq!((&of(2)["error"], &of(2)["status"]), (&json!("timed out"), &json!("error")));
    assert_eq!(of(1)["start_time"], experiment["start_time"]);
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
async fn a_repeated_call_records_nothing_twice() {
    let server = Server::start().await;
    let first = server.call("run_experiment", whole()).await;
    let again = server.call("run_experiment", whole()).await;
    assert_eq!((&again["status"], &again["scores"]), (&json!("continued"), &first["scores"]));
    assert_eq!((&again["runs_recorded"], &again["runs_existing"]), (&json!(0), &json!(3)));
    assert_whole(&server).await;
}

/// The same experiment with other outputs, and a score for them.
fn corrected(repetition: u32) -> Value {
    let results = json!([
        {"example_id": example(3), "outputs": {"answer": "d"}},
        {"example_id": example(0), "outputs": {"answer": "corrected"}, "scores": {"correct": 1}, "repetition": repetition},
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
        text.contains(&example(0))
            && text.contains("repetition 0")
            && text.ends_with("Nothing was recorded."),
        "{text}"
    );
    assert!(!text.contains(&example(3)) && text.len() < 500, "{text}");
    assert_eq!(writes(&server), 0);
    let mut failed = whole();
    failed["results"][2]["error"] = json!("another error");
    assert!(server.fail("run_experiment", failed).await["error"].as_str().unwrap().contains(&example(2)));
    assert_whole(&server).await;
    let report = server.call("run_experiment", corrected(1)).await;
    assert_eq!((&report["runs_recorded"], &report["runs_existing"]), (&json!(2), &json!(0)));
    let error = server
        .fail("run_experiment", json!({"experiment_name": "answers-v7", "results": [{"example_id": example(0), "outputs": {}, "repetition": 1}]}))
        .await;
    assert!(error["error"].as_str().unwrap().contains("repetition 1"), "{error}");
}

#[tokio::test]
async fn of_two_calls_at_once_with_other_outputs_one_counts() {
    let server = Server::start().await;
    let with = |answer: &str| {
        let results =
            json!([{"example_id": example(0), "outputs": {"answer": answer}, "scores": {"said": answer}}]);
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
    assert_eq!(runs(&server, &experiment["id"]).await[0]["outputs"], json!({"answer": recorded}));
    assert_eq!(experiment["feedback_stats"]["said"]["values"], json!({recorded: 1}));
}

#[tokio::test]
async fn the_same_outputs_may_be_written_in_another_way() {
    let server = Server::start().await;
    let with = |outputs: &str| {
        format!(
            r#"{{"experiment_name":"answers-v7","dataset_name":"support-questions","results":[{{"example_id":"{}","outputs":{outputs}}}]}}"#,
            example(0)
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

#[tokio::test]
async fn a_long_error_is_recorded() {
    let server = Server::start().await;
    let error = "言".repeat(30_000);
    let arguments = json!({"experiment_name": "answers-v7", "dataset_name": "support-questions",
        "results": [{"example_id": example(0), "error": error}]});
    for existing in [0, 1] {
        assert_eq!(server.call("run_experiment", arguments.clone()).await["runs_existing"], existing);
    }
    let experiment = experiments(&server).await[0]["id"].clone();
    assert_eq!(runs(&server, &experiment).await[0]["error"], error);
}

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
        let told = error["error"].as_str().unwrap().contains("answers-v7 is open");
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
async fn repetitions_are_runs_of_their_own() {
    let server = Server::start().await;
    let result = |repetition: u32| json!({"example_id": example(0), "outputs": {}, "repetition": repetition});
    let arguments = |results: Value| json!({"experiment_name": "answers-v7", "dataset_name": "support-questions", "results": results});
    server.call("run_experiment", arguments(json!([result(0), result(1)]))).await;
    server.call("run_experiment", arguments(json!([result(1), result(2)]))).await;
    let experiment = experiments(&server).await[0]["id"].clone();
    assert_eq!(runs(&server, &experiment).await.len(), 3);
}

#[tokio::test]
async fn scores_may_come_later_and_be_replaced() {
    let server = Server::start().await;
    let mut unscored = whole();
    unscored["results"] = json!([{"example_id": example(0), "outputs": {"answer": "a"}}]);
    let report = server.call("run_experiment", unscored).await;
    assert_eq!((&report["scores"], &report["scores_recorded"]), (&json!({}), &json!(0)));
    for (score, mean) in [(json!(0.25), 0.25), (json!(1), 1.0)] {
        let results = json!([{"example_id": example(0), "scores": {"correct": score}}]);
        let arguments = json!({"experiment_name": "answers-v7", "results": results, "close": true});
        let report = server.call("run_experiment", arguments).await;
        assert_eq!((&report["runs_recorded"], &report["scores_recorded"]), (&json!(0), &json!(1)));
        assert_eq!(report["scores"], json!({"correct": {"n": 1, "mean": mean}}));
    }
    let experiment = experiments(&server).await[0]["id"].clone();
    assert_eq!(runs(&server, &experiment).await[0]["outputs"], json!({"answer": "a"}));
    let unrecorded = json!([{"example_id": example(1), "scores": {"correct": 1}}]);
    let arguments = json!({"experiment_name": "answers-v7", "results": unrecorded});
    let error = server.fail("run_experiment", arguments).await;
    assert_eq!(error["kind"], "not_found");
    assert!(error["error"].as_str().unwrap().contains(&example(1)), "{error}");
}

#[tokio::test]
async fn a_run_that_is_not_stored_yet_is_waited_for() {
    let server = Server::start().await;
    inject(&server, (Method::POST, "/feedback"), (FaultKind::Status(404), Some(1)));
    server.call("run_experiment", whole()).await;
    assert_whole(&server).await;
}

#[tokio::test]
async fn an_unknown_example_is_named_and_nothing_is_written() {
    let server = Server::start().await;
    let chats = api(&server, &format!("/examples?dataset={}", sample_id("dataset:chat-transcripts"))).await;
    for unknown in [json!(sample_id("nothing")), chats[0]["id"].clone()] {
        let mut arguments = whole();
        arguments["results"][1]["example_id"] = unknown.clone();
        let error = server.fail("run_experiment", arguments).await;
        assert_eq!(error["kind"], "not_found");
        assert!(error["error"].as_str().unwrap().contains(unknown.as_str().unwrap()), "{error}");
    }
    assert_eq!((experiments(&server).await.len(), writes(&server)), (0, 0));
}

#[tokio::test]
async fn unknown_names_are_not_found() {
    let server = Server::start().await;
    for (arguments, name) in [
        (json!({"experiment_name": "nope", "close": true}), "Experiment nope not found"),
        (json!({"experiment_name": "nope", "dataset_name": "none"}), "Dataset none not found"),
        (json!({"experiment_name": "nope", "dataset_id": sample_id("x")}), "Dataset"),
        (
            json!({"experiment_name": "nope", "dataset_id": sample_id("x"), "results": whole()["results"]}),
            "Dataset",
        ),
    ] {
        let error = server.fail("run_experiment", arguments.clone()).await;
        assert_eq!(error["kind"], "not_found", "{arguments}");
        assert!(error["error"].as_str().unwrap().contains(name), "{error}");
    }
    assert!(experiments(&server).await.is_empty());
}

#[tokio::test]
async fn another_experiment_of_the_same_name_is_left_alone() {
    let server = Server::start().await;
    server.call("run_experiment", whole()).await;
    let before = experiments(&server).await;
    for (change, name) in [
        (json!({"dataset_name": "chat-transcripts", "results": null}), "dataset"),
        (json!({"description": "other"}), "description"),
        (json!({"metadata": {"model": "other"}}), "metadata"),
        (json!({"experiment_name": "support-bot"}), "not an experiment"),
    ] {
        let mut arguments = whole();
        arguments.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let error = server.fail("run_experiment", arguments).await;
        assert_eq!(error["kind"], "invalid");
        assert!(error["error"].as_str().unwrap().contains(name), "{error}");
    }
    assert_eq!(experiments(&server).await, before);
}

#[tokio::test]
async fn odd_values_arrive_as_they_are() {
    let server = Server::start().await;
    let odd = r#"{"answer":"\ud83d\u0000","n":1e400}"#;
    let arguments = format!(
        r#"{{"experiment_name":"odd 😀","dataset_name":"support-questions","results":[{{"example_id":"{}","outputs":{odd},"scores":{{"k":"\u0000\ud800"}}}}]}}"#,
        example(0)
    );
    let result = call_raw(&server, "run_experiment", &arguments).await;
    let sent = server.langsmith().requests();
    let batch = sent.iter().find(|request| request.path.ends_with("/runs/batch")).unwrap();
    assert!(batch.body.contains(odd), "{}", batch.body);
    // The double reads the value of a feedback, and no reader of that kind takes half a surrogate pair.
    assert_eq!(result["structuredContent"]["kind"], "invalid", "{result}");
    let deep = format!(
        r#"{{"experiment_name":"x","results":[{{"example_id":"{}","outputs":{{"a":{}{}}}}}]}}"#,
        example(0),
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let result = call_raw(&server, "run_experiment", &deep).await;
    assert_eq!(result["structuredContent"]["error"], "results[0]: outputs nests deeper than 100 levels.");
}

#[tokio::test]
async fn mistakes_are_named() {
    let with = |results: Value| json!({"experiment_name": "x", "results": results});
    let result = |member: &str, value: Value| {
        let mut result = json!({"example_id": example(0), "outputs": {}});
        result[member] = value;
        with(json!([result]))
    };
    let many: Vec<Value> =
        (0..101).map(|n| json!({"example_id": example(0), "outputs": {}, "repetition": n})).collect();
    let scores: Value =
        (0..20).map(|key| (key.to_string(), json!(1))).collect::<serde_json::Map<_, _>>().into();
    let judged: Vec<Value> =
        (0..26).map(|n| json!({"example_id": example(0), "scores": scores, "repetition": n})).collect();
    assert_named("run_experiment", &[
        (json!({"dataset_name": "x"}), "Missing argument: experiment_name"),
        (json!({"experiment_name": 5}), "experiment_name"),
        (json!({"experiment_name": "n".repeat(2001)}), "experiment_name must be at most 2000"),
        (json!({"experiment_name": "a\u{7}"}), "experiment_name must be without control characters"),
        (json!({"experiment_name": "a\u{0}"}), "experiment_name must be"),
        (json!({"experiment_name": "x", "dataset_name": "a\nb"}), "dataset_name must be without control"),
        (json!({"experiment_name": "x", "dataset_name": "n".repeat(2001)}), "dataset_name must be at most 2000"),
        (json!({"experiment_name": "x", "dataset_id": "y"}), "dataset_id"),
        (json!({"experiment_name": "x", "dataset_id": sample_id("a"), "dataset_name": "b"}), "dataset_name"),
        (json!({"experiment_name": "x", "metadata": [1]}), "metadata"),
        (json!({"experiment_name": "x", "close": 1}), "close"),
        (json!({"experiment_name": "x", "bogus": 1}), "bogus"),
        (with(json!([])), "results"),
        (with(json!({})), "results"),
        (with(json!(many)), "results"),
        (with(json!(judged)), "500 scores"),
        (with(json!([{"outputs": {}}])), "results[0]: Missing argument: example_id"),
        (with(json!([{"example_id": example(0)}])), "Nothing to record"),
        (with(json!([{"example_id": example(0), "outputs": {}}, {"example_id": example(0), "error": "x"}])), "twice"),
        (result("outputs", json!("x")), "outputs"),
        (result("outputs", json!({"x": "y".repeat(900_000)})), "results[0]"),
        (result("error", json!(1)), "error"),
        (result("error", json!("x".repeat(100_001))), "results[0]: error must be at most 100000 bytes"),
        (result("start_time", json!("9999-12-31T23:59:59-05:00")), "start_time"),
        (result("end_time", json!("0000-01-01T00:00:00Z")), "end_time"),
        (result("scores", json!(1)), "scores"),
        (result("scores", json!({"a": [1]})), "scores: a"),
        (result("start_time", json!("soon")), "start_time"),
        (result("repetition", json!(-1)), "repetition"),
        (result("bogus", json!(1)), "bogus"),
    ])
    .await;
}

#[tokio::test]
async fn writing_needs_its_scope() {
    assert_write_scope("run_experiment", &whole()).await;
}

#[tokio::test]
async fn refusals_have_their_kind() {
    for place in [(Method::GET, "/sessions"), (Method::GET, "/datasets"), (Method::GET, "/examples")] {
        assert_failures("run_experiment", &whole(), &place).await;
    }
    assert_failures("run_experiment", &whole(), &(Method::POST, "/sessions")).await;
    assert_failures("run_experiment", &whole(), &(Method::PATCH, "/sessions/")).await;
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
        let server = Server::start().await;
        inject(&server, (Method::POST, "/runs/batch"), (fault, Some(1)));
        let error = server.fail("run_experiment", whole()).await;
        assert_eq!(
            (error["kind"].as_str(), error["retryable"].as_bool()),
            (Some(kind), Some(retryable)),
            "{error}"
        );
        assert_eq!(
            error["error"].as_str().unwrap().contains("answers-v7 is open"),
            kind != "auth",
            "{error}"
        );
        inject(&server, (Method::POST, "/feedback"), (fault, Some(1)));
        // A run that is not found may just not be stored yet.
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
        let server = Server::start().await;
        let team = WorkspaceAccess::One(WorkspaceId::new(TEAM_WORKSPACE.to_string()));
        let fresh = UnauthorizedOutcome::Retry(identity(ADA_KEY, team, ScopeSet::all()));
        server.authenticator.outcomes.lock().unwrap().push_back(fresh);
        inject(&server, place, (FaultKind::Status(401), Some(1)));
        server.call("run_experiment", whole()).await;
        assert_whole(&server).await;
    }
}

#[tokio::test]
async fn the_page_of_an_experiment_is_told_where_it_is_known() {
    let server = Server::self_hosted().await;
    let report = server.call("run_experiment", whole()).await;
    let (dataset, experiment) =
        (sample_id("dataset:support-questions"), report["experiment_id"].as_str().unwrap());
    let page = format!("/o/{TEAM_WORKSPACE}/datasets/{dataset}/compare?selectedSessions={experiment}");
    assert_eq!(report["url"], server.double.url() + &page);
    let report = server.call("create_dataset", json!({"dataset_name": "cities"})).await;
    let page = format!("/o/{TEAM_WORKSPACE}/datasets/{}", report["dataset_id"].as_str().unwrap());
    assert_eq!(report["url"], server.double.url() + &page);
}

#[tokio::test]
async fn the_same_call_made_twice_at_once_records_once() {
    let server = Server::start().await;
    let (one, other) =
        tokio::join!(server.call("run_experiment", whole()), server.call("run_experiment", whole()));
    assert_eq!(one["experiment_id"], other["experiment_id"]);
    assert_whole(&server).await;
}
