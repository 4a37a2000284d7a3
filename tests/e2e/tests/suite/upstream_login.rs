//! Logins at LangSmith, with every variant that deployments have, and the error messages if it cannot work.

use std::collections::BTreeMap;
use std::time::Duration;

use e2e::browser::Page;
use e2e::mcp::{bearer, call, headers, projects};
use e2e::{Login, World};
use langsmith_double::{CLIENT_ID, Fault, FaultKind, Modes, Options, PUBLIC_CLIENT_ID, SelfRegistered, data};
use local::Settings;
use serde_json::json;

type Change = fn(&mut Settings);

const AS_REGISTERED: Change = |_| {};
const AS_PUBLIC: Change = |settings| {
    settings.langsmith_client_id = Some(PUBLIC_CLIENT_ID.to_owned());
    settings.langsmith_client_secret = None;
};
const SELF_REGISTERED: Change = |settings| {
    settings.langsmith_client_id = None;
    settings.langsmith_client_secret = None;
    settings.langsmith_self_registration = true;
};
const WITHOUT_CLIENT: Change = |settings| {
    settings.langsmith_client_id = None;
    settings.langsmith_client_secret = None;
};
const WITHOUT_OFFLINE_ACCESS: Change = |settings| "openid email".clone_into(&mut settings.langsmith_scopes);

async fn world(langsmith: Options, change: Change) -> World {
    World::with(e2e::Options { langsmith, settings: Some(change), ..e2e::Options::default() }).await
}

fn with(modes: Modes) -> Options {
    Options { modes, ..Options::realistic() }
}

fn inject(world: &World, path: &str, kind: FaultKind) {
    world.langsmith.inject(Fault { method: None, path_contains: path.into(), kind, times: None });
}

fn count(world: &World, path: &str, body: &str) -> usize {
    let is_it = |request: &&langsmith_double::Recorded| request.path == path && request.body.contains(body);
    world.langsmith.requests().iter().filter(is_it).count()
}

/// The result of "Continue with LangSmith".
async fn sign_in(world: &World) -> Page {
    let browser = world.browser();
    let page = browser.open(&world.client().await.authorize_url()).await.unwrap();
    browser.continue_with_langsmith(&page, data::ADA).await.unwrap()
}

fn assert_told(page: &Page, status: u16, title: &str) {
    assert_eq!(page.status, status, "{}", page.html);
    assert!(page.html.contains(&format!("<h1>{title}</h1>")), "{}", page.html);
}

const OUT_OF_ORDER: &str = "Sign-in with LangSmith does not work here";

#[tokio::test]
async fn a_login_works_in_every_mode() {
    let closed = Modes { self_registered: SelfRegistered::Closed, ..Modes::REALISTIC };
    let odd = Modes { odd_subjects: true, ..Modes::REALISTIC };
    let open = Modes { self_registered: SelfRegistered::Api, ..Modes::REALISTIC };
    let modes: [(&str, Options, Change); 8] = [
        ("lenient", Options::default(), AS_REGISTERED),
        ("lenient, public client", Options::default(), AS_PUBLIC),
        ("lenient, self-registration", Options::default(), SELF_REGISTERED),
        ("realistic", Options::realistic(), AS_REGISTERED),
        ("realistic, public client", Options::realistic(), AS_PUBLIC),
        ("realistic, without registration", with(closed), AS_REGISTERED),
        ("realistic, odd subjects", with(odd), AS_REGISTERED),
        ("realistic, self-registered clients reach the API", with(open), SELF_REGISTERED),
    ];
    for (name, options, change) in modes {
        let ttl = Duration::from_secs(options.access_ttl_secs);
        let world = world(options, change).await;
        let tokens = world.client().await.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
        assert!(!projects(world.url(), &tokens.access).await.is_empty(), "{name}");
        world.pass(ttl.mul_f64(0.85));
        assert!(!projects(world.url(), &tokens.access).await.is_empty(), "{name}");
        assert_eq!(count(&world, "/oauth/token", "grant_type=refresh_token"), 1, "{name}");
        let asked = count(&world, "/oauth/token", "");
        assert_eq!(count(&world, "/oauth/token", "resource=http"), asked, "{name}");
        let with_secret = count(&world, "/oauth/token", "client_secret=");
        let confidential = ["lenient", "realistic"].contains(&name)
            || name.ends_with("without registration")
            || name.ends_with("odd subjects");
        assert_eq!(with_secret, if confidential { asked } else { 0 }, "{name}");
    }
}

#[tokio::test]
async fn without_a_client_only_the_key_form_shows() {
    let world = world(Options::realistic(), WITHOUT_CLIENT).await;
    let browser = world.browser();
    let page = browser.open(&world.client().await.authorize_url()).await.unwrap();
    assert!(page.has_form("/authorize/login/key") && !page.has_form("/authorize/login/langsmith"));
    let metadata = "/.well-known/oauth-authorization-server";
    assert_eq!(count(&world, metadata, ""), 0, "nobody is asked what cannot be used");
    let ticket = page.field("/authorize/login/key", "ticket");
    let page = browser.post(&world.at("/authorize/login/langsmith"), &[("ticket", &ticket)]).await.unwrap();
    assert_told(&page, 502, "Sign-in with LangSmith is not available here");
}

#[tokio::test]
async fn a_self_registered_client_that_may_not_reach_the_api_is_told_and_not_replaced() {
    let world = world(Options::realistic(), SELF_REGISTERED).await;
    for _ in 0..2 {
        assert_told(&sign_in(&world).await, 502, OUT_OF_ORDER);
    }
    assert_eq!(count(&world, "/oauth/register", ""), 1);
}

#[tokio::test]
async fn a_client_that_langsmith_deleted_is_the_operators_to_mend() {
    let world = world(Options::realistic(), AS_REGISTERED).await;
    world.langsmith.delete_client(CLIENT_ID);
    let browser = world.browser();
    let url = world.client().await.authorize_url();
    let login = browser.open(&url).await.unwrap();
    assert_told(&browser.leave_for_langsmith(&login).await.unwrap(), 502, OUT_OF_ORDER);
    assert_eq!(count(&world, "/oauth/register", ""), 0, "nothing takes its place");
    let login = browser.open(&url).await.unwrap();
    assert!(browser.use_key(&login, data::ADA_KEY).await.unwrap().has_form("/authorize/consent"));
}

#[tokio::test]
async fn an_expired_secret_stops_logins_and_ends_those_that_stand_only_when_refused_twice() {
    let world = world(Options::realistic(), AS_REGISTERED).await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    let list = async || call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await;
    world.langsmith.rotate_client_secret(CLIENT_ID, "another");
    assert_told(&sign_in(&world).await, 502, OUT_OF_ORDER);
    assert_eq!(count(&world, "/oauth/register", ""), 0);
    world.langsmith.expire_access_tokens();
    let first = list().await;
    assert_eq!((first.status.as_u16(), &first.body["result"]["isError"]), (200, &json!(true)));
    // Repaired in time: nobody notices anything else.
    world.langsmith.rotate_client_secret(CLIENT_ID, langsmith_double::CLIENT_SECRET);
    world.pass(Duration::from_secs(30));
    assert_eq!(list().await.body["result"]["isError"], false);
    world.langsmith.rotate_client_secret(CLIENT_ID, "another");
    world.langsmith.expire_access_tokens();
    assert_eq!(list().await.status, 200);
    world.pass(Duration::from_mins(2));
    assert_eq!(list().await.status, 401);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn who_it_is_comes_from_either_place() {
    for (path, words) in [
        (
            "/nothing",
            "Signed in as <strong><bdi>Ada (ada@example.com)</bdi></strong><small><bdi>Sample Organization</bdi>, ",
        ),
        ("/me/ls_user_id", "Signed in as <strong><bdi>Ada (ada@example.com)</bdi></strong>"),
        ("/userinfo", "Signed in with <strong><bdi>your LangSmith account</bdi></strong>"),
    ] {
        for kind in [FaultKind::Status(403), FaultKind::Status(404), FaultKind::Malformed] {
            let world = world(Options::realistic(), AS_REGISTERED).await;
            inject(&world, path, kind);
            let html = sign_in(&world).await.html;
            assert!(html.contains(words), "{path} {kind:?}: {html}");
        }
    }
}

#[tokio::test]
async fn only_both_places_failing_end_a_login() {
    let world = world(Options::realistic(), AS_REGISTERED).await;
    inject(&world, "/me/ls_user_id", FaultKind::Status(403));
    inject(&world, "/userinfo", FaultKind::Status(403));
    assert_told(&sign_in(&world).await, 403, "LangSmith does not show us your account");
}

/// Identified by the other endpoint, the same person would be somebody else to us, without their connections.
#[tokio::test]
async fn a_first_place_that_is_only_out_of_order_makes_nobody_somebody_else() {
    for status in [429, 503] {
        let world = world(Options::realistic(), AS_REGISTERED).await;
        inject(&world, "/me/ls_user_id", FaultKind::Status(status));
        let page = sign_in(&world).await;
        assert!(page.status.is_server_error() && page.html.contains("Try again"), "{}", page.html);
    }
}

/// Anybody can forge an error about our client: it is no failure of ours, and no evidence for the operator.
#[tokio::test]
async fn an_error_that_a_browser_makes_up_is_not_ours() {
    let world = world(Options::realistic(), AS_REGISTERED).await;
    let browser = world.browser();
    let login = browser.open(&world.client().await.authorize_url()).await.unwrap();
    let theirs = browser.leave_for_langsmith(&login).await.unwrap();
    let sent: BTreeMap<_, _> = theirs.url.query_pairs().into_owned().collect();
    let back = format!("{}?state={}&error=unauthorized_client", sent["redirect_uri"], sent["state"]);
    assert_told(&browser.open(&back).await.unwrap(), 400, OUT_OF_ORDER);
}

/// LangSmith does not reveal the owner of a personal key: the key is an identity of its own, but not a service key.
#[tokio::test]
async fn a_personal_key_whose_owner_is_not_told_is_still_a_personal_key() {
    let world = world(Options::realistic(), AS_REGISTERED).await;
    for (key, words) in [
        (data::ADA_KEY, "the personal API key ending in demo</bdi></strong><small><bdi>Sample Organization"),
        (data::SERVICE_KEY, "the service key ending in demo</bdi></strong><small><bdi>Sample Organization"),
        // Its organization is not shown.
        (data::LIMITED_KEY, "the personal API key ending in ited</bdi></strong><small>LangSmith at "),
    ] {
        let browser = world.browser();
        let page = browser.open(&world.client().await.authorize_url()).await.unwrap();
        let html = browser.use_key(&page, key).await.unwrap().html;
        assert!(html.contains(&format!("Signed in with <strong><bdi>{words}")), "{key}: {html}");
        let tokens = world.client().await.connect(&world.browser(), Login::Key(key)).await;
        assert!(!projects(world.url(), &tokens.access).await.is_empty(), "{key}");
    }
    let mut direct = headers(&[("x-api-key", data::ADA_KEY)]);
    assert_eq!(call(world.url(), direct.clone(), "list_projects", json!({})).await.status, 200);
    direct.insert("x-api-key", "lsv2_pt_nobody".parse().unwrap());
    assert_eq!(call(world.url(), direct, "list_projects", json!({})).await.status, 401);
}

/// Another person's tokens are worse than none.
#[tokio::test]
async fn a_refresh_that_brings_another_person_ends_the_login() {
    for fault in ["/nothing", "/me/ls_user_id"] {
        let world = world(Options::realistic(), AS_REGISTERED).await;
        inject(&world, fault, FaultKind::Status(403));
        let client = world.client().await;
        let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
        world.langsmith.mix_up(data::ADA, data::GRACE);
        world.langsmith.clear_requests();
        world.pass(Duration::from_secs(250));
        let answer = call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await;
        assert_eq!(answer.status, 401, "{fault}: {}", answer.body);
        assert_eq!(count(&world, "/api/v1/sessions", ""), 0, "nothing is read with them");
        assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    }
}

#[tokio::test]
async fn who_it_is_after_a_refresh_may_stay_unanswered() {
    let world = world(Options::realistic(), AS_REGISTERED).await;
    let tokens = world.client().await.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    inject(&world, "/me/ls_user_id", FaultKind::Status(500));
    world.pass(Duration::from_secs(250));
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
    assert_eq!(count(&world, "/oauth/token", "grant_type=refresh_token"), 1);
}

#[tokio::test]
async fn a_short_login_without_a_refresh_token_is_told_once() {
    let world = world(Options::realistic(), WITHOUT_OFFLINE_ACCESS).await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    let list = async || call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await;
    world.pass(Duration::from_secs(299));
    assert_eq!(list().await.body["result"]["isError"], false);
    world.pass(Duration::from_secs(1));
    let told = list().await;
    assert_eq!(told.status, 401);
    assert!(told.headers["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(count(&world, "/oauth/token", "grant_type=refresh_token"), 0);
    let tokens = client.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

/// Such logins end by themselves, which is not a burst of endings.
#[tokio::test]
async fn any_number_of_short_logins_may_end_together() {
    let world = world(Options::realistic(), WITHOUT_OFFLINE_ACCESS).await;
    let client = world.client().await;
    let mut held = Vec::new();
    for _ in 0..34 {
        held.push(client.connect(&world.browser(), Login::LangSmith(data::ADA)).await);
    }
    world.pass(Duration::from_mins(5));
    for tokens in &held {
        let answer = call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await;
        assert_eq!(answer.status, 401, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_key_sent_as_a_token_is_told_where_keys_go() {
    let world = world(Options::realistic(), AS_REGISTERED).await;
    for key in [data::ADA_KEY, data::SERVICE_KEY, "lsv2_pt_nobody"] {
        let answer = call(world.url(), bearer(key), "list_projects", json!({})).await;
        assert_eq!(answer.status, 401);
        let challenge = answer.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("invalid_token") && challenge.contains("X-Api-Key header"), "{challenge}");
        assert!(answer.body.to_string().contains("X-Api-Key"), "{}", answer.body);
        assert!(!answer.body.to_string().contains(key) && !challenge.contains(key));
    }
    assert!(world.langsmith.requests().iter().all(|request| !request.x_api_key), "no key is passed on");
}
