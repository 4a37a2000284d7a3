//! `list_workspaces`: never more than the consent covers.

use std::collections::BTreeSet;

use axum::{Json, Router};
use langsmith_double::FaultKind;
use langsmith_double::data::{ADA_WORKSPACE, ORGANIZATION, TEAM_WORKSPACE, sample_id};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::common::{disturb, each};
use crate::deployment::Need;
use crate::support::Server;

async fn list(server: &Server, bearer: &str, arguments: Value) -> Value {
    let result = server.call_as(bearer, "list_workspaces", arguments).await.result();
    assert_eq!(result["isError"], false, "{result}");
    result["structuredContent"].clone()
}

fn ids(listing: &Value) -> Vec<&str> {
    each(listing, "workspaces", "id")
}

#[tokio::test]
async fn a_workspace_is_shown_as_langsmith_describes_it() {
    let server = Server::needing(&[Need::OnePlace]).await;
    let listing = list(&server, "ada-key-team", json!({})).await;
    let team = json!({
        "id": TEAM_WORKSPACE, "display_name": "Sample Workspace", "is_default": true, "tenant_handle": "sample-team",
        "organization_id": ORGANIZATION, "is_personal": false, "role_name": "Admin",
    });
    let own = json!({
        "id": ADA_WORKSPACE, "display_name": "Ada's Workspace", "is_default": false, "organization_id": ORGANIZATION,
        "is_personal": true, "role_name": "Admin",
    });
    assert_eq!(listing, json!({"workspaces": [own, team], "total_count": 2}));
    let more = list(&server, "ada-key-team", json!({"more_info": "true", "query": "SAMPLE"})).await;
    assert_eq!(ids(&more), [TEAM_WORKSPACE.to_string()]);
    assert!(more["workspaces"][0]["permissions"].as_array().unwrap().contains(&json!("runs:read")), "{more}");
}

#[tokio::test]
async fn a_login_for_one_workspace_learns_nothing_of_the_others() {
    let server = Server::start().await;
    server.langsmith().list_more_workspaces(3);
    for arguments in [json!({}), json!({"more_info": true}), json!({"workspace_id": TEAM_WORKSPACE})] {
        let listing = list(&server, "ada", arguments).await;
        assert_eq!((ids(&listing), &listing["total_count"]), (vec![&*TEAM_WORKSPACE.to_string()], &json!(1)));
        assert_eq!(listing["workspaces"][0]["is_default"], true);
        assert!(!listing.to_string().contains("Ada's"), "{listing}");
    }
    let none = list(&server, "ada", json!({"query": "Ada"})).await;
    assert_eq!(none, json!({"workspaces": [], "total_count": 0}));
    server.langsmith().clear_requests();
    let other = server.fail("list_workspaces", json!({"workspace_id": ADA_WORKSPACE})).await;
    assert_eq!(other["kind"], "forbidden");
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn who_may_use_all_sees_all_that_langsmith_shows() {
    let server = Server::start().await;
    for bearer in ["ada-everywhere", "ada-key"] {
        let listing = list(&server, bearer, json!({})).await;
        assert_eq!(ids(&listing), [ADA_WORKSPACE.to_string(), TEAM_WORKSPACE.to_string()], "{bearer}");
        // Only LangSmith knows the workspace of such a call.
        assert_eq!(listing["workspaces"][0].get("is_default"), None, "{bearer}");
    }
    let grace = list(&server, "grace-everywhere", json!({})).await;
    assert_eq!(ids(&grace), [TEAM_WORKSPACE.to_string()]);
    let requests = server.langsmith().requests();
    assert!(requests.iter().all(|request| request.path == "/api/v1/workspaces"), "{requests:?}");
}

#[tokio::test]
async fn many_come_page_by_page() {
    let server = Server::needing(&[Need::OnePlace]).await;
    server.langsmith().list_more_workspaces(98);
    let all = list(&server, "ada-key", json!({"limit": 100})).await;
    assert_eq!((ids(&all).len(), all.get("next_offset")), (100, None));
    let (seen, _) = walk(&server, 30).await;
    assert_eq!(seen, ids(&all));
    assert_eq!(ids(&list(&server, "ada-key", json!({})).await).len(), 20);
    let names = all["workspaces"].as_array().unwrap().iter();
    assert!(names.map(|found| found["display_name"].as_str().unwrap().to_lowercase()).is_sorted());
}

/// Follows `next_offset` to the end; returns the ids and the number of answers.
async fn walk(server: &Server, limit: u32) -> (Vec<String>, usize) {
    let (mut seen, mut answers, mut total) = (Vec::new(), 0, json!(null));
    let mut arguments = json!({"limit": limit});
    loop {
        let result = server.call_as("ada-key", "list_workspaces", arguments.clone()).await.result();
        assert!(result["content"][0]["text"].as_str().unwrap().chars().count() <= 60_000);
        let page = &result["structuredContent"];
        seen.extend(ids(page).into_iter().map(str::to_owned));
        assert!(total.is_null() || page["total_count"] == total, "{page}");
        total = page["total_count"].clone();
        answers += 1;
        let Some(next) = page.get("next_offset") else { break };
        arguments["offset"] = next.clone();
    }
    assert_eq!(total, seen.len());
    (seen, answers)
}

#[tokio::test]
async fn a_hundred_of_101_never_look_like_all() {
    let server = Server::needing(&[Need::OnePlace]).await;
    server.langsmith().list_more_workspaces(99);
    for (limit, answers) in [(1000, 2), (100, 2), (40, 3)] {
        let (seen, needed) = walk(&server, limit).await;
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len(), needed), (101, 101, answers), "{limit}");
    }
}

/// Three workspaces, of which two fit into an answer. The double's are small.
fn large() -> Value {
    let one = |number: u32| {
        let (id, name) = (sample_id(&format!("large:{number}")), "é".repeat(25_000));
        json!({"id": id, "display_name": format!("{number}{name}")})
    };
    json!([one(0), one(1), one(2)])
}

#[tokio::test]
async fn large_workspaces_come_in_answers_of_limited_size() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(async || Json(large()));
    let fake = tokio::spawn(axum::serve(listener, router).into_future());
    let server = Server::before(&endpoint).await;
    let (seen, answers) = walk(&server, 100).await;
    let expected = [0, 1, 2].map(|number| sample_id(&format!("large:{number}")).to_string());
    assert_eq!((seen.as_slice(), answers), (&expected[..], 2));
    fake.abort();
}

#[tokio::test]
async fn a_key_of_an_organization_names_a_workspace_and_sees_all() {
    let server = Server::start().await;
    let refused = server.call_as("organization", "list_workspaces", json!({})).await.tool_error();
    assert_eq!(refused["kind"], "invalid");
    assert!(refused["error"].as_str().unwrap().contains("pass workspace_id"), "{refused}");
    let listing = list(&server, "organization", json!({"workspace_id": TEAM_WORKSPACE})).await;
    assert_eq!(ids(&listing), [ADA_WORKSPACE.to_string(), TEAM_WORKSPACE.to_string()]);
    assert_eq!(listing["workspaces"][0].get("role_name"), None);
}

#[tokio::test]
async fn wrong_arguments_and_refusals_are_told() {
    let server = Server::needing(&[Need::OnePlace]).await;
    for (arguments, name) in [
        (json!({"limit": "many"}), "limit"),
        (json!({"offset": -1}), "offset"),
        (json!({"more_info": "perhaps"}), "more_info"),
        (json!({"workspace_id": "Sample Workspace"}), "workspace_id must be a UUID. list_workspaces lists"),
        (json!({"name": "x"}), "Unknown argument: name"),
    ] {
        let error = server.fail("list_workspaces", arguments).await;
        assert_eq!(error["kind"], "invalid", "{error}");
        assert!(error["error"].as_str().unwrap().contains(name), "{error}");
    }
    assert!(server.langsmith().requests().is_empty());
    for (kind, expected) in [
        (FaultKind::Status(401), "auth"),
        (FaultKind::Status(403), "forbidden"),
        (FaultKind::Status(500), "upstream"),
        (FaultKind::Malformed, "upstream"),
    ] {
        disturb(&server, "/workspaces", kind, None);
        assert_eq!(server.fail("list_workspaces", json!({})).await["kind"], expected);
        server.langsmith().clear_faults();
    }
    let refused = server.call_as("ada-billing", "list_workspaces", json!({})).await;
    assert_eq!(refused.status, 403);
    assert!(refused.header("www-authenticate").contains("langsmith:read"), "{refused:?}");
}
