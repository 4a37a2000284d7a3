//! Authentication, its errors, and the isolation of two callers.

use std::sync::Arc;

use http::Method;
use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, TEAM_WORKSPACE};
use mcp::auth::{UnauthorizedOutcome, WorkspaceAccess};
use oauth::scope::ScopeSet;
use primitives::ids::WorkspaceId;
use serde_json::{Value, json};
use shared::mcp::scopes::TOOL_SCOPES;

use crate::common::assert_every_tool_is_in;
use crate::deployment::Need;
use crate::support::{Answer, Server, bare, identity, post};

const METADATA: &str = "resource_metadata=\"http://localhost:8484/.well-known/oauth-protected-resource/mcp\"";

fn assert_challenged(answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.error(status), i64::from(status));
    let challenge = answer.header("www-authenticate");
    assert!(challenge.starts_with("Bearer ") && challenge.contains(METADATA), "{challenge}");
    assert!(words.iter().all(|word| challenge.contains(word)), "{challenge}");
    assert_eq!(answer.headers.get_all("www-authenticate").iter().count(), 1);
}

#[tokio::test]
async fn every_method_is_challenged_without_a_credential() {
    let server = Server::start().await;
    for method in [Method::GET, Method::POST, Method::DELETE, Method::PUT, Method::PATCH] {
        let answer = server.send(bare(method.clone()).body("{}".into()).unwrap()).await;
        assert_challenged(
            &answer,
            401,
            &[
                "scope=\"langsmith:read langsmith:write langsmith:publish billing:read agents:run servers:use servers:manage\"",
            ],
        );
        assert!(!answer.header("www-authenticate").contains("error="), "{method}");
        let answer =
            server.send(bare(method).header("authorization", "Bearer no").body("{}".into()).unwrap()).await;
        assert_challenged(&answer, 401, &["error=\"invalid_token\""]);
    }
}

#[tokio::test]
async fn a_browser_without_a_credential_is_led_to_the_first_page() {
    let server = Server::start().await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for method in [Method::GET, Method::HEAD] {
        let request = bare(method).header("accept", browser).body("".into()).unwrap();
        let answer = server.send(request).await;
        assert_eq!(answer.status, 303);
        assert_eq!(answer.header("location"), "http://localhost:8484/");
        assert_eq!((answer.header("cache-control"), answer.header("www-authenticate")), ("no-store", ""));
    }
    // All others need the challenge, or the 405.
    for (method, accept) in [
        (Method::GET, "text/event-stream"),
        (Method::GET, "*/*"),
        (Method::POST, browser),
        (Method::DELETE, browser),
    ] {
        let request = bare(method).header("accept", accept).body("{}".into()).unwrap();
        assert_challenged(&server.send(request).await, 401, &[]);
    }
    let get = || bare(Method::GET).header("accept", browser);
    let answer = server.send(get().header("authorization", "Bearer no").body("".into()).unwrap()).await;
    assert_challenged(&answer, 401, &["error=\"invalid_token\""]);
    let answer = server.send(get().header("authorization", "Bearer ada").body("".into()).unwrap()).await;
    assert_eq!(answer.error(405), 405);
    // A page of another site in the browser learns nothing.
    let answer = server.send(get().header("origin", "https://other.example").body("".into()).unwrap()).await;
    assert_eq!(answer.error(403), 403);
}

#[tokio::test]
async fn uncertainty_is_not_a_dead_login() {
    let server = Server::start().await;
    let answer = server.legacy("unknown-today", "ping", json!({})).await;
    assert_eq!(answer.error(503), 503);
    assert_eq!((answer.header("retry-after"), answer.header("www-authenticate")), ("2", ""));
}

#[tokio::test]
async fn a_scope_that_is_missing_is_named() {
    let server = Server::start().await;
    let answer = server.call_as("ada-billing", "fetch_runs", json!({})).await;
    assert_challenged(
        &answer,
        403,
        &["error=\"insufficient_scope\"", "scope=\"langsmith:read billing:read\""],
    );
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains("langsmith:read"));
    let tools = server.legacy("ada-billing", "tools/list", json!({})).await.result();
    assert_eq!(tools["tools"].as_array().unwrap().len(), TOOL_SCOPES.len());
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn a_refused_credential_is_refreshed_once() {
    let server = Server::needing(&[Need::OnePlace]).await;
    let team = WorkspaceAccess::One(WorkspaceId::new(TEAM_WORKSPACE.to_string()));
    let fresh = identity(ADA_KEY, team.clone(), ScopeSet::all());
    server.authenticator.outcomes.lock().unwrap().push_back(UnauthorizedOutcome::Retry(fresh));
    let result = server.call_as("stale", "list_projects", json!({})).await.result();
    assert_eq!(result["isError"], false);
    let still_bad = identity("lsv2_pt_still_bad", team, ScopeSet::all());
    server.authenticator.outcomes.lock().unwrap().push_back(UnauthorizedOutcome::Retry(still_bad));
    assert_eq!(server.call_as("stale", "list_projects", json!({})).await.tool_error()["kind"], "auth");
}

#[tokio::test]
async fn a_dead_login_is_401_and_an_uncertain_one_a_tool_error() {
    let server = Server::start().await;
    server.authenticator.outcomes.lock().unwrap().push_back(UnauthorizedOutcome::Dead);
    let answer = server.call_as("stale", "list_projects", json!({})).await;
    assert_challenged(&answer, 401, &["error=\"invalid_token\""]);
    let error = server.call_as("stale", "list_projects", json!({})).await.tool_error();
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("auth"), &json!(true)));
}

#[tokio::test]
async fn consent_limits_the_workspaces() {
    let server = Server::start().await;
    let (own, other) = (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string());
    for tool in ["list_projects", "list_prompts"] {
        let error = server.fail(tool, json!({ "workspace_id": other })).await;
        assert_eq!(error["kind"], "forbidden", "{tool}");
        server.call(tool, json!({ "workspace_id": own })).await;
    }
    let runs = json!({"project_name": "ada-notes", "limit": 1, "workspace_id": other});
    assert_eq!(server.fail("fetch_runs", runs.clone()).await["kind"], "forbidden");
    let tenants: Vec<_> =
        server.langsmith().requests().into_iter().map(|request| request.x_tenant_id).collect();
    assert!(tenants.iter().all(|tenant| tenant.as_deref() == Some(own.as_str())), "{tenants:?}");
    for bearer in ["ada-everywhere", "ada-key"] {
        let result = server.call_as(bearer, "fetch_runs", runs.clone()).await.result();
        assert_eq!(result["structuredContent"]["runs"].as_array().unwrap().len(), 1, "{bearer}");
    }
    let error = server
        .call_as("grace-everywhere", "list_projects", json!({ "workspace_id": other }))
        .await
        .tool_error();
    assert_eq!(error["kind"], "forbidden");
}

/// Arguments with which each tool that takes a `workspace_id` would send a request to LangSmith.
fn asking() -> Vec<(&'static str, Value)> {
    let id = "00f55cdc-1e72-87a7-b9eb-9ee5651c0420";
    vec![
        ("get_thread_history", json!({"thread_id": "t", "project_name": "p", "page_number": 1})),
        ("list_prompts", json!({})),
        ("get_prompt_by_name", json!({"prompt_name": "p"})),
        ("push_prompt", json!({"prompt_name": "p", "template": "{x}"})),
        ("fetch_runs", json!({"project_name": "p", "limit": 1})),
        ("list_projects", json!({})),
        ("list_datasets", json!({})),
        ("list_examples", json!({"dataset_name": "d"})),
        ("read_dataset", json!({"dataset_name": "d"})),
        ("read_example", json!({"example_id": id})),
        ("create_dataset", json!({"dataset_name": "d"})),
        ("update_examples", json!({"example_id": id, "outputs": {}})),
        ("list_experiments", json!({"reference_dataset_name": "d"})),
        ("run_experiment", json!({"dataset_name": "d", "experiment_name": "e"})),
        ("get_billing_usage", json!({"starting_on": "2026-01-01", "ending_before": "2026-02-01"})),
    ]
}

#[tokio::test]
async fn no_tool_leaves_the_workspace_of_its_consent() {
    let server = Server::start().await;
    let asking = asking();
    assert_every_tool_is_in(asking.iter().map(|(tool, _)| *tool).chain(["list_workspaces"]));
    for (tool, mut arguments) in asking {
        arguments["workspace_id"] = json!(ADA_WORKSPACE.to_string());
        assert_eq!(server.fail(tool, arguments).await["kind"], "forbidden", "{tool}");
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn a_remembered_name_belongs_to_who_found_it() {
    let server = Arc::new(Server::start().await);
    let mut calls = Vec::new();
    for turn in 0..40 {
        let server = Arc::clone(&server);
        calls.push(tokio::spawn(async move {
            let runs = json!({"project_name": "ada-notes", "limit": 1});
            if turn % 2 == 0 {
                let mut runs = runs;
                runs["workspace_id"] = json!(ADA_WORKSPACE.to_string());
                let result = server.call_as("ada-everywhere", "fetch_runs", runs).await.result();
                assert_eq!(result["structuredContent"]["runs"].as_array().unwrap().len(), 1);
            } else {
                let error = server.call_as("grace", "fetch_runs", runs).await.tool_error();
                assert_eq!(error["kind"], "not_found");
            }
        }));
    }
    for call in calls {
        call.await.unwrap();
    }
}

#[tokio::test]
async fn interleaved_callers_never_see_each_other() {
    let server = Arc::new(Server::needing(&[Need::OnePlace]).await);
    let mut calls = Vec::new();
    for turn in 0..40 {
        let server = Arc::clone(&server);
        calls.push(tokio::spawn(async move {
            let (bearer, arguments) = match turn % 2 {
                0 => ("ada-everywhere", json!({"limit": 50, "workspace_id": ADA_WORKSPACE.to_string()})),
                _ => ("grace", json!({"limit": 50})),
            };
            let result = server.call_as(bearer, "list_projects", arguments).await.result();
            let projects = result["structuredContent"]["projects"].as_array().unwrap().clone();
            let private = projects.iter().filter(|project| project["name"] == "ada-notes").count();
            assert_eq!((private, projects.len() == 1), if turn % 2 == 0 { (1, true) } else { (0, false) });
        }));
    }
    for call in calls {
        call.await.unwrap();
    }
    // The location of Ada's data is requested once for all of her calls.
    let (lists, requests): (Vec<_>, Vec<_>) =
        server.langsmith().requests().into_iter().partition(|request| request.path.ends_with("/workspaces"));
    assert_eq!((lists.len(), requests.len()), (1, 40));
    for request in requests {
        let expected = if request.caller.as_deref() == Some("Ada") { ADA_WORKSPACE } else { TEAM_WORKSPACE };
        assert_eq!(request.x_tenant_id.unwrap(), expected.to_string());
    }
}

#[tokio::test]
async fn a_message_without_an_answer_needs_a_credential_too() {
    let server = Server::start().await;
    let body = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let answer = server.send(post("nobody").body(body.into()).unwrap()).await;
    assert_challenged(&answer, 401, &["error=\"invalid_token\""]);
}
