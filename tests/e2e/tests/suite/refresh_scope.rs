//! The scopes that a refresh may request (RFC 6749 section 6).

use std::time::Duration;

use e2e::mcp::{bearer, call};
use e2e::{Choice, Login, OAuthClient, Tokens, World};
use langsmith_double::data;
use serde_json::json;

/// A client that may read and see the usage, but not write.
async fn reader(world: &World) -> (OAuthClient, Tokens) {
    let client = world.client().await;
    let scopes = Some(vec!["langsmith:read".to_owned(), "billing:read".to_owned()]);
    let choice = Choice { scopes, ..Choice::default() };
    let redirect = client.authorize(&world.browser(), Login::Key(data::ADA_KEY), &choice).await;
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    (client, tokens)
}

#[tokio::test]
async fn more_than_was_granted_is_invalid_and_costs_the_token_nothing() {
    let world = World::start().await;
    let (client, tokens) = reader(&world).await;
    for more in [
        "langsmith:write",
        "langsmith:read langsmith:write",
        "langsmith:read billing:read langsmith:write",
        "openid",
        "langsmith:read nonsense",
        "langsmith:rea",
    ] {
        let (answer, rounds) = world.way.rounds(client.refresh_for(&tokens.refresh, more)).await;
        assert_eq!((answer.status.as_u16(), answer.error()), (400, "invalid_scope"), "{more}");
        assert!(rounds <= 1, "{more}");
    }
    // The token was not consumed: the next refresh is no race.
    let (answer, rounds) = world.way.rounds(client.refresh(&tokens.refresh)).await;
    assert_eq!((answer.status.as_u16(), rounds), (200, 1));
    let next = answer.tokens();
    // A race or a lost answer does not yield more scopes either.
    for _ in 0..2 {
        assert_eq!(client.refresh_for(&tokens.refresh, "langsmith:write").await.error(), "invalid_scope");
        world.pass(Duration::from_hours(1));
    }
    client.refresh(&next.refresh).await.tokens();
}

#[tokio::test]
async fn a_part_of_what_was_granted_narrows_one_access_token() {
    let world = World::start().await;
    let (client, tokens) = reader(&world).await;
    let narrow = client.refresh_for(&tokens.refresh, "billing:read").await;
    assert_eq!(narrow.body["scope"], "billing:read");
    let narrow = narrow.tokens();
    let refused = call(world.url(), bearer(&narrow.access), "list_projects", json!({})).await;
    assert_eq!(refused.status, 403);
    let all = client.refresh(&narrow.refresh).await;
    assert_eq!(all.body["scope"], "langsmith:read billing:read");
    let allowed = call(world.url(), bearer(&all.tokens().access), "list_projects", json!({})).await;
    assert_eq!(allowed.status, 200);
}

#[tokio::test]
async fn offline_access_may_be_named_in_every_refresh() {
    let world = World::start().await;
    let (client, mut tokens) = reader(&world).await;
    for (asked, granted) in [
        ("offline_access", "langsmith:read billing:read"),
        ("langsmith:read offline_access", "langsmith:read"),
        ("", "langsmith:read billing:read"),
    ] {
        let answer = client.refresh_for(&tokens.refresh, asked).await;
        assert_eq!(answer.body["scope"], granted, "{asked}");
        tokens = answer.tokens();
    }
}

#[tokio::test]
async fn a_replay_ends_the_grant_whatever_it_asks_for() {
    let world = World::start().await;
    let (client, tokens) = reader(&world).await;
    let next = client.refresh(&tokens.refresh).await.tokens();
    assert_eq!(call(world.url(), bearer(&next.access), "list_projects", json!({})).await.status, 200);
    world.pass(Duration::from_secs(121));
    assert_eq!(client.refresh_for(&tokens.refresh, "langsmith:write").await.error(), "invalid_grant");
    assert_eq!(client.refresh(&next.refresh).await.error(), "invalid_grant");
}
