//! Annotation queues, feedback configurations, and links for feedback.

use langsmith_double::data::{ADA_KEY, GRACE_KEY, sample_id};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, texts};

const QUEUE: &str = "e3000000-0000-4000-8000-000000000001";

async fn queue(probe: &Probe) -> String {
    let items = json!([{"feedback_key": "correct"}]);
    let body = json!({"id": QUEUE, "name": "to check", "rubric_instructions": "Look", "rubric_items": items});
    let new = ok(probe.write(Method::POST, "/annotation-queues", &body)).await;
    assert_eq!((&new["id"], &new["rubric_instructions"]), (&json!(QUEUE), &Value::Null));
    format!("/annotation-queues/{QUEUE}")
}

#[tokio::test]
async fn a_queue_is_made_found_changed_and_deleted() {
    let probe = Probe::start().await;
    let path = queue(&probe).await;
    let again = json!({"id": QUEUE, "name": "other"});
    answer(probe.write(Method::POST, "/annotation-queues", &again), StatusCode::CONFLICT).await;
    answer(
        probe.write(Method::POST, "/annotation-queues", &json!({"name": " "})),
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let read = probe.json(&path).await;
    assert_eq!(
        (&read["rubric_instructions"], &read["rubric_items"][0]["feedback_key"]),
        (&json!("Look"), &json!("correct"))
    );
    for (query, found) in
        [("name=to%20check", 1), ("name_contains=CHECK", 1), ("name=check", 0), (&format!("ids={QUEUE}"), 1)]
    {
        let listed = probe.json(&format!("/annotation-queues?{query}")).await;
        assert_eq!(listed.as_array().map(Vec::len), Some(found), "{query}");
    }
    ok(probe.write(
        Method::PATCH,
        &path,
        &json!({"name": "renamed", "description": "d", "rubric_items": null}),
    ))
    .await;
    let read = probe.json(&path).await;
    assert_eq!(
        (&read["name"], &read["description"], &read["rubric_items"][0]["feedback_key"]),
        (&json!("renamed"), &json!("d"), &json!("correct"))
    );
    let as_reader = probe.http.delete(probe.url(&path)).header("X-API-Key", GRACE_KEY);
    answer(as_reader, StatusCode::FORBIDDEN).await;
    ok(probe.write(Method::DELETE, &path, &json!({}))).await;
    assert_eq!(probe.status(&path, ADA_KEY).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn runs_stand_in_a_queue() {
    let probe = Probe::start().await;
    let path = queue(&probe).await;
    let (one, two) = (sample_id("run:support-bot:0:0"), sample_id("run:support-bot:1:0"));
    let project = sample_id("project:support-bot");
    let entries = ok(probe.write(Method::POST, &format!("{path}/runs"), &json!([one]))).await;
    assert_eq!(entries[0]["run_id"], json!(one));
    let keys = json!([{"run_id": two, "session_id": project, "start_time": "2026-01-01T00:00:00Z"}, {"run_id": one}]);
    ok(probe.write(Method::POST, &format!("{path}/runs/by-key"), &keys)).await;
    let unknown = json!([sample_id("nothing")]);
    answer(probe.write(Method::POST, &format!("{path}/runs"), &unknown), StatusCode::NOT_FOUND).await;
    let listed = probe.json(&format!("{path}/runs")).await;
    assert_eq!(texts(&listed, "id"), [one.to_string(), two.to_string()]);
    assert_eq!(probe.json(&format!("{path}/run/1")).await, listed[1]);
    assert_eq!(probe.status(&format!("{path}/run/2"), ADA_KEY).await, StatusCode::NOT_FOUND);
    let entry = format!("{path}/runs/{}", entries[0]["id"].as_str().expect("an id"));
    ok(probe.write(Method::PATCH, &entry, &json!({"last_reviewed_time": "2026-11-21T10:00:00Z"}))).await;
    for (status, size) in [("completed", 1), ("needs_my_review", 1), ("needs_others_review", 0)] {
        let counted = probe.json(&format!("{path}/size?status={status}")).await;
        let found = probe.json(&format!("{path}/runs?status={status}")).await;
        assert_eq!(
            (&counted["size"], found.as_array().map(Vec::len)),
            (&json!(size), Some(size)),
            "{status}"
        );
    }
    assert_eq!(texts(&probe.json(&format!("/annotation-queues/{one}/queues")).await, "id"), [QUEUE]);
    ok(probe.write(Method::DELETE, &format!("{path}/runs/{one}"), &json!({}))).await;
    assert_eq!(texts(&probe.json(&format!("{path}/runs")).await, "id"), [two.to_string()]);
}

#[tokio::test]
async fn a_key_has_one_meaning() {
    let probe = Probe::start().await;
    let path = "/feedback-configs";
    let range = json!({"type": "continuous", "min": 0, "max": 5});
    let topics = json!({"type": "categorical", "categories": [{"value": 0, "label": "a"}, {"value": 1, "label": "b"}]});
    let create = |config: &Value| {
        probe.write(Method::POST, path, &json!({"feedback_key": "k", "feedback_config": config}))
    };
    let new = ok(create(&range)).await;
    assert_eq!(ok(create(&range)).await, new);
    let refused = answer(create(&topics), StatusCode::BAD_REQUEST).await;
    assert_eq!(refused["detail"], "Feedback config already exists");
    answer(create(&json!({"type": "mood"})), StatusCode::UNPROCESSABLE_ENTITY).await;
    let change = |body: Value| probe.write(Method::PATCH, path, &body);
    let changed =
        ok(change(json!({"feedback_key": "k", "feedback_config": topics, "is_lower_score_better": true})))
            .await;
    assert_eq!((&changed["feedback_config"], &changed["is_lower_score_better"]), (&topics, &json!(true)));
    let added =
        ok(change(json!({"feedback_key": "k", "add_categories": [{"value": 2, "label": "c"}]}))).await;
    assert_eq!(texts(&added["feedback_config"]["categories"], "label"), ["a", "b", "c"]);
    for wrong in
        [json!({"add_categories": [{"value": 2, "label": "d"}]}), json!({"remove_categories": [0, 1]})]
    {
        let mut body = wrong;
        body["feedback_key"] = json!("k");
        answer(change(body), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    answer(change(json!({"feedback_key": "other"})), StatusCode::NOT_FOUND).await;
    assert_eq!(texts(&probe.json("/feedback-configs?key=k").await, "feedback_key"), ["k"]);
    assert_eq!(probe.json("/feedback-configs?name_contains=z").await, json!([]));
    let gone = probe.write(Method::DELETE, "/feedback-configs?feedback_key=k", &json!({}));
    assert_eq!(gone.send().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    ok(create(&range)).await;
}

#[tokio::test]
async fn a_link_takes_feedback_without_a_key() {
    let probe = Probe::start().await;
    let run = sample_id("run:support-bot:0:0");
    let body =
        json!({"run_id": run, "feedback_key": "thumbs", "expires_in": {"days": 0, "hours": 1, "minutes": 0}});
    let many = ok(probe.write(Method::POST, "/feedback/tokens", &json!([body, body]))).await;
    let listed = probe.json(&format!("/feedback/tokens?run_id={run}")).await;
    assert_eq!(texts(&listed, "id"), texts(&many, "id"));
    let url = |at: usize| many[at]["url"].as_str().expect("a link").to_owned();
    ok(probe.http.post(url(0)).json(&json!({"score": 1, "comment": "good"}))).await;
    ok(probe.http.get(format!("{}?score=0&comment=bad", url(1)))).await;
    let mut left: Vec<String> =
        texts(&probe.json(&format!("/feedback?run={run}&key=thumbs")).await, "comment");
    left.sort();
    assert_eq!(left, ["bad", "good"]);
    let past = json!({"run_id": run, "feedback_key": "thumbs", "expires_at": "2020-01-01T00:00:00Z"});
    let past = ok(probe.write(Method::POST, "/feedback/tokens", &past)).await;
    let expired = probe.http.post(past["url"].as_str().expect("a link")).json(&json!({"score": 1}));
    answer(expired, StatusCode::NOT_FOUND).await;
}
