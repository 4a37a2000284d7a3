//! Projects, runs and feedback created by requests.

use langsmith_double::data::{ADA_KEY, GRACE_KEY, LIMITED_KEY, sample_id};
use langsmith_double::{Fault, FaultKind};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok};

const EXPERIMENT: &str = "e0000000-0000-4000-8000-000000000001";
const RUN: &str = "e0000000-0000-4000-8000-000000000002";
const MARK: &str = "e0000000-0000-4000-8000-000000000003";

fn write(probe: &Probe, (method, path): (Method, &str), body: &Value) -> RequestBuilder {
    probe.http.request(method, probe.url(path)).header("X-API-Key", ADA_KEY).json(body)
}

fn post(probe: &Probe, path: &str, body: &Value) -> RequestBuilder {
    write(probe, (Method::POST, path), body)
}

fn experiment() -> Value {
    let dataset = sample_id("dataset:support-questions");
    json!({"id": EXPERIMENT, "name": "new-experiment", "reference_dataset_id": dataset,
        "start_time": "2026-11-21T10:00:00Z", "description": "d", "extra": {"metadata": {"model": "m"}}})
}

fn run() -> Value {
    json!({"id": RUN, "trace_id": RUN, "dotted_order": format!("20261121T100001000000Z{RUN}"), "name": "target",
        "run_type": "chain", "session_id": EXPERIMENT, "start_time": "2026-11-21T10:00:01Z",
        "end_time": "2026-11-21T10:00:03Z", "inputs": {"question": "q"}, "outputs": {"answer": "\u{0}深"},
        "reference_example_id": sample_id("example:support-questions:0"), "extra": {"metadata": {"release": "x"}}})
}

fn mark(score: &Value) -> Value {
    json!({"id": MARK, "run_id": RUN, "trace_id": RUN, "session_id": EXPERIMENT, "key": "quality", "score": score})
}

async fn filled() -> Probe {
    let probe = Probe::start().await;
    ok(post(&probe, "/sessions", &experiment())).await;
    answer(post(&probe, "/runs/batch", &json!({"post": [run()]})), StatusCode::ACCEPTED).await;
    ok(post(&probe, "/feedback", &mark(&json!(0.5)))).await;
    probe
}

#[tokio::test]
async fn what_is_written_is_read_back() {
    let probe = filled().await;
    let dataset = sample_id("dataset:support-questions");
    let listed = format!("/sessions?reference_dataset={dataset}&include_stats=true&name=new-experiment");
    let listed = probe.json(&listed).await;
    let read = probe.json(&format!("/api/v1/sessions/{EXPERIMENT}?include_stats=true")).await;
    assert_eq!(listed, json!([read]));
    assert_eq!(
        (&read["run_count"], &read["latency_p50"], &read["test_run_number"]),
        (&json!(1), &json!(2.0), &json!(3))
    );
    assert_eq!(read["feedback_stats"], json!({"quality": {"n": 1, "avg": 0.5, "values": {}}}));
    assert_eq!((&read["description"], &read["extra"]["metadata"]["model"]), (&json!("d"), &json!("m")));
    let query = json!({"session": [EXPERIMENT], "filter": "and(eq(metadata_key, \"release\"), gt(feedback_score, 0.4))"});
    let runs = ok(probe.query(ADA_KEY, &query)).await;
    let found = &runs["runs"][0];
    for (field, expected) in
        [("outputs", &run()["outputs"]), ("inputs", &run()["inputs"]), ("status", &json!("success"))]
    {
        assert_eq!(&found[field], expected, "{field}");
    }
    assert_eq!(found["reference_example_id"], run()["reference_example_id"]);
    let feedback = probe.json(&format!("/feedback?run={RUN}")).await;
    assert_eq!(feedback, json!([probe.json(&format!("/feedback/{MARK}")).await]));
}

#[tokio::test]
async fn ids_and_names_are_taken_once() {
    let probe = filled().await;
    let other_name = json!({"id": EXPERIMENT, "name": "other"});
    for body in [experiment(), other_name, json!({"name": "support-bot"})] {
        answer(post(&probe, "/sessions", &body), StatusCode::CONFLICT).await;
    }
    let mut fresh = run();
    fresh["id"] = json!("e0000000-0000-4000-8000-00000000000f");
    fresh["trace_id"] = fresh["id"].clone();
    fresh["dotted_order"] = json!(format!("20261121T100001000000Z{}", fresh["id"].as_str().expect("an id")));
    let refused =
        answer(post(&probe, "/runs/batch", &json!({"post": [fresh, run()]})), StatusCode::CONFLICT).await;
    assert!(refused["error"].is_string());
    answer(post(&probe, "/runs", &run()), StatusCode::CONFLICT).await;
    let runs = ok(probe.query(ADA_KEY, &json!({"session": [EXPERIMENT]}))).await;
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(1), "a refused batch leaves nothing");
    answer(post(&probe, "/runs", &fresh), StatusCode::ACCEPTED).await;
}

#[tokio::test]
async fn feedback_with_the_same_id_replaces() {
    let probe = filled().await;
    ok(post(&probe, "/feedback", &mark(&json!(true)))).await;
    let read = async |id: &str| {
        probe.json(&format!("/sessions/{id}?include_stats=true")).await["feedback_stats"].clone()
    };
    assert_eq!(read(EXPERIMENT).await["quality"], json!({"n": 1, "avg": 1.0, "values": {}}));
    let label = json!({"run_id": RUN, "key": "tone", "value": "kind"});
    for _ in 0..2 {
        ok(post(&probe, "/feedback", &label)).await;
    }
    let stats = read(EXPERIMENT).await;
    assert_eq!(
        stats["tone"],
        json!({"n": 2, "avg": null, "values": {"kind": 2}}),
        "without an id each is another"
    );
}

#[tokio::test]
async fn projects_and_runs_can_be_completed() {
    let probe = Probe::start().await;
    ok(post(&probe, "/sessions", &experiment())).await;
    let mut pending = run();
    for field in ["end_time", "outputs"] {
        pending.as_object_mut().expect("a run").remove(field);
    }
    answer(post(&probe, "/runs", &pending), StatusCode::ACCEPTED).await;
    let query = json!({"session": [EXPERIMENT]});
    assert_eq!(ok(probe.query(ADA_KEY, &query)).await["runs"][0]["status"], "pending");
    let patch = json!({"end_time": "2026-11-21T10:00:02Z", "error": "boom", "outputs": {"a": 1}});
    answer(write(&probe, (Method::PATCH, &format!("/runs/{RUN}")), &patch), StatusCode::ACCEPTED).await;
    let run = &ok(probe.query(ADA_KEY, &query)).await["runs"][0];
    assert_eq!(
        (&run["status"], &run["outputs"]["a"], &run["error"]),
        (&json!("error"), &json!(1), &json!("boom"))
    );
    let close = json!({"end_time": "2026-11-21T11:00:00Z"});
    let closed = ok(write(&probe, (Method::PATCH, &format!("/sessions/{EXPERIMENT}")), &close)).await;
    assert_eq!(
        (&closed["end_time"], &closed["description"]),
        (&json!("2026-11-21T11:00:00.000000"), &json!("d"))
    );
    let sample = sample_id("project:support-bot");
    ok(write(&probe, (Method::PATCH, &format!("/sessions/{sample}")), &json!({"description": "new"}))).await;
    let read = probe.json(&format!("/sessions/{sample}?include_stats=true")).await;
    assert_eq!((&read["description"], &read["run_count"]), (&json!("new"), &json!(20)));
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let probe = filled().await;
    let foreign = json!({"name": "x", "reference_dataset_id": sample_id("nothing")});
    answer(post(&probe, "/sessions", &foreign), StatusCode::NOT_FOUND).await;
    let with = |mut run: Value, field: &str, value: Value| {
        run["id"] = json!("e0000000-0000-4000-8000-00000000000e");
        run["trace_id"] = run["id"].clone();
        run["dotted_order"] = json!("20261121T100001000000Ze0000000-0000-4000-8000-00000000000e");
        run[field] = value;
        json!({"post": [run]})
    };
    for (field, value, status) in [
        ("dotted_order", json!("20261121T100001000000Zother"), 422),
        ("trace_id", json!(RUN), 422),
        ("run_type", json!("robot"), 422),
        ("start_time", json!("soon"), 422),
        ("outputs", json!("text"), 422),
        ("session_id", json!(sample_id("nothing")), 404),
    ] {
        let status = StatusCode::from_u16(status).expect("a status");
        answer(post(&probe, "/runs/batch", &with(run(), field, value)), status).await;
    }
    for (field, value, status) in [
        ("run_id", json!(sample_id("nothing")), 404),
        ("session_id", json!(sample_id("project:support-bot")), 422),
        ("score", json!("good"), 422),
        ("key", json!("k".repeat(181)), 422),
    ] {
        let mut body = mark(&json!(1));
        body[field] = value;
        answer(post(&probe, "/feedback", &body), StatusCode::from_u16(status).expect("a status")).await;
    }
}

#[tokio::test]
async fn readers_write_nothing() {
    let probe = filled().await;
    let id = sample_id("a reader's run").to_string();
    let mut new = run();
    for member in ["id", "trace_id"] {
        new[member] = json!(id);
    }
    new["dotted_order"] = json!(format!("20261121T100001000000Z{id}"));
    for key in [GRACE_KEY, LIMITED_KEY] {
        for (path, body) in
            [("/sessions", experiment()), ("/runs", new.clone()), ("/feedback", mark(&json!(1)))]
        {
            let request = probe.http.post(probe.url(path)).header("X-API-Key", key).json(&body);
            answer(request, StatusCode::FORBIDDEN).await;
        }
    }
    assert_eq!(ok(post(&probe, "/runs/query", &json!({"id": [id]}))).await["runs"], json!([]));
}

#[tokio::test]
async fn a_batch_may_be_refused_and_stored_in_part() {
    let probe = filled().await;
    let fault = Fault {
        method: Some(Method::POST),
        path_contains: "/batch".to_owned(),
        kind: FaultKind::PartlyStored,
        times: Some(1),
    };
    let other = sample_id("another run").to_string();
    let mut new = run();
    for member in ["id", "trace_id"] {
        new[member] = json!(other);
    }
    new["dotted_order"] = json!(format!("20261121T100001000000Z{other}"));
    let both = json!({"post": [run(), new]});
    let read = || post(&probe, "/runs/query", &json!({"id": [other]}));
    let refused = answer(post(&probe, "/runs/batch", &both), StatusCode::CONFLICT).await;
    assert!(refused["error"].as_str().is_some_and(|text| text.contains(RUN) && !text.contains(&other)));
    assert_eq!(ok(read()).await["runs"], json!([]), "all or nothing");
    probe.double.handle().inject(fault);
    let refused = answer(post(&probe, "/runs/batch", &both), StatusCode::CONFLICT).await;
    assert!(refused["error"].as_str().is_some_and(|text| text.contains(RUN) && !text.contains(&other)));
    assert_eq!(ok(read()).await["runs"][0]["id"], other);
}
