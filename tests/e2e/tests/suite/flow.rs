//! From an unknown client to a tool result, with every login method.

use e2e::mcp::{bearer, call, projects};
use e2e::{Choice, Login, OAuthClient, World};
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

/// To a person in front of an empty window, slow is the same as broken.
#[tokio::test]
async fn a_sign_in_of_langsmiths_that_does_not_answer_is_told_and_left_alone_for_a_while() {
    for kind in [FaultKind::Hang, FaultKind::Status(500), FaultKind::Malformed] {
        let world = World::start().await;
        let (browser, url) = (world.browser(), world.client().await.authorize_url());
        inject(&world, "/.well-known/oauth-authorization-server", kind);
        for _ in 0..3 {
            let page = browser.open(&url).await.unwrap();
            assert!(page.has_form("/authorize/login/key") && !page.has_form("/authorize/login/langsmith"));
            assert!(page.html.contains("Sign-in with LangSmith is not available right now"), "{}", page.html);
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
    assert!(
        page.status == 200 && page.html.contains("lacks the permission to list workspaces"),
        "{}",
        page.html
    );
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
        assert_told(&page.unwrap(), 502, "Sign-in with LangSmith is not available here");
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
    let ticket = consent.field("/authorize/consent", "ticket");
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
async fn running_agents_is_a_permission_of_its_own() {
    let agent_servers = vec!["team=http://127.0.0.1:9;auth=none".to_owned()];
    let world = World::with(e2e::Options { agent_servers, ..e2e::Options::default() }).await;
    let client = world.client().await;
    let without = ["langsmith:read", "langsmith:write"].map(ToOwned::to_owned).to_vec();
    let choice = Choice { scopes: Some(without), ..Choice::default() };
    let redirect = client.authorize(&world.browser(), Login::Key(data::ADA_KEY), &choice).await;
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    for tool in ["team__answer", "agent_run_result"] {
        let answer = call(world.url(), bearer(&tokens.access), tool, json!({})).await;
        assert_eq!(answer.status, 403, "{tool}");
        let challenge = answer.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("scope=\"langsmith:read langsmith:write agents:run\""), "{challenge}");
    }
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    let answer = call(world.url(), bearer(&tokens.access), "team__answer", json!({})).await;
    let text = answer.body["result"]["content"][0]["text"].as_str().unwrap();
    assert!(answer.status == 200 && text.contains("cannot be reached"), "{}", answer.body);
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
    assert!(page.html.contains("<title>Error: ") && page.html.contains("aria-invalid=\"true\""));
    let pasted = format!("export LANGSMITH_API_KEY=\"{}\"\n", data::ADA_KEY);
    let page = browser.use_key(&page, &pasted).await.unwrap();
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
async fn allow_without_a_choice_shows_the_page_again_with_what_was_chosen() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    assert_eq!(consent.chosen_workspaces(), Vec::<String>::new(), "one click may not grant");
    let ticket = consent.field("/authorize/consent", "ticket");
    let send = async |fields: &[(&str, &str)]| {
        let form = [&[("ticket", ticket.as_str())], fields].concat();
        browser.post(&world.at("/authorize/consent"), &form).await.unwrap()
    };
    let workspaces = consent.workspaces();
    let (all, one) = (workspaces[0].as_str(), workspaces[1].as_str());
    assert_eq!(all, "*");
    let (allow, read) = (("decision", "allow"), ("scope", "langsmith:read"));
    for (fields, workspace, scopes, missing) in [
        (vec![allow, read], None, &["langsmith:read"][..], &["workspace"][..]),
        (vec![allow, ("workspace", one)], Some(one), &[], &["scope"]),
        (vec![allow, ("workspace", "*")], Some("*"), &[], &["scope"]),
        (vec![allow], None, &[], &["scope", "workspace"]),
        (vec![allow, read, ("workspace", "not-offered")], None, &["langsmith:read"], &["workspace"]),
        (vec![allow, ("workspace", one), ("scope", "nonsense")], Some(one), &[], &["scope"]),
        // Sent without a button: no decision was made.
        (vec![read, ("workspace", one)], Some(one), &["langsmith:read"], &[]),
        // Pressing Enter in a choice sends this.
        (vec![("decision", ""), read, ("workspace", one)], Some(one), &["langsmith:read"], &[]),
        (vec![("decision", "maybe"), read, ("workspace", one)], Some(one), &["langsmith:read"], &[]),
    ] {
        let page = send(&fields).await;
        assert_eq!(page.status, if missing.is_empty() { 200 } else { 400 }, "{fields:?}");
        assert_eq!(page.chosen_workspaces(), Vec::from_iter(workspace.map(str::to_owned)), "{fields:?}");
        assert_eq!(page.ticked_scopes(), scopes, "{fields:?}");
        for field in ["scope", "workspace"] {
            let told = page.html.contains(&format!("id=\"{field}-error\""));
            assert_eq!(told, missing.contains(&field), "{fields:?}");
        }
        assert_eq!(page.html.contains("<title>Error: "), !missing.is_empty(), "{fields:?}");
    }
    // The returned page works like the first one.
    let page = send(&[allow, read]).await;
    let redirect = browser.consent(&page, &Choice::default()).await.unwrap_err();
    assert_eq!(client.exchange(&client.code(&redirect)).await.body["scope"], "langsmith:read");
}

#[tokio::test]
async fn a_mistake_in_an_ended_login_starts_anew() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let page = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    world.pass(std::time::Duration::from_mins(9));
    let consent = browser.consent(&consent, &Choice { scopes: Some(vec![]), ..Choice::default() }).await;
    // The page is younger than its login.
    world.pass(std::time::Duration::from_mins(2));
    let nothing = Choice { scopes: Some(vec![]), ..Choice::default() };
    let page = browser.consent(&consent.unwrap(), &nothing).await.unwrap();
    assert!(page.has_form("/authorize/login/key"), "{}", page.html);
}

#[tokio::test]
async fn an_app_is_opened_from_a_page_that_says_that_it_is_done() {
    let world = World::start().await;
    for (uri, opens) in [
        ("com.example.app:/callback", true),
        ("cursor://anysphere.cursor-mcp/oauth/callback", true),
        ("cursor://anysphere.cursor-deeplink/mcp/install?name=x&config=y", false),
        ("app-of-nobody://callback", false),
    ] {
        let (browser, client) = (world.browser(), OAuthClient::register(world.url(), uri).await);
        let page = browser.open(&client.authorize_url()).await.unwrap();
        let consent = browser.use_key(&page, data::ADA_KEY).await.unwrap();
        let denied = browser.consent(&consent, &Choice { deny: true, ..Choice::default() }).await.unwrap();
        assert!(denied.html.contains("<h1>Denied</h1>"), "{}", denied.html);
        assert!(denied.link().starts_with(uri) && denied.link().contains("error=access_denied"));
        assert!(!denied.headers.contains_key("refresh"), "{uri}: nothing opens by itself after Deny");
        let first = browser.consent(&consent, &Choice::default()).await.unwrap();
        let second = browser.consent(&consent, &Choice::default()).await.unwrap();
        for page in [&first, &second] {
            assert_eq!(page.status, 200);
            assert!(page.html.contains("<h1>Connected</h1>") && !page.has_form("/authorize/consent"));
            assert_eq!(page.headers["cache-control"], "no-store");
            assert_eq!(page.headers["referrer-policy"], "no-referrer");
            assert_eq!(page.headers["x-frame-options"], "DENY");
            assert_eq!(page.headers.contains_key("refresh"), opens, "{uri}");
            assert_eq!(page.html.contains("class=\"notice\""), !opens, "{uri}");
        }
        assert_eq!(first.link(), second.link());
        if opens {
            assert_eq!(first.headers["refresh"], format!("0;url={}", first.link()));
        }
        let link = first.link().parse().unwrap();
        client.exchange(&client.code(&link)).await.tokens();
        let third = browser.consent(&consent, &Choice::default()).await.unwrap();
        assert!(third.html.contains("already answered"), "{}", third.html);
        assert!(!third.html.contains("code="), "a code that was used may not be sent again");
    }
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
    // The cached metadata of the page has expired, while the login, which begins later, is still valid.
    world.pass(std::time::Duration::from_mins(5));
    let theirs = browser.leave_for_langsmith(&page).await.unwrap();
    world.langsmith.misspell_issuer(false);
    world.pass(std::time::Duration::from_mins(6));
    let refused = browser.approve(&theirs, data::ADA).await.unwrap();
    let told = "It was started with one LangSmith, but another one answered";
    assert!(refused.html.contains(told) && !refused.html.contains("cancelled"), "{}", refused.html);
    let requests = world.langsmith.requests();
    assert!(requests.iter().all(|request| request.path != "/oauth/token"), "the code went to another issuer");
    let again = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.continue_with_langsmith(&again, data::ADA).await.unwrap();
    assert!(consent.has_form("/authorize/consent"), "{}", consent.html);
}
