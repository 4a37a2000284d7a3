//! From an unknown client to a tool result, by every way to log in.

use e2e::mcp::{bearer, call, projects};
use e2e::{Choice, Login, World};
use langsmith_double::{Fault, FaultKind, data};
use serde_json::json;

#[tokio::test]
async fn a_key_leads_to_projects_and_a_refresh() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    assert!(projects(world.url(), &tokens.access).await.contains(&"support-bot".to_owned()));
    let refreshed = client.refresh(&tokens.refresh).await.tokens();
    assert_ne!(refreshed.refresh, tokens.refresh);
    assert!(projects(world.url(), &refreshed.access).await.contains(&"support-bot".to_owned()));
}

#[tokio::test]
async fn langsmith_leads_to_projects() {
    let world = World::start().await;
    let tokens = world.client().await.connect(&world.browser(), Login::LangSmith(data::ADA)).await;
    assert!(projects(world.url(), &tokens.access).await.contains(&"support-bot".to_owned()));
}

#[tokio::test]
async fn a_service_key_works_for_its_workspace() {
    let world = World::start().await;
    let tokens = world.client().await.connect(&world.browser(), Login::Key(data::SERVICE_KEY)).await;
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
}

#[tokio::test]
async fn without_oauth_upstream_only_the_key_form_shows() {
    let options = langsmith_double::Options { oauth: false, ..langsmith_double::Options::default() };
    let world = World::with(e2e::Options { langsmith: options, ..e2e::Options::default() }).await;
    let page = world.browser().open(&world.client().await.authorize_url()).await.unwrap();
    assert!(page.has_form("/authorize/login/key"));
    assert!(!page.has_form("/authorize/login/langsmith") && !page.html.contains("role=\"alert\""));
}

fn inject(world: &World, path: &str, kind: FaultKind) {
    world.langsmith.inject(Fault { method: None, path_contains: path.into(), kind, times: None });
}

/// Slow is the same as broken to somebody who looks at an empty window.
#[tokio::test]
async fn a_sign_in_of_langsmiths_that_does_not_answer_is_told_and_left_alone_for_a_while() {
    for kind in [FaultKind::Hang, FaultKind::Status(500), FaultKind::Malformed] {
        let world = World::start().await;
        let (browser, url) = (world.browser(), world.client().await.authorize_url());
        inject(&world, "/.well-known/oauth-authorization-server", kind);
        for _ in 0..3 {
            let page = browser.open(&url).await.unwrap();
            assert!(page.has_form("/authorize/login/key") && !page.has_form("/authorize/login/langsmith"));
            assert!(page.html.contains("own sign-in does not answer just now"), "{}", page.html);
        }
        assert_eq!(world.langsmith.requests().len(), 2, "{kind:?}: both places, once");
        world.langsmith.clear_faults();
        world.pass(std::time::Duration::from_secs(15));
        let page = browser.open(&url).await.unwrap();
        assert!(page.has_form("/authorize/login/langsmith") && !page.html.contains("role=\"alert\""));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_told_apart_from_a_wrong_one() {
    let world = World::start().await;
    let browser = world.browser();
    let login = browser.open(&world.client().await.authorize_url()).await.unwrap();
    inject(&world, "/workspaces", FaultKind::Status(403));
    let page = browser.use_key(&login, data::ADA_KEY).await.unwrap();
    assert!(page.status == 200 && page.html.contains("it may not list your workspaces"), "{}", page.html);
    world.langsmith.clear_faults();
    inject(&world, "/workspaces", FaultKind::RateLimited { retry_after_secs: None });
    let page = browser.use_key(&page, data::ADA_KEY).await;
    assert_told(&page.unwrap(), 503, "LangSmith asks us to wait");
    world.langsmith.clear_faults();
    inject(&world, "/workspaces", FaultKind::Status(500));
    let page = browser.use_key(&login, data::ADA_KEY).await;
    assert_told(&page.unwrap(), 502, "LangSmith does not answer");
    world.langsmith.clear_faults();
    assert!(browser.use_key(&login, data::ADA_KEY).await.unwrap().has_form("/authorize/consent"));
}

/// An error page with the way to try again.
fn assert_told(page: &e2e::browser::Page, status: u16, title: &str) {
    assert_eq!(page.status, status, "{}", page.html);
    assert!(page.html.contains(&format!("<h1>{title}</h1>")), "{}", page.html);
    assert!(
        page.html.contains("href=\"/authorize?") && page.html.contains(">Try again</a>"),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn a_langsmith_that_registers_nobody_leaves_the_key() {
    for status in [401, 403, 404] {
        let world = World::start_self_registered().await;
        let (browser, url) = (world.browser(), world.client().await.authorize_url());
        let login = browser.open(&url).await.unwrap();
        inject(&world, "/oauth/register", FaultKind::Status(status));
        let ticket = login.field("/authorize/login/langsmith", "ticket");
        let page = browser.post(&world.at("/authorize/login/langsmith"), &[("ticket", &ticket)]).await;
        assert_told(&page.unwrap(), 502, "LangSmith&#39;s own sign-in cannot be used here");
        let login = browser.open(&url).await.unwrap();
        assert!(browser.use_key(&login, data::ADA_KEY).await.unwrap().has_form("/authorize/consent"));
    }
}

#[tokio::test]
async fn an_account_that_langsmith_hides_after_its_own_sign_in_has_words_of_its_own() {
    for (kind, status, title) in [
        (FaultKind::Status(401), 403, "LangSmith does not show us your account"),
        (FaultKind::Status(403), 403, "LangSmith does not show us your account"),
        (FaultKind::RateLimited { retry_after_secs: None }, 503, "LangSmith asks us to wait"),
        (FaultKind::Status(500), 502, "LangSmith does not answer"),
    ] {
        let world = World::start().await;
        let browser = world.browser();
        let login = browser.open(&world.client().await.authorize_url()).await.unwrap();
        inject(&world, "/workspaces", kind);
        let page = browser.continue_with_langsmith(&login, data::ADA).await.unwrap();
        assert_told(&page, status, title);
    }
}

#[tokio::test]
async fn the_consent_page_says_what_the_person_signed_in_with() {
    let world = World::start().await;
    let url = world.client().await.authorize_url();
    for (login, by, words) in [
        (Login::LangSmith(data::ADA), "as", "Ada (ada@example.com)"),
        (Login::Key(data::ADA_KEY), "with", "the personal API key ending in demo"),
        (Login::Key(data::SERVICE_KEY), "with", "the service key ending in demo"),
    ] {
        let browser = world.browser();
        let page = browser.open(&url).await.unwrap();
        let consent = match login {
            Login::Key(key) => browser.use_key(&page, key).await,
            Login::LangSmith(user) => browser.continue_with_langsmith(&page, user).await,
        };
        let html = consent.unwrap().html;
        assert!(html.contains(&format!("Signed in {by} <strong><bdi>{words}</bdi></strong>")), "{html}");
        assert!(!html.contains("ada00000"));
    }
}

#[tokio::test]
async fn a_session_skips_the_login_until_it_expires() {
    let world = World::start().await;
    let browser = world.browser();
    world.client().await.connect(&browser, Login::LangSmith(data::ADA)).await;
    let other = world.client().await;
    let page = browser.open(&other.authorize_url()).await.unwrap();
    assert!(page.has_form("/authorize/consent"));
    let redirect = browser.consent(&page, &Choice::default()).await.unwrap_err();
    let tokens = other.exchange(&other.code(&redirect)).await.tokens();
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
    world.pass(std::time::Duration::from_hours(24));
    assert!(browser.open(&other.authorize_url()).await.unwrap().has_form("/authorize/login/key"));
}

#[tokio::test]
async fn signing_in_differently_shows_the_login_again() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    let consent = browser.open(&client.authorize_url()).await.unwrap();
    let ticket = consent.field("/authorize/logout", "ticket");
    let page = browser.post(&world.at("/authorize/logout"), &[("ticket", &ticket)]).await.unwrap();
    assert!(page.has_form("/authorize/login/key"));
}

#[tokio::test]
async fn deny_tells_the_client_and_leaves_nothing() {
    let world = World::start().await;
    let client = world.client().await;
    let choice = Choice { deny: true, ..Choice::default() };
    let redirect = client.authorize(&world.browser(), Login::Key(data::ADA_KEY), &choice).await;
    let query: std::collections::BTreeMap<_, _> = redirect.query_pairs().into_owned().collect();
    assert_eq!(query["error"], "access_denied");
    assert_eq!(query["state"], "a state & more");
    assert_eq!(query["iss"], world.url());
    assert!(!query.contains_key("code"));
}

#[tokio::test]
async fn a_consent_covers_the_chosen_workspace_and_no_other() {
    let world = World::start().await;
    let client = world.client().await;
    let choice = Choice { workspace: Some(data::TEAM_WORKSPACE.to_string()), ..Choice::default() };
    let redirect = client.authorize(&world.browser(), Login::Key(data::ADA_KEY), &choice).await;
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    assert!(!projects(world.url(), &tokens.access).await.contains(&"ada-notes".to_owned()));
    let elsewhere = json!({ "workspace_id": data::ADA_WORKSPACE });
    let answer = call(world.url(), bearer(&tokens.access), "list_projects", elsewhere).await;
    assert_eq!(answer.body["result"]["isError"], true);
    assert_eq!(answer.body["result"]["structuredContent"]["kind"], "forbidden");
}

#[tokio::test]
async fn all_workspaces_is_an_explicit_choice() {
    let world = World::start().await;
    let client = world.client().await;
    let choice = Choice { workspace: Some("*".into()), ..Choice::default() };
    let redirect = client.authorize(&world.browser(), Login::Key(data::ADA_KEY), &choice).await;
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    for (workspace, project) in [(data::TEAM_WORKSPACE, "support-bot"), (data::ADA_WORKSPACE, "ada-notes")] {
        let arguments = json!({ "workspace_id": workspace, "limit": 50 });
        let answer = call(world.url(), bearer(&tokens.access), "list_projects", arguments).await;
        assert!(answer.body.to_string().contains(project), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_scope_that_was_not_ticked_is_challenged() {
    let world = World::start().await;
    let client = world.client().await;
    let choice = Choice { scopes: Some(vec!["billing:read".into()]), ..Choice::default() };
    let redirect = client.authorize(&world.browser(), Login::Key(data::ADA_KEY), &choice).await;
    let answer = client.exchange(&client.code(&redirect)).await;
    assert_eq!(answer.body["scope"], "billing:read");
    let answer = call(world.url(), bearer(&answer.tokens().access), "list_projects", json!({})).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.body["id"], 1);
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.contains("insufficient_scope")
            && challenge.contains("scope=\"langsmith:read billing:read\""),
        "{challenge}"
    );
}

#[tokio::test]
async fn a_wrong_key_is_told_on_the_login_page() {
    let world = World::start().await;
    let browser = world.browser();
    let page = browser.open(&world.client().await.authorize_url()).await.unwrap();
    let page = browser.use_key(&page, "lsv2_pt_wrong").await.unwrap();
    assert!(page.has_form("/authorize/login/key"));
    assert!(page.html.contains("does not accept this key"));
    let page = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    assert!(page.has_form("/authorize/consent"));
}

#[tokio::test]
async fn a_page_that_was_left_open_is_told_as_expired() {
    let world = World::start().await;
    let browser = world.browser();
    let page = browser.open(&world.client().await.authorize_url()).await.unwrap();
    world.pass(std::time::Duration::from_mins(10));
    let page = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    assert_eq!(page.status, 400);
    assert!(
        page.html.contains("too old") && page.html.contains(page.headers["x-request-id"].to_str().unwrap())
    );
}

#[tokio::test]
async fn a_form_sent_twice_gives_one_grant_and_the_same_code() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    let first = browser.consent(&consent, &Choice::default()).await.unwrap_err();
    let second = browser.consent(&consent, &Choice::default()).await.unwrap_err();
    assert_eq!(first, second);
    client.exchange(&client.code(&first)).await.tokens();
    let third = browser.consent(&consent, &Choice::default()).await.unwrap();
    assert!(third.html.contains("already answered"));
}

#[tokio::test]
async fn a_consent_of_one_browser_cannot_be_completed_in_another() {
    let world = World::start().await;
    let (browser, thief, client) = (world.browser(), world.browser(), world.client().await);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    let page = thief.consent(&consent, &Choice::default()).await.unwrap();
    assert!(page.status == 400 && page.html.contains("did not keep our cookie"), "{}", page.html);
    thief.open(&client.authorize_url()).await.unwrap();
    let page = thief.consent(&consent, &Choice::default()).await.unwrap();
    assert!(page.has_form("/authorize/login/key"), "{}", page.html);
}

#[tokio::test]
async fn a_login_at_langsmith_belongs_to_its_browser_and_works_once() {
    let world = World::start().await;
    let (browser, thief, client) = (world.browser(), world.browser(), world.client().await);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.continue_with_langsmith(&page, data::ADA).await.unwrap();
    assert!(consent.has_form("/authorize/consent"));
    thief.open(&client.authorize_url()).await.unwrap();
    let callback = world.at("/authorize/callback?state=made-up&code=made-up");
    assert!(thief.open(&callback).await.unwrap().html.contains("cannot be continued"));
}

#[tokio::test]
async fn a_login_begun_at_another_issuer_is_refused() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    world.langsmith.misspell_issuer(true);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    // What the page found of LangSmith is forgotten while the login, which begins later, still stands.
    world.pass(std::time::Duration::from_mins(5));
    let theirs = browser.leave_for_langsmith(&page).await.unwrap();
    world.langsmith.misspell_issuer(false);
    world.pass(std::time::Duration::from_mins(6));
    let refused = browser.approve(&theirs, data::ADA).await.unwrap();
    let told = "You began it with one LangSmith, and another one answered";
    assert!(refused.html.contains(told) && !refused.html.contains("cancelled"), "{}", refused.html);
    let requests = world.langsmith.requests();
    assert!(requests.iter().all(|request| request.path != "/oauth/token"), "the code went to another issuer");
    let again = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.continue_with_langsmith(&again, data::ADA).await.unwrap();
    assert!(consent.has_form("/authorize/consent"), "{}", consent.html);
}
