//! The endpoints for programs, on warm instances and on new ones.

use std::cell::RefCell;

use e2e::client::{answer, http};
use e2e::{OAuthClient, Tokens};
use serde_json::json;

use super::engine::Failed;
use super::seen::{self, oauth};
use super::world::World;

/// The functions to restart in the step: none, or these.
const WARM: &[&str] = &[];
const COLD: [&str; 1] = ["token"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registering() {
    let world = World::start("secrets-manager").await;
    let metadata = json!({ "redirect_uris": ["http://127.0.0.1/callback"] });
    for cold in [WARM, &["register"]] {
        world
            .fail_every_call(
                "register",
                async || world.cool(cold),
                async |()| {
                    let sent = http().post(world.door.at("/register")).json(&metadata).send().await.unwrap();
                    oauth(answer(sent).await)
                },
                async |(), _, _| {
                    OAuthClient::register(&world.door.url, "http://127.0.0.1/callback").await;
                },
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exchanging_a_code() {
    let world = World::start("secrets-manager").await;
    for cold in [WARM, &COLD] {
        world
            .fail_every_call(
                "exchange",
                async || {
                    let code = world.code().await;
                    world.cool(cold);
                    code
                },
                async |code: &String| seen::tokens(world.client.exchange(code).await),
                async |code: String, tokens: Option<Tokens>, failed: Option<Failed>| {
                    let Some(tokens) = tokens else {
                        let again = world.client.exchange(&code).await;
                        // A code works once, even if its answer was lost (OAuth 2.1 section 4.1.3): the client must log
                        // in again, and the outcome of the first exchange is revoked.
                        if again.status != 200 && failed.is_some_and(|failed| failed.has_landed()) {
                            assert_eq!(again.error(), "invalid_grant");
                            return;
                        }
                        world.client.refresh(&again.tokens().refresh).await.tokens();
                        return;
                    };
                    world.client.refresh(&tokens.refresh).await.tokens();
                },
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refreshing() {
    let world = World::start("secrets-manager").await;
    let held = RefCell::new(world.tokens().await);
    for cold in [WARM, &COLD] {
        world
            .fail_every_call(
                "refresh",
                async || {
                    world.cool(cold);
                    held.borrow().refresh.clone()
                },
                async |token: &String| seen::tokens(world.client.refresh(token).await),
                async |token: String, tokens: Option<Tokens>, _| {
                    let tokens = match tokens {
                        Some(tokens) => tokens,
                        None => world.client.refresh(&token).await.tokens(),
                    };
                    world.works(&tokens).await;
                    *held.borrow_mut() = tokens;
                },
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoking() {
    let world = World::start("secrets-manager").await;
    for (by_access, cold) in [(false, WARM), (true, &COLD[..])] {
        world
            .fail_every_call(
                "revoke",
                async || {
                    let tokens = world.tokens().await;
                    world.cool(cold);
                    tokens
                },
                async |tokens: &Tokens| {
                    let token = if by_access { &tokens.access } else { &tokens.refresh };
                    oauth(world.client.revoke(token).await)
                },
                async |tokens: Tokens, done, _| {
                    if done.is_none() {
                        oauth(world.client.revoke(&tokens.refresh).await).unwrap().done().unwrap();
                    }
                    assert_eq!(world.client.refresh(&tokens.refresh).await.error(), "invalid_grant");
                },
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_a_look_at_the_client_or_the_keys() {
    let world = World::start("secrets-manager").await;
    world
        .fail_every_call(
            "jwks",
            async || (),
            async |()| oauth(answer(http().get(world.door.at("/jwks.json")).send().await.unwrap()).await),
            async |(), _, _| (),
        )
        .await;
    // Which of the two errors is right depends on whether the client is known.
    world
        .fail_every_call(
            "a token of nobody's",
            async || (),
            async |()| {
                let answer = world.client.refresh("garbage").await;
                if answer.error() == "invalid_grant" { Ok(seen::Seen::Done(answer)) } else { oauth(answer) }
            },
            async |(), _, _| (),
        )
        .await;
}
