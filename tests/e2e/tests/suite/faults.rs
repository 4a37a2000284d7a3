//! The database drops answers or is unreachable. Nobody is logged out and nothing is duplicated.

use e2e::mcp::{bearer, call, projects};
use e2e::{Choice, Login, World};
use langsmith_double::data;
use serde_json::json;

/// More writes than the whole path makes.
const PATH_WRITES: usize = 24;

/// Registration, login, consent, exchange, first use, refresh, fork, and the refreshes of both holders. The person and
/// the client retry failed steps, as people and clients do.
async fn path(world: &World, login: Login) {
    let client = world.client().await;
    let browser = world.browser();
    let page = browser.open(&client.authorize_url()).await.unwrap();
    let consent = retried(async || {
        let page = match login {
            Login::Key(key) => browser.use_key(&page, key).await,
            Login::LangSmith(user) => browser.continue_with_langsmith(&page, user).await,
        };
        page.ok().filter(|page| page.has_form("/authorize/consent"))
    })
    .await;
    let redirect = retried(async || browser.consent(&consent, &Choice::default()).await.err()).await;
    let tokens = client.exchange(&client.code(&redirect)).await;
    // Only the SDK retries the exchange itself: a code sent twice by the client is a replay.
    let tokens = tokens.tokens();
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
    let one = refreshed(&client, &tokens.refresh).await;
    let other = refreshed(&client, &tokens.refresh).await;
    for holder in [one, other] {
        world.pass(std::time::Duration::from_hours(1));
        let next = refreshed(&client, &holder.refresh).await;
        assert!(!projects(world.url(), &next.access).await.is_empty());
    }
}

async fn refreshed(client: &e2e::OAuthClient, token: &str) -> e2e::Tokens {
    retried(async || {
        let answer = client.refresh(token).await;
        assert_ne!(answer.error(), "invalid_grant", "a failure looks like a dead login");
        (answer.status == 200).then(|| answer.tokens())
    })
    .await
}

async fn retried<T>(mut step: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..3 {
        if let Some(outcome) = step().await {
            return outcome;
        }
    }
    panic!("a step failed three times");
}

#[tokio::test]
async fn the_answer_of_every_write_may_be_lost_once() {
    for login in [Login::Key(data::ADA_KEY), Login::LangSmith(data::ADA)] {
        let mut lost = 0;
        for write in 0..PATH_WRITES {
            let world = World::start().await;
            world.way.lose_answers(write, 1);
            path(&world, login).await;
            lost += usize::from(world.way.has_lost());
        }
        assert!(lost >= 10, "the path has only {lost} writes");
    }
}

#[tokio::test]
async fn a_refresh_whose_every_answer_is_lost_is_undecided_and_then_works() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    world.way.lose_answers(0, 3);
    let answer = client.refresh(&tokens.refresh).await;
    assert_eq!((answer.status.as_u16(), answer.error()), (503, "temporarily_unavailable"));
    assert!(answer.headers.contains_key("retry-after"));
    let tokens = client.refresh(&tokens.refresh).await.tokens();
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

#[tokio::test]
async fn a_consent_whose_every_answer_is_lost_can_be_given_again() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    world.way.lose_answers(0, 3);
    let page = browser.consent(&consent, &Choice::default()).await.unwrap();
    assert_eq!(page.status, 503);
    let redirect = browser.consent(&consent, &Choice::default()).await.unwrap_err();
    client.exchange(&client.code(&redirect)).await.tokens();
}

#[tokio::test]
async fn without_a_database_everything_is_503_and_nothing_is_lost() {
    let world = World::start().await;
    let client = world.client().await;
    let browser = world.browser();
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    projects(world.url(), &tokens.access).await;
    world.pass(std::time::Duration::from_secs(6));
    world.way.cut();
    let answer = client.refresh(&tokens.refresh).await;
    assert_eq!((answer.status.as_u16(), answer.error()), (503, "temporarily_unavailable"));
    let answer = call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, 503);
    assert!(answer.headers.contains_key("retry-after") && !answer.headers.contains_key("www-authenticate"));
    assert_eq!(client.revoke(&tokens.refresh).await.status, 503);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    assert_eq!(page.status, 503);
    world.way.heal();
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
    client.refresh(&tokens.refresh).await.tokens();
    assert!(browser.open(&client.authorize_url()).await.unwrap().has_form("/authorize/consent"));
}

#[tokio::test]
async fn a_store_that_failed_is_not_a_dead_grant_for_an_unknown_code() {
    let world = World::start().await;
    let client = world.client().await;
    world.way.cut();
    assert_eq!(client.exchange("garbage").await.status, 503);
    assert_eq!(client.refresh("garbage").await.status, 503);
}

#[tokio::test]
async fn a_write_that_meets_another_transaction_is_sent_again() {
    for login in [Login::Key(data::ADA_KEY), Login::LangSmith(data::ADA)] {
        let world = World::start().await;
        let (browser, client) = (world.browser(), world.client().await);
        let page = browser.open(&client.authorize_url()).await.unwrap();
        let consent = match login {
            Login::Key(key) => browser.use_key(&page, key).await,
            Login::LangSmith(user) => browser.continue_with_langsmith(&page, user).await,
        };
        world.way.conflict(2);
        let redirect = browser.consent(&consent.unwrap(), &Choice::default()).await.unwrap_err();
        let tokens = client.exchange(&client.code(&redirect)).await.tokens();
        world.way.conflict(2);
        let tokens = client.refresh(&tokens.refresh).await.tokens();
        world.way.conflict(2);
        assert!(!projects(world.url(), &tokens.access).await.is_empty());
    }
}

#[tokio::test]
async fn a_conflict_that_does_not_end_is_undecided() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    world.way.conflict(100);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "temporarily_unavailable");
    world.way.conflict(0);
    client.refresh(&tokens.refresh).await.tokens();
}
