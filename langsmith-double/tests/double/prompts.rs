//! Prompts and their commits: writing, reading, and access.

use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY, LIMITED_KEY};
use langsmith_double::{Fault, FaultKind};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send, texts};

fn write(probe: &Probe, method: Method, path: &str, key: &str, body: &Value) -> RequestBuilder {
    probe.http.request(method, probe.url(path)).header("X-API-Key", key).json(body)
}

fn manifest(template: &str) -> Value {
    let id = ["langchain", "prompts", "prompt", "PromptTemplate"];
    json!({"lc": 1, "type": "constructor", "id": id, "kwargs": {"template": template, "input_variables": []}})
}

/// A commit by Ada.
fn commit(probe: &Probe, handle: &str, template: &str, parent: &Value) -> RequestBuilder {
    let body = json!({"manifest": manifest(template), "parent_commit": parent});
    write(probe, Method::POST, &format!("/commits/-/{handle}"), ADA_KEY, &body)
}

async fn created(probe: &Probe, handle: &str) -> Value {
    let body = json!({"repo_handle": handle, "is_public": false, "description": "one", "tags": ["a"]});
    ok(write(probe, Method::POST, "/api/v1/repos", ADA_KEY, &body)).await["repo"].clone()
}

#[tokio::test]
async fn a_new_prompt_is_listed_and_read() {
    let probe = Probe::start().await;
    let repo = created(&probe, "fresh").await;
    assert_eq!((&repo["num_commits"], &repo["last_commit_hash"]), (&json!(0), &Value::Null));
    assert_eq!((&repo["owner"], &repo["full_name"]), (&Value::Null, &json!("fresh")));
    for path in ["/repos/-/fresh", "/api/v1/repos/sample-team/fresh"] {
        assert_eq!(probe.json(path).await["repo"], repo, "{path}");
    }
    let newest = probe.json("/repos?limit=1&is_public=false").await;
    assert_eq!(newest["repos"][0], repo);
    assert_eq!(probe.status("/commits/-/fresh/latest", ADA_KEY).await, StatusCode::NOT_FOUND);
    let again = json!({"repo_handle": "fresh", "is_public": false});
    answer(write(&probe, Method::POST, "/repos/", ADA_KEY, &again), StatusCode::CONFLICT).await;
    for bad in [json!({"repo_handle": "x"}), json!({"repo_handle": "a/b", "is_public": false}), json!([])] {
        let refused = write(&probe, Method::POST, "/repos", ADA_KEY, &bad);
        answer(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
}

#[tokio::test]
async fn commits_follow_each_other() {
    let probe = Probe::start().await;
    created(&probe, "fresh").await;
    let first = answer(commit(&probe, "fresh", "one", &Value::Null), StatusCode::CREATED).await;
    let first = first["commit"]["commit_hash"].clone();
    let second = answer(commit(&probe, "fresh", "two", &first), StatusCode::CREATED).await["commit"].clone();
    assert_eq!(second["parent_commit_hash"], first);
    let listed = probe.json("/commits/-/fresh?limit=1").await;
    assert_eq!((&listed["total"], &listed["commits"][0]), (&json!(2), &second));
    let repo = &probe.json("/repos/-/fresh").await["repo"];
    assert_eq!((&repo["num_commits"], &repo["last_commit_hash"]), (&json!(2), &second["commit_hash"]));
    let read = probe.json("/commits/-/fresh/latest").await;
    assert_eq!((&read["commit_hash"], &read["manifest"]), (&second["commit_hash"], &manifest("two")));
    for (template, parent) in [("three", &first), ("three", &Value::Null), ("two", &second["commit_hash"])] {
        let refused = answer(commit(&probe, "fresh", template, parent), StatusCode::CONFLICT).await;
        assert_eq!(
            refused["error"].as_str().is_some_and(|text| text.starts_with("Nothing")),
            template == "two"
        );
    }
    let nothing = json!({"manifest": {"hi": 1}});
    let refused = write(&probe, Method::POST, "/commits/-/fresh", ADA_KEY, &nothing);
    assert_eq!(answer(refused, StatusCode::BAD_REQUEST).await["error"], "Manifest must have an id field");
    answer(commit(&probe, "nowhere", "x", &Value::Null), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_commit_is_found_by_hash_and_tag() {
    let probe = Probe::start().await;
    let listed = probe.json("/commits/-/support-agent/").await;
    let hashes = texts(&listed["commits"], "commit_hash");
    assert_eq!(hashes.len(), 2);
    let hash = async |name: &str| {
        probe.json(&format!("/commits/-/support-agent/{name}")).await["commit_hash"].clone()
    };
    assert_eq!(hash("latest").await, hashes[0]);
    assert_eq!((hash("production").await, hash("v1").await), (json!(hashes[1]), json!(hashes[1])));
    assert_eq!((hash(&hashes[1][..8]).await, hash(&hashes[0]).await), (json!(hashes[1]), json!(hashes[0])));
    for unknown in [&hashes[0][..7], "staging", "00000000"] {
        let path = format!("/commits/-/support-agent/{unknown}");
        assert_eq!(probe.status(&path, ADA_KEY).await, StatusCode::NOT_FOUND, "{unknown}");
    }
    let tagged = probe.json("/commits/-/support-agent?tag=v1").await;
    assert_eq!(texts(&tagged["commits"], "commit_hash"), [hashes[1].as_str()]);
}

#[tokio::test]
async fn the_model_comes_only_when_asked_for() {
    let probe = Probe::start().await;
    let plain = probe.json("/commits/-/triage-ticket/latest").await;
    assert_eq!(plain["manifest"]["name"], "ChatPromptTemplate");
    assert!(plain.get("model_config").is_none());
    for query in ["include_model=true", "include=is_draft,model"] {
        let full = probe.json(&format!("/commits/-/triage-ticket/latest?{query}")).await;
        assert_eq!(full["manifest"]["name"], "RunnableSequence");
        assert_eq!(full["manifest"]["kwargs"]["first"], plain["manifest"]);
        assert_eq!(
            (&full["model_provider"], &full["model_config"]["model_name"]),
            (&json!("openai"), &json!("gpt-4o-mini"))
        );
    }
    let none = probe.json("/commits/-/support-agent/latest?include_model=true").await;
    assert_eq!((&none["model_config"], &none["model_provider"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn details_change_one_by_one() {
    let probe = Probe::start().await;
    created(&probe, "fresh").await;
    let patch = |body: &Value| write(&probe, Method::PATCH, "/api/v1/repos/-/fresh", ADA_KEY, body);
    let repo = ok(patch(&json!({"description": "two", "tags": null}))).await["repo"].clone();
    assert_eq!((&repo["description"], &repo["tags"]), (&json!("two"), &json!(["a"])));
    let repo = ok(patch(&json!({"is_public": true}))).await["repo"].clone();
    assert_eq!((&repo["full_name"], &repo["description"]), (&json!("sample-team/fresh"), &json!("two")));
    assert_eq!(probe.json("/repos?is_public=true&query=fresh").await["repos"][0], repo);
    answer(patch(&json!({"colour": 1})), StatusCode::UNPROCESSABLE_ENTITY).await;
    ok(patch(&json!({"is_public": false, "is_archived": true}))).await;
    assert_eq!(probe.json("/repos?is_archived=true&query=fresh").await["total"], 1);
}

#[tokio::test]
async fn a_workspace_without_a_handle_publishes_nothing() {
    let probe = Probe::start().await;
    let body = json!({"repo_handle": "mine", "is_public": true});
    let request = write(&probe, Method::POST, "/repos", ADA_KEY, &body);
    let refused = request.header("X-Tenant-Id", ADA_WORKSPACE.to_string());
    answer(refused, StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn the_workspace_of_a_call_has_a_name_and_perhaps_a_handle() {
    let probe = Probe::start().await;
    assert_eq!(probe.json("/api/v1/settings").await["tenant_handle"], "sample-team");
    let own = ok(probe.get("/settings", ADA_KEY).header("X-Tenant-Id", ADA_WORKSPACE.to_string())).await;
    assert_eq!((&own["id"], &own["tenant_handle"]), (&json!(ADA_WORKSPACE), &Value::Null));
    assert_eq!(send(probe.http.get(probe.url("/settings"))).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn prompts_are_kept_apart() {
    let probe = Probe::start().await;
    for path in ["/repos/-/diary-helper", "/commits/-/diary-helper/latest", "/commits/-/rag-answer"] {
        assert_eq!(probe.status(path, ADA_KEY).await, StatusCode::NOT_FOUND, "{path}");
    }
    for key in [ADA_KEY, GRACE_KEY] {
        assert_eq!(ok(probe.get("/commits/community/rag-answer/latest", key)).await["is_draft"], false);
    }
    let foreign = write(&probe, Method::PATCH, "/repos/community/rag-answer", ADA_KEY, &json!({}));
    answer(foreign, StatusCode::FORBIDDEN).await;
    for (method, path) in [
        (Method::POST, "/repos"),
        (Method::PATCH, "/repos/-/support-agent"),
        (Method::POST, "/commits/-/support-agent"),
    ] {
        let refused = write(&probe, method, path, GRACE_KEY, &json!({}));
        answer(refused, StatusCode::FORBIDDEN).await;
    }
    for path in ["/repos/-/support-agent", "/commits/-/support-agent", "/commits/-/support-agent/latest"] {
        assert_eq!(probe.status(path, LIMITED_KEY).await, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(send(probe.http.get(probe.url(path))).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_its_work_behind() {
    let probe = Probe::start().await;
    let fault = |path: &str, kind| Fault {
        method: Some(Method::POST),
        path_contains: path.to_owned(),
        kind,
        times: Some(1),
    };
    let request = || {
        let body = json!({"repo_handle": "fresh", "is_public": false});
        write(&probe, Method::POST, "/repos", ADA_KEY, &body)
    };
    probe.double.handle().inject(fault("/repos", FaultKind::Drop));
    assert!(request().send().await.is_err());
    assert_eq!(probe.status("/repos/-/fresh", ADA_KEY).await, StatusCode::NOT_FOUND);
    probe.double.handle().inject(fault("/repos", FaultKind::AnswerLost));
    assert!(request().send().await.is_err());
    assert_eq!(probe.status("/repos/-/fresh", ADA_KEY).await, StatusCode::OK);
    answer(request(), StatusCode::CONFLICT).await;
}
