//! Stolen refresh tokens, with a thief who knows the rules; and many honest processes that share one token.

use std::time::Duration;

use e2e::mcp::{bearer, call};
use e2e::{Answer, Login, OAuthClient, Tokens, World};
use futures_util::future::join_all;
use langsmith_double::data;
use oauth::grant::{Grant, MANY_FORKS, MAX_CHAINS};
use primitives::ids::{GrantId, UserRef};
use serde_json::json;

/// Longer than the window of a race.
const AFTER: Duration = Duration::from_secs(121);

async fn connected(world: &World) -> (OAuthClient, Tokens) {
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    (client, tokens)
}

async fn is_let_in(world: &World, tokens: &Tokens) -> bool {
    call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await.status == 200
}

async fn grant_of(world: &World, tokens: &Tokens) -> Grant {
    let mut parts = tokens.refresh.trim_start_matches("lsmr_").split('.');
    let (user, grant) = (UserRef::new(parts.next().unwrap()), GrantId::new(parts.next().unwrap()));
    world.way.store().grants.get(&user, &grant).await.unwrap().unwrap()
}

/// The grant is dead for everybody, and its holders notice within 5 s.
async fn is_dead(world: &World, client: &OAuthClient, holders: &[&Tokens]) {
    world.pass(Duration::from_secs(5));
    for tokens in holders {
        assert!(!is_let_in(world, tokens).await);
        assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    }
}

fn is_replay(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.error()), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_thief_who_throws_the_first_answer_away_is_found_out() {
    let world = World::start().await;
    let (client, owner) = connected(&world).await;
    client.refresh(&owner.refresh).await.tokens();
    let thief = client.refresh(&owner.refresh).await.tokens();
    assert!(is_let_in(&world, &thief).await);
    // The thief continues with the stolen tokens.
    world.pass(Duration::from_hours(1));
    let thief = client.refresh(&thief.refresh).await.tokens();
    is_replay(&client.refresh(&owner.refresh).await);
    is_dead(&world, &client, &[&owner, &thief]).await;
}

#[tokio::test]
async fn a_thief_cannot_begin_the_time_for_a_race_anew() {
    let world = World::start().await;
    let (client, owner) = connected(&world).await;
    client.refresh(&owner.refresh).await.tokens();
    world.pass(AFTER);
    // The first time it looks like a lost answer. The owner comes much later, but within the race window after the last
    // attempt.
    let thief = client.refresh(&owner.refresh).await.tokens();
    world.pass(AFTER);
    is_replay(&client.refresh(&owner.refresh).await);
    is_dead(&world, &client, &[&owner, &thief]).await;
}

#[tokio::test]
async fn an_answer_that_is_lost_once_heals_within_the_race_and_after_it() {
    for wait in [Duration::from_secs(5), Duration::from_hours(9)] {
        let world = World::start().await;
        let (client, mut tokens) = connected(&world).await;
        for _ in 0..3 {
            client.refresh(&tokens.refresh).await.tokens();
            world.pass(wait);
            tokens = client.refresh(&tokens.refresh).await.tokens();
            assert!(is_let_in(&world, &tokens).await);
            world.pass(Duration::from_hours(1));
        }
    }
}

#[tokio::test]
async fn a_chain_that_would_tell_cannot_be_pushed_out() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let one = client.refresh(&first.refresh).await.tokens();
    let other = client.refresh(&first.refresh).await.tokens();
    world.pass(Duration::from_hours(1));
    // The thief has both processes' tokens. It takes a chain from the one…
    client.refresh(&other.refresh).await.tokens();
    let thief = client.refresh(&other.refresh).await.tokens();
    world.pass(Duration::from_mins(1));
    let thief = client.refresh(&thief.refresh).await.tokens();
    world.pass(Duration::from_mins(1));
    // …and as soon as the other one refreshes, it uses the race window to evict all idle chains.
    let next = client.refresh(&one.refresh).await.tokens();
    for _ in 0..2 * MAX_CHAINS {
        client.refresh(&one.refresh).await.tokens();
        world.pass(Duration::from_secs(1));
    }
    world.pass(AFTER);
    is_replay(&client.refresh(&other.refresh).await);
    is_dead(&world, &client, &[&one, &other, &next, &thief]).await;
}

/// After each race of two processes, their shared file holds the loser's token.
async fn only_ancestors(world: &World, client: &OAuthClient, mut shared: Tokens) -> (Tokens, Tokens) {
    for _ in 1..MAX_CHAINS {
        client.refresh(&shared.refresh).await.tokens();
        shared = client.refresh(&shared.refresh).await.tokens();
        world.pass(Duration::from_mins(10));
    }
    let winner = client.refresh(&shared.refresh).await.tokens();
    (shared, winner)
}

#[tokio::test]
async fn with_nothing_but_ancestors_a_newcomer_is_asked_to_come_back() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let (presented, winner) = only_ancestors(&world, &client, first.clone()).await;
    let before = grant_of(&world, &first).await;
    assert_eq!(before.chains.len(), MAX_CHAINS);
    let newcomer = client.refresh(&presented.refresh).await;
    assert_eq!((newcomer.status.as_u16(), newcomer.error()), (429, "temporarily_unavailable"));
    assert!(newcomer.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    let after = grant_of(&world, &first).await;
    assert_eq!((after.chains, after.forks), (before.chains, before.forks), "a refusal changed something");
    assert!(is_let_in(&world, &winner).await);
    let winner = client.refresh(&winner.refresh).await.tokens();
    // Days later the oldest chains have expired, which makes room.
    world.pass(Duration::from_hours(15 * 24));
    let winner = client.refresh(&winner.refresh).await.tokens();
    world.pass(Duration::from_hours(15 * 24));
    client.refresh(&winner.refresh).await.tokens();
    let newcomer = client.refresh(&winner.refresh).await.tokens();
    assert!(is_let_in(&world, &newcomer).await);
}

#[tokio::test]
async fn the_first_token_tells_even_when_every_chain_came_from_it() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let (_, thief) = only_ancestors(&world, &client, first.clone()).await;
    is_replay(&client.refresh(&first.refresh).await);
    is_dead(&world, &client, &[&first, &thief]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_holders_refresh_on_their_own_for_hours_and_live() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let racers = join_all((0..20).map(|_| client.refresh(&first.refresh))).await;
    let mut held: Vec<_> = racers.iter().map(Answer::tokens).collect();
    for hour in 0..8 {
        for tokens in &mut held {
            world.pass(Duration::from_mins(3));
            *tokens = client.refresh(&tokens.refresh).await.tokens();
        }
        assert!(is_let_in(&world, &held[hour % 20]).await, "hour {hour}");
    }
    let grant = grant_of(&world, &first).await;
    assert_eq!((grant.places(primitives::clock::Clock::now(&*world.clock)), grant.forks), (20, 19));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fork_of_a_storm_is_counted() {
    let world = World::start().await;
    let (client, first) = connected(&world).await;
    let racers = join_all((0..=MANY_FORKS).map(|_| client.refresh(&first.refresh))).await;
    assert!(racers.iter().all(|answer| answer.status == 200));
    let grant = grant_of(&world, &first).await;
    assert_eq!((grant.forks, grant.recent_forks()), (MANY_FORKS, MANY_FORKS));
    // One of them was evicted. The next day the count starts anew.
    world.pass(Duration::from_hours(24));
    let mut alive = Vec::new();
    for racer in &racers {
        let answer = client.refresh(&racer.tokens().refresh).await;
        alive.extend((answer.status == 200).then(|| racer.tokens()));
    }
    assert_eq!(alive.len(), MAX_CHAINS);
    client.refresh(&alive[0].refresh).await.tokens();
    let grant = grant_of(&world, &first).await;
    assert_eq!((grant.forks, grant.recent_forks()), (MANY_FORKS + 1, 1));
}
