//! The shipped programs pass every check.

use std::sync::Arc;

use doctor::{Options, Verdict};
use e2e::{Browser, Choice, Login, OAuthClient, World};
use front_door::FrontDoor;
use langsmith_double::data;
use primitives::clock::SystemClock;
use primitives::secret::Secret;
use shared::mcp::scopes::TOOL_SCOPES;

use crate::proxy::Proxy;
use crate::{finding, narrow_token, options, remarkable, report, with_key};

/// These servers use the machine's time.
fn now(options: Options) -> Options {
    Options { clock: Arc::new(SystemClock), ..options }
}

const WITHOUT_A_LOGIN: [(&str, Verdict); 1] = [("step-up challenge", Verdict::Skipped)];

#[tokio::test]
async fn the_local_server_is_fine_by_either_url() {
    let world = World::start().await;
    for url in [world.url().to_owned(), world.at("/"), world.at("/mcp"), world.at("/mcp/")] {
        let report = report(&url, &now(options())).await;
        assert_eq!(remarkable(&report), WITHOUT_A_LOGIN, "{report}");
        assert_eq!(report.exit_code(), 0);
        assert!(finding(&report, "legacy era").seen.contains("--api-key-env"));
    }
}

#[tokio::test]
async fn a_key_and_a_token_show_what_is_behind_the_login() {
    let world = World::start().await;
    let token = Some(narrow_token(world.url()).await);
    let report = report(world.url(), &now(Options { token, ..with_key(data::ADA_KEY) })).await;
    assert_eq!(remarkable(&report), [], "{report}");
    for (check, seen) in [
        ("challenge of a bad token", "401 with invalid_token"),
        ("legacy era", &format!("initialize agreed on 2025-11-25; {} tools", TOOL_SCOPES.len())),
        ("modern era", &format!("server/discover names 2026-07-28; {} tools", TOOL_SCOPES.len())),
        (
            "step-up challenge",
            "get_thread_history is refused with 403, and the challenge names langsmith:read",
        ),
    ] {
        assert_eq!(finding(&report, check).seen, seen);
    }
}

#[tokio::test]
async fn a_token_that_shows_nothing_is_told_and_no_fault() {
    let world = World::start().await;
    let client = OAuthClient::register(world.url(), "http://127.0.0.1:7777/callback").await;
    let browser = Browser::new(world.url());
    let redirect = client.authorize(&browser, Login::Key(data::ADA_KEY), &Choice::default()).await;
    let every = client.exchange(&client.code(&redirect)).await.tokens();
    let foreign = World::start().await;
    for (token, why) in [
        (every.access.as_str(), "every permission"),
        ("lsv2_pt_not_a_token", "holds no access token"),
        (narrow_token(foreign.url()).await.expose(), "get a new one"),
    ] {
        let report =
            report(world.url(), &now(Options { token: Some(Secret::new(token)), ..options() })).await;
        assert_eq!(remarkable(&report), WITHOUT_A_LOGIN, "{report}");
        assert!(finding(&report, "step-up challenge").seen.contains(why), "{report}");
    }
}

#[tokio::test]
async fn a_proxy_that_changes_nothing_is_fine() {
    let proxy = Proxy::start().await;
    let report = report(&proxy.url, &with_key(data::ADA_KEY)).await;
    assert_eq!(remarkable(&report), WITHOUT_A_LOGIN, "{report}");
    assert_eq!(finding(&report, "clock").seen, "within a second of this machine's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_functions_behind_api_gateway_are_fine() {
    let door = FrontDoor::start().await;
    let token = Some(narrow_token(&door.url).await);
    let report = report(&door.url, &now(Options { token, ..with_key(data::ADA_KEY) })).await;
    assert_eq!(remarkable(&report), [], "{report}");
    // The header of the gateway response is static.
    let seen = &finding(&report, "challenge of a bad token").seen;
    assert!(seen.contains("the same as without a token"), "{seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moved_endpoint_is_found_from_the_origin() {
    let environment = "self-hosted";
    let door = FrontDoor::with(front_door::Options { environment, ..front_door::Options::default() }).await;
    for url in [door.url.clone(), door.at("/api/mcp")] {
        let report = report(&url, &now(options())).await;
        assert_eq!(remarkable(&report), WITHOUT_A_LOGIN, "{report}");
        assert_eq!(finding(&report, "resource document").seen, format!("resource {}", door.at("/api/mcp")));
    }
    // The documents tell the endpoint's actual path.
    let report = report(&door.at("/mcp"), &now(options())).await;
    assert_eq!(report.exit_code(), 1);
    let root = finding(&report, "resource document at root");
    assert_eq!(root.verdict, Verdict::Fault);
    assert!(root.fix.as_ref().unwrap().contains("ResourcePath"), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_for_logins_only_is_told_apart() {
    let parameters = vec![("ApiKeyHeader", "off")];
    let door = FrontDoor::with(front_door::Options { parameters, ..front_door::Options::default() }).await;
    let token = Some(narrow_token(&door.url).await);
    let report = report(&door.url, &now(Options { token, ..with_key(data::ADA_KEY) })).await;
    let expected = [
        ("legacy era", Verdict::Fault),
        ("modern era", Verdict::Fault),
        ("step-up challenge", Verdict::Warning),
    ];
    assert_eq!(remarkable(&report), expected, "{report}");
    for check in ["modern era", "step-up challenge"] {
        assert!(finding(&report, check).fix.as_ref().unwrap().contains("ApiKeyHeader=off"), "{report}");
    }
}
