//! `push_prompt` while LangSmith refuses, loses answers, or accepts a concurrent push.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use langsmith::body::{MAX_BODY, read_bounded};
use langsmith::http_client;
use langsmith_double::FaultKind;
use langsmith_double::data::{ADA_KEY, TEAM_WORKSPACE};
use mcp::auth::{UnauthorizedOutcome, WorkspaceAccess};
use oauth::scope::ScopeSet;
use primitives::ids::WorkspaceId;
use serde_json::{Value, json};

use crate::deployment::Need;
use crate::prompts::push_prompt::{chat, commits};
use crate::support::{Server, identity};
use crate::writes::{api, ask, given_tags, inject, written};

/// Adds a commit behind the server's back.
async fn commit_elsewhere(server: &Server, name: &str, parent: &Value) -> Value {
    let id = ["langchain", "prompts", "prompt", "PromptTemplate"];
    let manifest = json!({"lc": 1, "type": "constructor", "id": id, "kwargs": {"template": "elsewhere"}});
    let body = json!({"manifest": manifest, "parent_commit": parent}).to_string();
    let request = http_client(None).unwrap().post(format!("{}/commits/-/{name}", server.api()));
    let response = request.header("x-api-key", ADA_KEY).body(body).send().await.unwrap();
    let answer: Value = serde_json::from_slice(&read_bounded(response, MAX_BODY).await.unwrap()).unwrap();
    answer["commit"]["commit_hash"].clone()
}

fn refuse(server: &Server, method: Method, path: &str) {
    inject(server, (method, path), (FaultKind::Status(403), None));
}

const DENIED: &str = "LangSmith denies access: the credential lacks the permission for this, or for this \
                      workspace.";

#[tokio::test]
async fn a_refused_commit_leaves_an_existing_prompt_as_it_was() {
    let server = Server::needing(&[Need::OnePlace]).await;
    server
        .call("push_prompt", json!({"prompt_name": "fresh", "template": "old", "description": "OLD"}))
        .await;
    let before = api(&server, "/repos/-/fresh").await;
    refuse(&server, Method::POST, "/commits/");
    let push = json!({"prompt_name": "fresh", "template": "new", "description": "NEW", "tags": ["t"], "is_public": true});
    let error = server.fail("push_prompt", push.clone()).await;
    assert_eq!((&error["error"], &error["kind"]), (&json!(DENIED), &json!("forbidden")));
    assert_eq!(api(&server, "/repos/-/fresh").await, before);
    server.langsmith().clear_faults();
    let pushed = server.call("push_prompt", push).await;
    assert_eq!(pushed["updated"], json!(["description", "tags", "is_public"]));
}

#[tokio::test]
async fn a_failure_tells_what_was_written_before() {
    let server = Server::needing(&[Need::OnePlace]).await;
    server.call("push_prompt", json!({"prompt_name": "fresh", "template": "old", "is_public": true})).await;
    refuse(&server, Method::POST, "/commits/");
    let error = server
        .fail("push_prompt", json!({"prompt_name": "fresh", "template": "new", "is_public": false}))
        .await;
    assert_eq!(error["error"], format!("{DENIED} Done before that: the prompt was made private."));
    let error =
        server.fail("push_prompt", json!({"prompt_name": "other", "template": "x", "is_public": true})).await;
    assert_eq!(
        error["error"],
        format!("{DENIED} Done before that: the prompt was created, private and empty.")
    );
    assert_eq!(api(&server, "/repos/-/other").await["repo"]["is_public"], false);

    server.langsmith().clear_faults();
    refuse(&server, Method::PATCH, "/repos/");
    let push = json!({"prompt_name": "other", "template": "x", "description": "d", "is_public": true});
    let error = server.fail("push_prompt", push.clone()).await;
    let newest = api(&server, "/repos/-/other").await["repo"]["last_commit_hash"].clone();
    let done = format!("{DENIED} Done before that: commit {} was added.", newest.as_str().unwrap());
    assert_eq!((&error["error"], &error["kind"]), (&json!(done), &json!("forbidden")));
    server.langsmith().clear_faults();
    let pushed = server.call("push_prompt", push).await;
    assert_eq!(
        (&pushed["status"], &pushed["updated"]),
        (&json!("unchanged"), &json!(["description", "is_public"]))
    );
}

#[tokio::test]
async fn a_refused_credential_tells_what_was_written_before() {
    let push = json!({"prompt_name": "fresh", "template": "x"});
    let done = "Done before that: the prompt was created, private and empty.";
    // The credential is not refreshed; it is, and refused, too; it is, and may not commit.
    for (refreshed, fault, kind) in [
        (false, FaultKind::Status(401), "auth"),
        (true, FaultKind::Status(401), "auth"),
        (true, FaultKind::Status(403), "forbidden"),
    ] {
        let server = Server::needing(&[Need::OnePlace]).await;
        if refreshed {
            let team = WorkspaceAccess::One(WorkspaceId::new(TEAM_WORKSPACE.to_string()));
            let fresh = UnauthorizedOutcome::Retry(identity(ADA_KEY, team, ScopeSet::all()));
            server.authenticator.outcomes.lock().unwrap().push_back(fresh);
        }
        inject(&server, (Method::POST, "/commits/"), (FaultKind::Status(401), Some(1)));
        inject(&server, (Method::POST, "/commits/"), (fault, None));
        let error = server.fail("push_prompt", push.clone()).await;
        assert_eq!(error["kind"], kind);
        assert!(error["error"].as_str().unwrap().ends_with(done), "{error}");
    }
}

#[tokio::test]
async fn a_prompt_that_somebody_else_creates_meanwhile_is_committed_to() {
    let server = Arc::new(Server::start().await);
    inject(&server, (Method::POST, "/repos"), (FaultKind::Slow(Duration::from_millis(500)), Some(1)));
    let call = {
        let server = Arc::clone(&server);
        let push = json!({"prompt_name": "fresh", "template": "one", "description": "ours", "tags": ["t"]});
        tokio::spawn(async move { server.call("push_prompt", push).await })
    };
    while written(&server).is_empty() {
        tokio::task::yield_now().await;
    }
    let theirs = json!({"repo_handle": "fresh", "is_public": false, "description": "theirs", "tags": ["t"]});
    ask(&server, (Method::POST, "/repos"), theirs.to_string()).await;
    let pushed = call.await.unwrap();
    assert_eq!((&pushed["status"], &pushed["updated"]), (&json!("committed"), &json!(["description"])));
    assert_eq!(api(&server, "/repos/-/fresh").await["repo"]["description"], "ours");
}

/// All writes of a push, and whether the prompt must exist already.
const WRITES: [(Method, &str, bool); 3] =
    [(Method::POST, "/repos", false), (Method::POST, "/commits/", false), (Method::PATCH, "/repos/", true)];

#[tokio::test]
async fn one_lost_answer_is_not_noticed() {
    for (method, path, existing) in WRITES {
        let server = Server::start().await;
        if existing {
            server.call("push_prompt", json!({"prompt_name": "fresh", "template": "old"})).await;
        }
        inject(&server, (method, path), (FaultKind::AnswerLost, Some(1)));
        let push = json!({"prompt_name": "fresh", "template": "new {a}", "description": "d", "tags": ["t"]});
        let pushed = server.call("push_prompt", push.clone()).await;
        assert_eq!(pushed["status"], if existing { "committed" } else { "created" }, "{path}");
        assert_is_pushed(&server, &pushed["commit_hash"], 1 + u64::from(existing)).await;
        assert_eq!(server.call("push_prompt", push).await["status"], "unchanged");
        assert_eq!(commits(&server, "fresh").await, 1 + u64::from(existing));
    }
}

#[tokio::test]
async fn a_push_whose_answers_are_all_lost_can_be_repeated() {
    for (method, path, existing) in WRITES {
        let server = Server::start().await;
        if existing {
            server.call("push_prompt", json!({"prompt_name": "fresh", "template": "old"})).await;
        }
        inject(&server, (method, path), (FaultKind::AnswerLost, Some(3)));
        let push = json!({"prompt_name": "fresh", "template": "new {a}", "description": "d", "tags": ["t"]});
        let error = server.fail("push_prompt", push.clone()).await;
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)), "{path}");
        let repeated = server.call("push_prompt", push).await;
        // The commit of an existing prompt is stored already; a new prompt has none yet.
        assert_eq!(repeated["status"], if path == "/repos" { "committed" } else { "unchanged" }, "{path}");
        assert_is_pushed(&server, &repeated["commit_hash"], 1 + u64::from(existing)).await;
    }
}

async fn assert_is_pushed(server: &Server, hash: &Value, number: u64) {
    assert_eq!(commits(server, "fresh").await, number);
    let repo = api(server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!(
        (&repo["description"], given_tags(&repo), &repo["is_public"]),
        (&json!("d"), vec!["t"], &json!(false))
    );
    let newest = api(server, "/commits/-/fresh/latest").await;
    assert_eq!(
        (&newest["commit_hash"], &newest["manifest"]["kwargs"]["template"]),
        (hash, &json!("new {a}"))
    );
}

#[tokio::test]
async fn pushes_at_once_make_one_commit() {
    let server = Arc::new(Server::start().await);
    let push = json!({"prompt_name": "fresh", "messages": chat("Hello")});
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let (server, push) = (Arc::clone(&server), push.clone());
            tokio::spawn(async move { server.call("push_prompt", push).await })
        })
        .collect();
    let mut pushed = Vec::new();
    for call in calls {
        pushed.push(call.await.unwrap());
    }
    assert!(pushed.iter().all(|push| push["commit_hash"] == pushed[0]["commit_hash"]), "{pushed:?}");
    assert_eq!(commits(&server, "fresh").await, 1);
    let count = |status: &str| pushed.iter().filter(|push| push["status"] == status).count();
    // Another push than the one that created the prompt may be the first to commit to it.
    assert_eq!((count("created"), count("committed") <= 1), (1, true), "{pushed:?}");
    assert_eq!(count("created") + count("committed") + count("unchanged"), 6, "{pushed:?}");
}

#[tokio::test]
async fn somebody_elses_commit_is_not_overwritten() {
    let server = Arc::new(Server::start().await);
    let first = server
        .call("push_prompt", json!({"prompt_name": "fresh", "template": "one", "is_public": true}))
        .await["commit_hash"]
        .clone();
    server.langsmith().clear_requests();
    inject(&server, (Method::POST, "/commits/"), (FaultKind::Slow(Duration::from_millis(500)), Some(1)));
    let call = {
        let server = Arc::clone(&server);
        let push = json!({"prompt_name": "fresh", "template": "two", "is_public": false, "tags": ["t"]});
        tokio::spawn(async move { server.fail("push_prompt", push).await })
    };
    while written(&server).len() < 2 {
        tokio::task::yield_now().await;
    }
    let theirs = commit_elsewhere(&server, "fresh", &first).await;
    let error = call.await.unwrap();
    let told = "Somebody else changed the prompt in the meantime. Read it again, then push. Done before that: \
        the prompt was made private.";
    assert_eq!((&error["error"], &error["kind"]), (&json!(told), &json!("invalid")));
    let newest = api(&server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!((&newest["last_commit_hash"], &newest["num_commits"]), (&theirs, &json!(2)));
}

#[tokio::test]
async fn a_refusal_without_a_difference_means_unchanged() {
    let server = Server::start().await;
    let first =
        server.call("push_prompt", json!({"prompt_name": "fresh", "template": "one"})).await["commit_hash"]
            .clone();
    inject(&server, (Method::POST, "/commits/"), (FaultKind::Status(409), Some(1)));
    let pushed = server.call("push_prompt", json!({"prompt_name": "fresh", "template": "two"})).await;
    assert_eq!((&pushed["status"], &pushed["commit_hash"]), (&json!("unchanged"), &first));
}

#[tokio::test]
async fn of_equal_commits_made_at_once_one_call_has_made_it() {
    let server = Server::start().await;
    server.call("push_prompt", json!({"prompt_name": "fresh", "template": "one"})).await;
    inject(&server, (Method::POST, "/commits/"), (FaultKind::Slow(Duration::from_millis(500)), Some(1)));
    let push = || server.call("push_prompt", json!({"prompt_name": "fresh", "template": "two"}));
    let (one, other) = tokio::join!(push(), push());
    let mut statuses = [&one["status"], &other["status"]];
    statuses.sort_by_key(ToString::to_string);
    assert_eq!(statuses, [&json!("committed"), &json!("unchanged")]);
    assert_eq!((&one["commit_hash"], commits(&server, "fresh").await), (&other["commit_hash"], 2));
}
