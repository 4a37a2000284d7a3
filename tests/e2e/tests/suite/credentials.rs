//! Upstream credentials: refreshed in time, ended only on LangSmith's word, and never because of an outage.

use std::sync::Arc;
use std::time::Duration;

use e2e::mcp::{bearer, call, headers, projects};
use e2e::{Answer, Login, Tokens, World};
use futures_util::future::join_all;
use langsmith_double::{Fault, FaultKind, data};
use primitives::clock::{Clock as _, SteppedClock, SystemClock};
use serde_json::json;

async fn list(world: &World, tokens: &Tokens) -> Answer {
    call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await
}

fn fault(path: &str, kind: FaultKind) -> Fault {
    Fault { method: None, path_contains: path.into(), kind, times: None }
}

fn refreshes(world: &World) -> usize {
    let refresh = |body: &str| body.contains("grant_type=refresh_token");
    world.langsmith.requests().iter().filter(|request| refresh(&format!("{:?}", request.body))).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ageing_upstream_token_is_refreshed_once_while_others_go_on() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    list(&world, &tokens).await;
    assert_eq!(refreshes(&world), 0);
    world.pass(Duration::from_secs(2900));
    let answers = join_all((0..8).map(|_| list(&world, &tokens))).await;
    assert!(answers.iter().all(|answer| answer.body["result"]["isError"] == false));
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_token_that_langsmith_expired_early_is_refreshed_and_the_call_repeated() {
    let world = World::start().await;
    let tokens = world.client().await.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    world.langsmith.expire_access_tokens();
    assert!(projects(world.url(), &tokens.access).await.contains(&"support-bot".to_owned()));
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_login_that_langsmith_ended_is_told_once_and_can_be_made_again() {
    let world = World::start().await;
    let (client, browser) = (world.client().await, world.browser());
    let tokens = client.connect(&browser, Login::LangSmith(data::ADA)).await;
    world.langsmith.revoke_oauth_user(&data::ADA.to_string());
    let answer = list(&world, &tokens).await;
    assert_eq!(answer.status, 401);
    assert!(answer.headers["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    // The same browser has to log in: its session would only bring the dead credential back.
    let page = browser.open(&client.authorize_url()).await.unwrap();
    assert!(page.has_form("/authorize/login/langsmith"));
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

#[tokio::test]
async fn every_grant_of_a_dead_credential_is_told_once() {
    let world = World::start().await;
    let browser = world.browser();
    let (one, other) = (world.client().await, world.client().await);
    let first = one.connect(&browser, Login::LangSmith(data::ADA)).await;
    let second = other.connect(&browser, Login::LangSmith(data::ADA)).await;
    assert_eq!(list(&world, &second).await.status, 200);
    world.langsmith.revoke_oauth_user(&data::ADA.to_string());
    assert_eq!(list(&world, &first).await.status, 401);
    world.pass(Duration::from_secs(61));
    assert_eq!(list(&world, &second).await.status, 401);
    assert_eq!(other.refresh(&second.refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_deleted_key_ends_its_grant_only_when_refused_twice_a_minute_apart() {
    let world = World::start().await;
    let (client, browser) = (world.client().await, world.browser());
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    world.langsmith.revoke_key(data::ADA_KEY);
    for _ in 0..2 {
        let answer = list(&world, &tokens).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body["result"]["structuredContent"]["kind"], "auth");
    }
    world.pass(Duration::from_secs(59));
    assert_eq!(list(&world, &tokens).await.status, 200);
    world.pass(Duration::from_secs(2));
    assert_eq!(list(&world, &tokens).await.status, 401);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert!(browser.open(&client.authorize_url()).await.unwrap().has_form("/authorize/login/key"));
}

#[tokio::test]
async fn a_key_that_was_refused_by_mistake_is_trusted_again() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    world.langsmith.inject(fault("/", FaultKind::Status(401)));
    assert_eq!(list(&world, &tokens).await.status, 200);
    world.langsmith.clear_faults();
    world.langsmith.inject(fault("/sessions", FaultKind::Status(401)));
    world.pass(Duration::from_mins(2));
    assert_eq!(list(&world, &tokens).await.status, 200, "ls_user_id takes the key, so it lives");
    world.langsmith.inject(fault("/", FaultKind::Status(401)));
    world.pass(Duration::from_mins(2));
    assert_eq!(list(&world, &tokens).await.status, 200, "counting starts anew");
    world.langsmith.clear_faults();
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

#[tokio::test]
async fn an_outage_logs_nobody_out() {
    for status in [403, 429, 500, 502, 503] {
        let world = World::start().await;
        let client = world.client().await;
        let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
        world.langsmith.inject(fault("/", FaultKind::Status(status)));
        world.langsmith.expire_access_tokens();
        // Past the upstream token's expiry, so that every way to a new one is tried.
        world.pass(Duration::from_secs(3601));
        let tokens = client.refresh(&tokens.refresh).await.tokens();
        let answer = list(&world, &tokens).await;
        assert_eq!(answer.status, 200, "{status}");
        assert_eq!(answer.body["result"]["isError"], true, "{status}");
        world.langsmith.clear_faults();
        // A failed refresh is retried after a while.
        world.pass(Duration::from_secs(15));
        assert!(!projects(world.url(), &tokens.access).await.is_empty(), "{status}");
    }
}

#[tokio::test]
async fn a_burst_of_endings_stops_itself() {
    let world = World::start().await;
    let client = world.client().await;
    let mut held = Vec::new();
    for _ in 0..34 {
        held.push(client.connect(&world.browser(), Login::LangSmith(data::ADA)).await);
    }
    world.langsmith.revoke_oauth_user(&data::ADA.to_string());
    let mut ended = 0;
    for tokens in &held {
        ended += usize::from(list(&world, tokens).await.status == 401);
    }
    assert_eq!(ended, 30, "the brake holds after thirty in ten minutes");
    world.pass(Duration::from_mins(10));
    let last = client.refresh(&held[33].refresh).await.tokens();
    assert_eq!(list(&world, &last).await.status, 401, "and is released afterwards");
}

#[tokio::test]
async fn a_bad_key_header_is_401_on_its_first_request_and_a_good_one_is_remembered() {
    let world = World::start().await;
    let with_key = |name: &'static str, key: &'static str| {
        call(world.url(), headers(&[(name, key)]), "list_projects", json!({}))
    };
    let answer = with_key("x-api-key", "lsv2_pt_wrong").await;
    assert_eq!(answer.status, 401);
    assert!(answer.headers.contains_key("www-authenticate"));
    let checks =
        || world.langsmith.requests().iter().filter(|request| request.path.ends_with("/workspaces")).count();
    let before = checks();
    for name in ["x-api-key", "langsmith-api-key"] {
        assert_eq!(with_key(name, data::ADA_KEY).await.status, 200);
    }
    assert_eq!(checks() - before, 1);
    world.pass(Duration::from_mins(5));
    assert_eq!(with_key("x-api-key", data::ADA_KEY).await.status, 200);
    assert_eq!(checks() - before, 2);
    world.langsmith.revoke_key(data::ADA_KEY);
    assert_eq!(with_key("x-api-key", data::ADA_KEY).await.status, 401);
}

#[tokio::test]
async fn a_key_header_that_one_call_refuses_is_checked_again_before_it_is_401() {
    let world = World::start().await;
    let list = || call(world.url(), headers(&[("x-api-key", data::ADA_KEY)]), "list_projects", json!({}));
    assert_eq!(list().await.status, 200);
    world.langsmith.inject(fault("/sessions", FaultKind::Status(401)));
    let answer = list().await;
    assert_eq!(answer.status, 200, "LangSmith accepts the key elsewhere");
    assert_eq!(answer.body["result"]["structuredContent"]["kind"], "auth");
    world.langsmith.clear_faults();
    assert_eq!(list().await.body["result"]["isError"], false);
}

#[tokio::test]
async fn an_empty_credential_header_is_none() {
    let world = World::start().await;
    let tokens = world.client().await.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    for empty in ["", "  "] {
        let token = format!("Bearer {}", tokens.access);
        for (name, value, other) in [
            ("x-api-key", data::ADA_KEY, "authorization"),
            ("x-api-key", data::ADA_KEY, "langsmith-api-key"),
            ("langsmith-api-key", data::ADA_KEY, "x-api-key"),
            ("authorization", token.as_str(), "x-api-key"),
        ] {
            let caller = headers(&[(name, value), (other, empty)]);
            assert_eq!(
                call(world.url(), caller, "list_projects", json!({})).await.status,
                200,
                "{name} {other}"
            );
        }
        for name in ["authorization", "x-api-key", "langsmith-api-key"] {
            let answer = call(world.url(), headers(&[(name, empty)]), "list_projects", json!({})).await;
            let challenge = answer.headers["www-authenticate"].to_str().unwrap();
            assert_eq!(
                (answer.status.as_u16(), challenge.contains("error=")),
                (401, false),
                "{name}: {challenge}"
            );
        }
    }
}

#[tokio::test]
async fn a_key_names_its_workspace_in_a_header() {
    let world = World::start().await;
    let workspace = data::ADA_WORKSPACE.to_string();
    for name in ["x-tenant-id", "langsmith-workspace-id"] {
        let caller = headers(&[("x-api-key", data::ADA_KEY), (name, &workspace)]);
        let answer = call(world.url(), caller, "list_projects", json!({ "limit": 50 })).await;
        assert!(answer.body.to_string().contains("ada-notes"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_login_whose_registration_langsmith_forgot_ends_and_can_be_made_again() {
    let world = World::start_self_registered().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    world.langsmith.expire_access_tokens();
    world.langsmith.forget_clients();
    assert_eq!(list(&world, &tokens).await.status, 200, "once may be a fault of theirs");
    world.pass(Duration::from_mins(2));
    assert_eq!(list(&world, &tokens).await.status, 401);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

#[tokio::test]
async fn a_first_login_after_langsmith_forgot_us_works() {
    let world = World::start_self_registered().await;
    world.client().await.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    world.langsmith.forget_clients();
    // Our registration was confirmed a moment ago, which is cached for a minute.
    world.pass(Duration::from_secs(61));
    let tokens = world.client().await.connect(&world.browser(), Login::LangSmith(data::GRACE)).await;
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

#[tokio::test]
async fn a_success_between_two_refusals_clears_the_first() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    for _ in 0..3 {
        world.langsmith.inject(fault("/", FaultKind::Status(401)));
        assert_eq!(list(&world, &tokens).await.status, 200);
        world.langsmith.clear_faults();
        assert!(!projects(world.url(), &tokens.access).await.is_empty());
        world.pass(Duration::from_mins(2));
    }
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

#[tokio::test]
async fn one_wrong_metadata_document_ends_no_login() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    // The upstream token is due for a refresh, but still valid.
    world.pass(Duration::from_secs(2900));
    world.langsmith.misspell_issuer(true);
    assert_eq!(list(&world, &tokens).await.body["result"]["isError"], false);
    world.langsmith.misspell_issuer(false);
    for _ in 0..4 {
        world.pass(Duration::from_secs(20));
        assert_eq!(list(&world, &tokens).await.body["result"]["isError"], false);
    }
    assert_eq!(refreshes(&world), 1, "the next document was right");
}

#[tokio::test]
async fn a_client_that_calls_now_and_then_is_told_of_a_deleted_key() {
    let world = World::start().await;
    let tokens = world.client().await.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    world.langsmith.revoke_key(data::ADA_KEY);
    assert_eq!(list(&world, &tokens).await.status, 200);
    world.pass(Duration::from_mins(20));
    assert_eq!(list(&world, &tokens).await.status, 401);
}

#[tokio::test]
async fn a_failing_token_endpoint_is_not_asked_on_every_call() {
    let world = World::start().await;
    let tokens = world.client().await.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    world.langsmith.inject(fault("/oauth/token", FaultKind::Status(503)));
    world.pass(Duration::from_secs(2900));
    for _ in 0..5 {
        assert_eq!(list(&world, &tokens).await.body["result"]["isError"], false, "the old token still works");
    }
    assert_eq!(refreshes(&world), 1);
    world.langsmith.clear_faults();
    world.pass(Duration::from_secs(15));
    list(&world, &tokens).await;
    assert_eq!(refreshes(&world), 2);
}

#[tokio::test]
async fn a_login_of_another_langsmith_is_told_once() {
    let directory = tempfile::TempDir::new().unwrap();
    let first = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
    let server = local::start(local::Settings::for_tests(&first.url(), directory.path())).await.unwrap();
    let origin = server.public_url().to_owned();
    let client = e2e::OAuthClient::register(&origin, "http://127.0.0.1:7777/callback").await;
    let tokens = client.connect(&e2e::Browser::new(&origin), Login::LangSmith(data::ADA)).await;
    server.stop().await;
    first.stop().await;
    let second = langsmith_double::start(langsmith_double::Options::default()).await.unwrap();
    second.handle().expire_access_tokens();
    let mut settings = local::Settings::for_tests(&second.url(), directory.path());
    settings.port = url::Url::parse(&origin).unwrap().port().unwrap();
    let clock = Arc::new(SteppedClock::new(SystemClock.now()));
    let environment = local::Environment { clock: clock.clone(), ..local::Environment::default() };
    let server = local::start_in(settings, environment).await.unwrap();
    let answer = call(&origin, bearer(&tokens.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, 200, "one wrong document must not end a login: {}", answer.body);
    clock.advance(Duration::from_mins(2));
    let answer = call(&origin, bearer(&tokens.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    let tokens = client.connect(&e2e::Browser::new(&origin), Login::LangSmith(data::ADA)).await;
    assert!(!projects(&origin, &tokens.access).await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_workspace_header_that_names_none_is_a_bad_request() {
    let world = World::start().await;
    for value in ["not-a-uuid", "../../x"] {
        let caller = headers(&[("x-api-key", data::ADA_KEY), ("x-tenant-id", value)]);
        let answer = call(world.url(), caller, "list_projects", json!({})).await;
        assert_eq!(answer.status, 400, "{value}");
    }
    // An empty setting names no workspace.
    let caller = headers(&[("x-api-key", data::ADA_KEY), ("x-tenant-id", "")]);
    assert_eq!(call(world.url(), caller, "list_projects", json!({})).await.status, 200);
}
