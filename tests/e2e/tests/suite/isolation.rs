//! Two callers at once over one instance never see each other's credential or data.

use std::time::Duration;

use e2e::mcp::{call, headers, projects};
use e2e::{Choice, Login, World};
use futures_util::future::join_all;
use langsmith_double::data;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interleaved_logins_see_their_own_workspace_only() {
    let world = World::start().await;
    let (ada_client, grace_client) = (world.client().await, world.client().await);
    let private = Choice { workspace: Some(data::ADA_WORKSPACE.to_string()), ..Choice::default() };
    let (ada_browser, grace_browser) = (world.browser(), world.browser());
    let (ada, grace) = tokio::join!(
        ada_client.authorize(&ada_browser, Login::LangSmith(data::ADA), &private),
        grace_client.connect(&grace_browser, Login::LangSmith(data::GRACE)),
    );
    let ada = ada_client.exchange(&ada_client.code(&ada)).await.tokens();
    for _ in 0..5 {
        let calls = (0..20).map(|index| {
            let token = if index % 2 == 0 { &ada.access } else { &grace.access };
            projects(world.url(), token)
        });
        for (index, seen) in join_all(calls).await.into_iter().enumerate() {
            assert_eq!(seen.contains(&"ada-notes".to_owned()), index % 2 == 0, "{seen:?}");
            assert_eq!(seen.contains(&"support-bot".to_owned()), index % 2 == 1, "{seen:?}");
        }
        world.pass(Duration::from_secs(6));
    }
    let callers = world.langsmith.requests();
    assert!(
        callers.iter().all(|request| !request.path.ends_with("/sessions") || request.x_tenant_id.is_some())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interleaved_keys_are_sent_as_they_came() {
    let world = World::start().await;
    let workspace = data::ADA_WORKSPACE.to_string();
    let calls = (0..40).map(|index| {
        let key = if index % 2 == 0 { data::ADA_KEY } else { data::GRACE_KEY };
        let caller = headers(&[("x-api-key", key), ("x-tenant-id", &workspace)]);
        call(world.url(), caller, "list_projects", json!({ "limit": 50 }))
    });
    for (index, answer) in join_all(calls).await.into_iter().enumerate() {
        let seen = answer.body.to_string();
        assert_eq!(seen.contains("ada-notes"), index % 2 == 0, "{seen}");
        // Grace is no member of Ada's workspace, regardless of what is cached for Ada.
        assert_eq!(answer.body["result"]["isError"] == true, index % 2 == 1, "{seen}");
    }
}

#[tokio::test]
async fn a_token_of_one_stack_is_refused_by_another() {
    let (one, other) = (World::start().await, World::start().await);
    let tokens = one.client().await.connect(&one.browser(), Login::Key(data::ADA_KEY)).await;
    let answer = call(other.url(), e2e::mcp::bearer(&tokens.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, 401);
    let client = other.client().await;
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
}
