//! Refresh races, lost answers and replays: who stays logged in.

use std::time::Duration;

use e2e::mcp::{bearer, call};
use e2e::{Login, OAuthClient, Tokens, World};
use futures_util::future::join_all;
use langsmith_double::data;
use oauth::grant::MAX_CHAINS;
use primitives::ids::{GrantId, UserRef};
use serde_json::json;

const LIFE: Duration = Duration::from_hours(1);

async fn connected(world: &World) -> (OAuthClient, Tokens) {
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    (client, tokens)
}

async fn status_of(world: &World, token: &str) -> u16 {
    call(world.url(), bearer(token), "list_projects", json!({})).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_racers_all_go_on_for_life() {
    let world = World::start().await;
    let (client, tokens) = connected(&world).await;
    let racers = join_all((0..20).map(|_| client.refresh(&tokens.refresh))).await;
    let mut held: Vec<_> = racers.iter().map(e2e::Answer::tokens).collect();
    let distinct: std::collections::BTreeSet<_> = held.iter().map(|tokens| tokens.refresh.clone()).collect();
    assert_eq!(distinct.len(), 20, "racers share a token");
    for round in 0..3 {
        world.pass(LIFE);
        for tokens in &mut held {
            world.pass(Duration::from_mins(3));
            *tokens = client.refresh(&tokens.refresh).await.tokens();
            assert_eq!(status_of(&world, &tokens.access).await, 200, "round {round}");
        }
    }
}

#[tokio::test]
async fn a_token_replayed_outside_the_rules_revokes_all() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let second = client.refresh(&first.refresh).await.tokens();
    let fork = client.refresh(&first.refresh).await.tokens();
    assert_eq!(status_of(&world, &second.access).await, 200);
    world.pass(Duration::from_secs(121));
    let replay = client.refresh(&first.refresh).await;
    assert_eq!((replay.status.as_u16(), replay.error()), (400, "invalid_grant"));
    world.pass(Duration::from_secs(5));
    for tokens in [&first, &second, &fork] {
        assert_eq!(status_of(&world, &tokens.access).await, 401);
        assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    }
}

#[tokio::test]
async fn a_lost_answer_is_made_good_after_the_laptop_slept() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let lost = client.refresh(&first.refresh).await.tokens();
    world.pass(LIFE * 9);
    let found = client.refresh(&first.refresh).await.tokens();
    assert_eq!(status_of(&world, &found.access).await, 200);
    // The answer was not lost after all: somebody else received it.
    assert_eq!(client.refresh(&lost.refresh).await.error(), "invalid_grant");
    assert_eq!(client.refresh(&found.refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_successor_that_was_used_makes_its_predecessor_a_replay() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let second = client.refresh(&first.refresh).await.tokens();
    assert_eq!(status_of(&world, &second.access).await, 200);
    world.pass(LIFE);
    assert_eq!(client.refresh(&first.refresh).await.error(), "invalid_grant");
    assert_eq!(client.refresh(&second.refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_lives_thirty_days_from_its_last_rotation() {
    let world = World::start().await;
    let (client, mut tokens) = connected(&world).await;
    for _ in 0..3 {
        world.pass(Duration::from_hours(29 * 24));
        tokens = client.refresh(&tokens.refresh).await.tokens();
    }
    world.pass(Duration::from_hours(30 * 24));
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_grant_ends_at_its_cap_however_busy_it_is() {
    let world = World::start().await;
    let (client, mut tokens) = connected(&world).await;
    for _ in 0..364 {
        world.pass(Duration::from_hours(24));
        tokens = client.refresh(&tokens.refresh).await.tokens();
    }
    world.pass(Duration::from_mins(24 * 60 - 1));
    let last = client.refresh(&tokens.refresh).await;
    assert_eq!(last.body["expires_in"], 60, "the access token outlives the cap");
    world.pass(Duration::from_mins(1));
    assert_eq!(status_of(&world, &last.tokens().access).await, 401);
    // The client itself still exists, so this is a dead grant, not an unknown client.
    assert_eq!(client.refresh(&last.tokens().refresh).await.error(), "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_holders_than_there_is_room_for_evict_the_idlest() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let mut held = vec![client.refresh(&first.refresh).await.tokens()];
    for _ in 0..40 {
        held.push(client.refresh(&first.refresh).await.tokens());
        world.pass(Duration::from_secs(1));
    }
    let newest = held.last().unwrap();
    assert_eq!(status_of(&world, &newest.access).await, 200);
    client.refresh(&newest.refresh).await.tokens();
    // An evicted holder has to log in again, without affecting anybody else.
    assert_eq!(client.refresh(&held[1].refresh).await.error(), "invalid_grant");
    client.refresh(&held[30].refresh).await.tokens();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_racers_share_the_room_of_thirty_two() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let racers = join_all((0..40).map(|_| client.refresh(&first.refresh))).await;
    assert!(racers.iter().all(|answer| answer.status == 200));
    let mut parts = first.refresh.trim_start_matches("lsmr_").split('.');
    let (user, grant) = (UserRef::new(parts.next().unwrap()), GrantId::new(parts.next().unwrap()));
    let grant = world.way.store().grants.get(&user, &grant).await.unwrap().unwrap();
    assert_eq!(grant.chains.len(), MAX_CHAINS);
}

#[tokio::test]
async fn another_client_cannot_use_or_burn_a_token() {
    let world = World::start().await;
    let (client, tokens) = connected(&world).await;
    let stranger = world.client().await;
    assert_eq!(stranger.refresh(&tokens.refresh).await.error(), "invalid_grant");
    client.refresh(&tokens.refresh).await.tokens();
}

#[tokio::test]
async fn revocation_is_seen_within_five_seconds() {
    let world = World::start().await;
    let (client, tokens) = connected(&world).await;
    assert_eq!(status_of(&world, &tokens.access).await, 200);
    assert_eq!(client.revoke(&tokens.refresh).await.status, 200);
    world.pass(Duration::from_secs(5));
    assert_eq!(status_of(&world, &tokens.access).await, 401);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_new_consent_ends_no_other_device() {
    let world = World::start().await;
    let (client, laptop) = connected(&world).await;
    let desktop = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    assert_eq!(client.revoke(&desktop.refresh).await.status, 200);
    world.pass(Duration::from_secs(10));
    assert_eq!(status_of(&world, &laptop.access).await, 200);
    client.refresh(&laptop.refresh).await.tokens();
}
