//! Nobody can make us flood LangSmith with requests: junk is refused here, and LangSmith's answers are cached for a
//! while.

use std::time::Duration;

use e2e::browser::Page;
use e2e::client::{answer, http};
use e2e::mcp::headers;
use e2e::{Answer, Browser, Options, World};
use futures_util::future::join_all;
use langsmith_double::data::{ADA, ADA_KEY};
use langsmith_double::{CLIENT_ID, Fault, FaultKind};
use local::Settings;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::json;
use url::Url;

const JUNK: &str = "lsv2_pt_00000000000000000000000000000000_0000000000";

async fn ping(world: &World, headers: HeaderMap) -> Answer {
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    answer(http().post(world.at("/mcp")).headers(headers).json(&ping).send().await.unwrap()).await
}

/// The number of requests to LangSmith since the last time.
fn asked(world: &World) -> usize {
    let count = world.langsmith.requests().len();
    world.langsmith.clear_requests();
    count
}

fn impossible() -> Vec<HeaderValue> {
    let mut values: Vec<_> = [
        "not a key",
        "${LANGSMITH_API_KEY}",
        "{{langsmith_api_key}}",
        "<your-api-key>",
        "'lsv2_pt_x'",
        "\"x\"",
        "a\tb",
    ]
    .into_iter()
    .map(HeaderValue::from_static)
    .collect();
    values.push(HeaderValue::from_bytes(b"lsv2_pt_\xc3\xa9").unwrap());
    values.push(HeaderValue::from_str(&"k".repeat(513)).unwrap());
    values
}

#[tokio::test]
async fn what_cannot_be_a_key_is_told_so_without_asking_anybody() {
    let world = World::start().await;
    for name in ["x-api-key", "langsmith-api-key"] {
        for value in impossible() {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.clone());
            let (refused, rounds) = world.way.rounds(ping(&world, headers)).await;
            assert_eq!(
                (refused.status, rounds, asked(&world)),
                (StatusCode::UNAUTHORIZED, 0, 0),
                "{name}: {value:?}"
            );
            let challenge = refused.headers["www-authenticate"].to_str().unwrap();
            assert!(challenge.contains("cannot be a LangSmith API key"), "{challenge}");
            assert!(
                refused.body["error"]["message"].as_str().unwrap().contains("cannot be a LangSmith API key")
            );
        }
    }
}

#[tokio::test]
async fn a_refused_key_is_remembered_for_a_minute() {
    let world = World::start().await;
    for _ in 0..50 {
        assert_eq!(ping(&world, headers(&[("x-api-key", JUNK)])).await.status, StatusCode::UNAUTHORIZED);
    }
    assert!((1..=2).contains(&asked(&world)));
    // Another caller's valid key is not affected.
    assert_eq!(ping(&world, headers(&[("x-api-key", ADA_KEY)])).await.status, StatusCode::OK);
    asked(&world);
    world.pass(Duration::from_secs(61));
    assert_eq!(ping(&world, headers(&[("x-api-key", JUNK)])).await.status, StatusCode::UNAUTHORIZED);
    assert!((1..=2).contains(&asked(&world)), "after a minute LangSmith is asked again");
}

#[tokio::test]
async fn a_key_check_asks_twice_at_most() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let login = browser.open(&client.authorize_url()).await.unwrap();
    asked(&world);
    inject(&world, "/api/", 502);
    for _ in 0..3 {
        let refused = ping(&world, headers(&[("x-api-key", ADA_KEY)])).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(asked(&world), 2);
        assert_eq!(post_key(&browser, &login, ADA_KEY).await.status, StatusCode::BAD_GATEWAY);
        assert_eq!(asked(&world), 2, "a login with a key");
    }
    world.langsmith.clear_faults();
    assert_eq!(
        ping(&world, headers(&[("x-api-key", ADA_KEY)])).await.status,
        StatusCode::OK,
        "an outage is not believed"
    );
    assert!(post_key(&browser, &login, ADA_KEY).await.has_form("/authorize/consent"));
}

#[tokio::test]
async fn many_requests_with_one_key_at_once_are_one_question() {
    let world = World::start().await;
    for (key, status) in [(JUNK, StatusCode::UNAUTHORIZED), (ADA_KEY, StatusCode::OK)] {
        asked(&world);
        let answers = join_all((0..20).map(|_| ping(&world, headers(&[("x-api-key", key)])))).await;
        assert!(answers.iter().all(|answer| answer.status == status), "{key}");
        assert!((1..=2).contains(&asked(&world)), "{key}");
    }
}

fn inject(world: &World, path: &str, status: u16) {
    let kind = FaultKind::Status(status);
    world.langsmith.inject(Fault { method: None, path_contains: path.into(), kind, times: None });
}

async fn post_key(browser: &Browser, page: &Page, key: &str) -> Page {
    browser.use_key(page, key).await.unwrap()
}

#[tokio::test]
async fn a_login_with_a_refused_key_asks_once_a_minute() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let login = browser.open(&client.authorize_url()).await.unwrap();
    for key in ["not a key", "${LANGSMITH_API_KEY}", "<your-api-key>", "lsv2_pt_\u{e9}", &"k".repeat(513)] {
        asked(&world);
        let again = post_key(&browser, &login, key).await;
        assert!(again.html.contains("This cannot be a LangSmith API key"), "{key}");
        assert_eq!(asked(&world), 0, "{key}");
    }
    let first = post_key(&browser, &login, JUNK).await;
    assert!(first.html.contains("LangSmith does not accept this key"));
    asked(&world);
    for _ in 0..20 {
        assert!(post_key(&browser, &login, JUNK).await.html.contains("LangSmith does not accept this key"));
    }
    assert_eq!(asked(&world), 0);
    assert!(post_key(&browser, &login, ADA_KEY).await.has_form("/authorize/consent"), "the page still works");
}

/// Asserts that a login is refused for now, on a page with a way to retry.
async fn refuses(world: &World, browser: &Browser, form: &str, ticket: &str) {
    let url = world.at(&format!("/authorize/login/{form}"));
    let refused = browser.post_once(&url, &[("ticket", ticket), ("api_key", ADA_KEY)]).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "{form}");
    assert_eq!(refused.headers()["retry-after"], "20");
    let page = refused.text().await.unwrap();
    assert!(page.contains("Too many people are signing in") && page.contains("Try again"), "{page}");
}

#[tokio::test]
async fn only_so_many_logins_begin_in_a_minute() {
    let settings: fn(&mut Settings) = |settings| settings.logins_per_minute = 3.try_into().unwrap();
    let world = World::with(Options { settings: Some(settings), ..Options::default() }).await;
    let (browser, client) = (world.browser(), world.client().await);
    let login = browser.open(&client.authorize_url()).await.unwrap();
    let ticket = login.field("/authorize/login/langsmith", "ticket");
    for number in 0..3 {
        post_key(&browser, &login, &format!("{JUNK}{number}")).await;
    }
    refuses(&world, &browser, "key", &ticket).await;
    // Made-up keys do not block the other login method.
    for _ in 0..3 {
        begin(&world, &browser, &ticket).await;
    }
    asked(&world);
    for form in ["langsmith", "key"] {
        refuses(&world, &browser, form, &ticket).await;
    }
    assert_eq!(asked(&world), 0);
    // Pages are still shown, and the next login works after the stated delay.
    assert_eq!(browser.open(&client.authorize_url()).await.unwrap().status, StatusCode::OK);
    world.pass(Duration::from_secs(20));
    begin(&world, &browser, &ticket).await;
}

#[tokio::test]
async fn junk_uses_up_no_logins() {
    let settings: fn(&mut Settings) = |settings| settings.logins_per_minute = 3.try_into().unwrap();
    let world = World::with(Options { settings: Some(settings), ..Options::default() }).await;
    let (browser, client) = (world.browser(), world.client().await);
    let login = browser.open(&client.authorize_url()).await.unwrap();
    let ticket = login.field("/authorize/login/langsmith", "ticket");
    // The first one reaches LangSmith, and counts.
    post_key(&browser, &login, JUNK).await;
    asked(&world);
    for _ in 0..5 {
        for form in ["langsmith", "key"] {
            let url = world.at(&format!("/authorize/login/{form}"));
            let forged = browser.post_once(&url, &[("ticket", "junk"), ("api_key", ADA_KEY)]).await;
            assert_eq!(forged.status(), StatusCode::BAD_REQUEST, "{form}");
            let foreign = world.browser().post_once(&url, &[("ticket", &ticket), ("api_key", ADA_KEY)]).await;
            assert_eq!(foreign.status(), StatusCode::BAD_REQUEST, "{form}");
        }
        for key in ["not a key", JUNK] {
            assert_eq!(post_key(&browser, &login, key).await.status, StatusCode::OK, "{key}");
        }
    }
    assert_eq!(asked(&world), 0);
    for number in 0..2 {
        post_key(&browser, &login, &format!("{JUNK}{number}")).await;
    }
    for _ in 0..3 {
        begin(&world, &browser, &ticket).await;
    }
    for form in ["langsmith", "key"] {
        refuses(&world, &browser, form, &ticket).await;
    }
}

/// Posts one login page many times, without any request to LangSmith.
async fn begin_in_vain(world: &World, browser: &Browser, ticket: &str) {
    let url = world.at("/authorize/login/langsmith");
    for _ in 0..20 {
        let answer = browser.post_once(&url, &[("ticket", ticket)]).await;
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    }
}

#[tokio::test]
async fn a_client_that_langsmith_does_not_know_is_asked_for_once_in_a_while() {
    let langsmith = langsmith_double::Options::realistic();
    let world = World::with(Options { langsmith, ..Options::default() }).await;
    let (browser, client) = (world.browser(), world.client().await);
    let login = browser.open(&client.authorize_url()).await.unwrap();
    let ticket = login.field("/authorize/login/langsmith", "ticket");
    world.langsmith.delete_client(CLIENT_ID);
    for _ in 0..2 {
        asked(&world);
        begin_in_vain(&world, &browser, &ticket).await;
        assert_eq!(asked(&world), 1);
        world.pass(Duration::from_secs(30));
    }
}

#[tokio::test]
async fn a_registration_that_langsmith_refuses_is_tried_once_in_a_while() {
    let world = World::start_self_registered().await;
    let (browser, client) = (world.browser(), world.client().await);
    let login = browser.open(&client.authorize_url()).await.unwrap();
    let ticket = login.field("/authorize/login/langsmith", "ticket");
    inject(&world, "/oauth/register", 403);
    asked(&world);
    begin_in_vain(&world, &browser, &ticket).await;
    assert_eq!(asked(&world), 1);
    world.langsmith.clear_faults();
    world.pass(Duration::from_secs(30));
    begin(&world, &browser, &ticket).await;
}

#[tokio::test]
async fn a_sign_in_of_langsmiths_that_was_silent_is_left_alone_by_logins() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let url = client.authorize_url();
    browser.open(&url).await.unwrap();
    world.pass(Duration::from_mins(5));
    let login = browser.open(&url).await.unwrap();
    let ticket = login.field("/authorize/login/langsmith", "ticket");
    // The metadata read for the first page has expired, but the second page has not.
    world.pass(Duration::from_mins(5));
    inject(&world, "/.well-known/oauth-authorization-server", 502);
    asked(&world);
    begin_in_vain(&world, &browser, &ticket).await;
    assert_eq!(asked(&world), 2, "both places, once");
    world.langsmith.clear_faults();
    world.pass(Duration::from_secs(15));
    begin(&world, &browser, &ticket).await;
}

#[tokio::test]
async fn one_login_page_begins_one_login_at_langsmith() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let login = browser.open(&client.authorize_url()).await.unwrap();
    asked(&world);
    let ticket = login.field("/authorize/login/langsmith", "ticket");
    let mut begun = Vec::new();
    for _ in 0..50 {
        begun.push(begin(&world, &browser, &ticket).await);
    }
    begun.dedup();
    assert_eq!(begun.len(), 1, "one state and one challenge");
    assert!(asked(&world) <= 3);
    // Another page is another login, which sends nothing more to LangSmith.
    let other = browser.open(&client.authorize_url()).await.unwrap();
    let other = begin(&world, &browser, &other.field("/authorize/login/langsmith", "ticket")).await;
    assert_ne!(begun[0], other);
    assert_eq!(asked(&world), 0);
}

/// The login page's redirect of the browser.
async fn begin(world: &World, browser: &Browser, ticket: &str) -> String {
    let url = world.at("/authorize/login/langsmith");
    let answer = browser.post_once(&url, &[("ticket", ticket)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_login_page_whose_login_came_back_begins_no_other() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let login = browser.open(&client.authorize_url()).await.unwrap();
    let ticket = login.field("/authorize/login/langsmith", "ticket");
    let to = Url::parse(&begin(&world, &browser, &ticket).await).unwrap();
    let (_, state) = to.query_pairs().find(|(name, _)| name == "state").unwrap();
    let mut callback = Url::parse(&world.at("/authorize/callback")).unwrap();
    callback.query_pairs_mut().append_pair("error", "access_denied").append_pair("state", &state);
    let denied = browser.open(callback.as_str()).await.unwrap();
    assert_eq!(denied.status, StatusCode::BAD_REQUEST);
    let late = browser.post_once(&world.at("/authorize/login/langsmith"), &[("ticket", &ticket)]).await;
    // It leads to a fresh page, where the person can log in.
    assert_eq!(late.status(), StatusCode::SEE_OTHER);
    assert!(late.headers()["location"].to_str().unwrap().starts_with("/authorize?"));
    let login = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.continue_with_langsmith(&login, ADA).await.unwrap();
    assert!(consent.has_form("/authorize/consent"));
}
