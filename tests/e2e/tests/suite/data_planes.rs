//! A login whose workspace has its own data plane: from the consent to the call.

use std::time::Duration;

use e2e::mcp::{bearer, call, headers};
use e2e::{Answer, Login, Tokens, World};
use langsmith_double::data::{ADA, ADA_KEY, TEAM_WORKSPACE};
use langsmith_double::{Double, Fault, FaultKind, Options, Recorded, start};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::json;

/// A world where the team workspace's data is at a data plane.
async fn world() -> (World, Double) {
    let world = World::start().await;
    let own = Options { oauth: false, control_plane: Some(world.langsmith.clone()), ..Options::default() };
    let data_plane = start(own).await.unwrap();
    world.langsmith.set_data_plane(TEAM_WORKSPACE, Some(&data_plane.url()));
    (world, data_plane)
}

async fn list(world: &World, caller: HeaderMap) -> Answer {
    call(world.url(), caller, "list_projects", json!({})).await
}

async fn lists(world: &World, tokens: &Tokens) {
    let answer = list(world, bearer(&tokens.access)).await;
    let projects = answer.body["result"]["structuredContent"]["projects"].as_array();
    assert!(projects.is_some_and(|projects| !projects.is_empty()), "{}", answer.body);
}

/// Requests by authentication scheme, path and workspace.
fn told(requests: &[Recorded]) -> Vec<(bool, &str, Option<&str>)> {
    let of = |request: &Recorded| request.x_api_key;
    requests
        .iter()
        .map(|request| (of(request), request.path.as_str(), request.x_tenant_id.as_deref()))
        .collect()
}

#[tokio::test]
async fn a_login_calls_the_data_plane_of_its_workspace_and_asks_nobody_for_it() {
    for (login, by_key) in [(Login::Key(ADA_KEY), true), (Login::LangSmith(ADA), false)] {
        let (world, data_plane) = world().await;
        let tokens = world.client().await.connect(&world.browser(), login).await;
        world.langsmith.clear_requests();
        lists(&world, &tokens).await;
        assert!(world.langsmith.requests().is_empty(), "{:?}", world.langsmith.requests());
        let team = TEAM_WORKSPACE.to_string();
        let asked = data_plane.handle().requests();
        assert_eq!(told(&asked), [(by_key, "/api/v1/sessions", Some(team.as_str()))]);
    }
}

#[tokio::test]
async fn a_refresh_keeps_what_a_login_knows() {
    let (world, data_plane) = world().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::LangSmith(ADA)).await;
    // Past the expiry of LangSmith's token.
    world.pass(Duration::from_secs(3601));
    let tokens = client.refresh(&tokens.refresh).await.tokens();
    world.langsmith.clear_requests();
    lists(&world, &tokens).await;
    let asked = world.langsmith.requests();
    assert!(asked.iter().any(|request| request.path.ends_with("/oauth/token")), "{asked:?}");
    assert!(asked.iter().all(|request| !request.path.ends_with("/workspaces")), "{asked:?}");
    assert_eq!(data_plane.handle().requests().len(), 1);
}

#[tokio::test]
async fn a_broken_data_plane_ends_no_login() {
    for login in [Login::Key(ADA_KEY), Login::LangSmith(ADA)] {
        let (world, data_plane) = world().await;
        let tokens = world.client().await.connect(&world.browser(), login).await;
        let kind = FaultKind::Status(401);
        data_plane.handle().inject(Fault { method: None, path_contains: "/".into(), kind, times: None });
        for _ in 0..3 {
            let answer = list(&world, bearer(&tokens.access)).await;
            assert_eq!(answer.status, StatusCode::OK);
            let told = answer.body["result"]["structuredContent"]["error"].as_str().unwrap();
            assert!(told.contains(&data_plane.url()) && told.contains("LangSmith itself accepts"), "{told}");
            world.pass(Duration::from_mins(2));
        }
        data_plane.handle().clear_faults();
        lists(&world, &tokens).await;
    }
}

#[tokio::test]
async fn the_check_of_a_key_tells_its_data_plane() {
    let (world, data_plane) = world().await;
    let team = TEAM_WORKSPACE.to_string();
    for expected in [1, 0] {
        world.langsmith.clear_requests();
        let answer = list(&world, headers(&[("x-api-key", ADA_KEY), ("x-tenant-id", &team)])).await;
        assert_eq!(answer.body["result"]["isError"], false, "{}", answer.body);
        assert_eq!(world.langsmith.requests().len(), expected);
    }
    assert_eq!(data_plane.handle().requests().len(), 2);
}
