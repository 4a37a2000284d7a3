//! LangSmith ends a login. Whatever fails while that is recorded, the client finally learns of it, but never before it
//! is true, and a new login works.

use std::cell::RefCell;

use e2e::{Browser, Login, Tokens};
use langsmith_double::data;
use serde_json::json;

use super::mcp::let_lease_pass;
use super::pages::LOGIN;
use super::seen::{Seen, tool};
use super::world::{VAULTS, World};

/// 401 with the challenge is the expected outcome.
async fn ended(world: &World, token: &str) -> Result<Seen<()>, String> {
    let answer = world.call(token).await;
    if answer.status == 401 && answer.headers.contains_key("x-amzn-remapped-www-authenticate") {
        return Ok(Seen::Done(()));
    }
    match tool(&answer)? {
        Seen::Done(()) => Err("a dead login works".to_owned()),
        Seen::Temporary => Ok(Seen::Temporary),
    }
}

/// Many endings in a short time are stopped. The ones here are meant to be spread over a long time.
async fn forget_endings(world: &World) {
    let aws = &world.door.aws;
    for item in aws.items("keys").await {
        if item["id"]["S"].as_str().unwrap().starts_with("endings:") {
            let delete = json!({ "TableName": aws.table("keys"), "Key": { "id": item["id"] } });
            aws.dynamodb("DeleteItem", &delete).await;
        }
    }
}

/// Logs in like a person with the page still open: the session may exist although its credential is dead.
async fn log_in_again(world: &World, browser: &Browser) -> Tokens {
    let page = browser.open(&world.client.authorize_url()).await.unwrap();
    let login = if page.has_form(LOGIN) {
        page
    } else {
        browser.consent(&page, &e2e::Choice::default()).await.unwrap()
    };
    let consent = browser.continue_with_langsmith(&login, data::GRACE).await.unwrap();
    world.finish(browser, &consent).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn langsmith_ends_a_login() {
    for vault in VAULTS {
        let world = World::start(vault).await;
        let (browser, tokens) = world.login(Login::LangSmith(data::GRACE)).await;
        let held = RefCell::new(tokens);
        world
            .fail_every_call(
                "the end of a login",
                async || {
                    let tokens = held.borrow().clone();
                    world.works(&tokens).await;
                    world.door.langsmith.revoke_oauth_user(&data::GRACE.to_string());
                    forget_endings(&world).await;
                    tokens
                },
                async |tokens: &Tokens| ended(&world, &tokens.access).await,
                async |tokens: Tokens, _, _| {
                    let_lease_pass(&world, &tokens).await;
                    ended(&world, &tokens.access).await.unwrap().done().unwrap();
                    assert_eq!(world.client.refresh(&tokens.refresh).await.error(), "invalid_grant");
                    *held.borrow_mut() = log_in_again(&world, &browser).await;
                },
            )
            .await;
    }
}
