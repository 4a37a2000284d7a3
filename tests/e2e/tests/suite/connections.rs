//! The list of a person's connections, and their end: the owner, who may end them, and the effect on the app.

use std::time::Duration;

use e2e::browser::{Browser, Page};
use e2e::mcp::{bearer, call, projects};
use e2e::{Choice, Login, OAuthClient, Tokens, World};
use langsmith_double::data;
use primitives::clock::Clock as _;
use primitives::ids::{UserId, UserRef};
use reqwest::StatusCode;
use serde_json::json;

const LIST: &str = "/connections";
const END: &str = "/connections/end";
const END_ALL: &str = "/connections/end-all";

async fn client(world: &World, name: &str) -> OAuthClient {
    let uri = "http://127.0.0.1:7777/callback";
    let metadata = json!({ "client_name": name, "redirect_uris": [uri] });
    OAuthClient::register_as(world.url(), &metadata, uri).await.0
}

async fn list(world: &World, browser: &Browser) -> Page {
    browser.open(&world.at(LIST)).await.unwrap()
}

async fn post(world: &World, browser: &Browser, path: &str, ticket: &str) -> Page {
    browser.post(&world.at(path), &[("ticket", ticket)]).await.unwrap()
}

fn reference(user: uuid::Uuid) -> UserRef {
    UserId::new(user.to_string()).reference()
}

async fn status(world: &World, tokens: &Tokens) -> StatusCode {
    call(world.url(), bearer(&tokens.access), "list_projects", json!({})).await.status
}

#[tokio::test]
async fn without_a_session_the_login_comes_first_and_leads_back() {
    let world = World::start().await;
    for login in [Login::Key(data::ADA_KEY), Login::LangSmith(data::ADA)] {
        let browser = world.browser();
        let page = list(&world, &browser).await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("Sign in to see your connections"), "{}", page.html);
        let page = match login {
            Login::Key(key) => browser.use_key(&page, key).await,
            Login::LangSmith(user) => browser.continue_with_langsmith(&page, user).await,
        };
        let page = page.unwrap();
        assert_eq!(page.url.path(), LIST);
        assert!(page.html.contains("No app uses LangSmith for you here."), "{}", page.html);
        assert!(!page.has_form(END) && !page.has_form(END_ALL));
    }
}

#[tokio::test]
async fn a_refused_login_comes_back_to_the_same_page() {
    let world = World::start().await;
    let browser = world.browser();
    let page = list(&world, &browser).await;
    let page = browser.use_key(&page, "lsv2_pt_of_nobody").await.unwrap();
    assert!(page.html.contains("Sign in to see your connections"), "{}", page.html);
    assert!(page.html.contains("role=\"alert\""), "{}", page.html);
    assert_eq!(browser.use_key(&page, data::ADA_KEY).await.unwrap().url.path(), LIST);
}

#[tokio::test]
async fn the_list_says_what_each_app_may_do() {
    let world = World::start().await;
    let browser = world.browser();
    let (one, all) = (client(&world, "Reader").await, client(&world, "Everywhere").await);
    let page = browser.open(&one.authorize_url()).await.unwrap();
    let consent = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    let choice = Choice {
        workspace: Some(data::ADA_WORKSPACE.to_string()),
        scopes: Some(vec!["langsmith:read".into()]),
        ..Choice::default()
    };
    let redirect = browser.consent(&consent, &choice).await.unwrap_err();
    one.exchange(&one.code(&redirect)).await.tokens();
    world.pass(Duration::from_hours(1));
    let choice = Choice { workspace: Some("*".into()), ..Choice::default() };
    let redirect = all.authorize(&browser, Login::Key(data::ADA_KEY), &choice).await;
    all.exchange(&all.code(&redirect)).await.tokens();
    let page = list(&world, &browser).await;
    let rows: Vec<_> = page.html.split("<li>").skip(1).collect();
    let [everywhere, reader] = rows.as_slice() else { panic!("{}", page.html) };
    for (row, words) in [
        (everywhere, ["Everywhere", "All your workspaces", "Read, Write", "17 March 2030, 18:46 UTC"]),
        (reader, ["Reader", "127.0.0.1:7777", "<dd>Read</dd>", "17 March 2030, 17:46 UTC"]),
    ] {
        for word in words {
            assert!(row.contains(word), "{word}: {row}");
        }
    }
    assert!(!reader.contains(&data::ADA_WORKSPACE.to_string()), "its name is known: {reader}");
    assert!(!page.html.contains("places"), "each is in use in one place: {}", page.html);
}

#[tokio::test]
async fn a_second_holder_of_a_token_shows() {
    let world = World::start().await;
    let (client, browser) = (world.client().await, world.browser());
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    client.refresh(&tokens.refresh).await.tokens();
    client.refresh(&tokens.refresh).await.tokens();
    let page = list(&world, &browser).await;
    assert!(page.html.contains("2 places"), "{}", page.html);
}

#[tokio::test]
async fn what_is_ended_stops_within_five_seconds_and_nothing_else_does() {
    let world = World::start().await;
    let browser = world.browser();
    let (doomed, kept) = (client(&world, "Doomed").await, client(&world, "Kept").await);
    let lost = doomed.connect(&browser, Login::Key(data::ADA_KEY)).await;
    let other = kept.connect(&browser, Login::Key(data::ADA_KEY)).await;
    assert!(!projects(world.url(), &lost.access).await.is_empty());
    let ticket = ticket_of(&list(&world, &browser).await, "Doomed");
    let ended = post(&world, &browser, END, &ticket).await;
    assert!(ended.html.contains("Access of “<bdi>Doomed</bdi>” has ended"), "{}", ended.html);
    assert!(ended.html.contains("You ended it."), "{}", ended.html);
    assert_eq!(doomed.refresh(&lost.refresh).await.error(), "invalid_grant");
    world.pass(Duration::from_secs(5));
    assert_eq!(status(&world, &lost).await, 401);
    assert_eq!(status(&world, &other).await, 200);
    kept.refresh(&other.refresh).await.tokens();
    let page = list(&world, &browser).await;
    let (living, over) = page.html.split_once("<h2>Ended</h2>").unwrap();
    assert!(living.contains("Kept") && !living.contains("Doomed"), "{living}");
    assert!(over.contains("Doomed") && over.contains("You ended it.") && !over.contains("Kept"), "{over}");
}

/// The ticket in the form that ends an app's access.
fn ticket_of(page: &Page, client: &str) -> String {
    let row = page.html.split("<li>").find(|row| row.contains(&format!("<bdi>{client}</bdi>"))).unwrap();
    let form = row.split("action=\"/connections/end\"").nth(1).unwrap();
    form.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_form_that_is_sent_twice_says_when_it_ended() {
    let world = World::start().await;
    let (client, browser) = (client(&world, "Once").await, world.browser());
    client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    let ticket = ticket_of(&list(&world, &browser).await, "Once");
    let first = post(&world, &browser, END, &ticket).await;
    world.pass(Duration::from_mins(5));
    let second = post(&world, &browser, END, &ticket).await;
    let said = |page: &Page| {
        page.html.split("<div class=\"card\">").nth(1).unwrap().split("</div>").next().unwrap().to_owned()
    };
    assert_eq!(
        (second.status, said(&second)),
        (StatusCode::OK, said(&first)),
        "the time is that of the first"
    );
    world.pass(Duration::from_mins(6));
    let third = post(&world, &browser, END, &ticket).await;
    assert_eq!(third.status, 400);
    assert!(third.html.contains("too old") && third.html.contains("href=\"/connections\""), "{}", third.html);
}

#[tokio::test]
async fn a_connection_that_langsmith_ended_says_so() {
    let world = World::start().await;
    let (client, browser) = (client(&world, "Cut off").await, world.browser());
    let tokens = client.connect(&browser, Login::LangSmith(data::ADA)).await;
    world.langsmith.revoke_oauth_user(&data::ADA.to_string());
    assert_eq!(status(&world, &tokens).await, 401);
    // Its sessions ended with it: they would only bring the dead credential back.
    let page = list(&world, &browser).await;
    let page = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    let (_, over) = page.html.split_once("<h2>Ended</h2>").unwrap();
    assert!(
        over.contains("Cut off")
            && over.contains("LangSmith ended this login. To use the app again, connect it again."),
        "{over}"
    );
}

#[tokio::test]
async fn the_reason_of_an_end_is_told() {
    let world = World::start().await;
    let browser = world.browser();
    let (gone, stolen) = (client(&world, "Gone").await, client(&world, "Stolen").await);
    let tokens = gone.connect(&browser, Login::Key(data::ADA_KEY)).await;
    gone.revoke(&tokens.refresh).await;
    let tokens = stolen.connect(&browser, Login::Key(data::ADA_KEY)).await;
    let next = stolen.refresh(&tokens.refresh).await.tokens();
    assert_eq!(status(&world, &next).await, 200);
    world.pass(Duration::from_mins(3));
    assert_eq!(stolen.refresh(&tokens.refresh).await.error(), "invalid_grant");
    let page = list(&world, &browser).await;
    let row = |name: &str| page.html.split("<li>").find(|row| row.contains(name)).unwrap();
    assert!(row("Gone").contains("The app ended it."), "{}", page.html);
    assert!(row("Stolen").contains("somebody may have copied it"), "{}", page.html);
}

#[tokio::test]
async fn a_consent_that_no_app_took_up_is_no_connection() {
    let world = World::start().await;
    let (client, browser) = (client(&world, "Never came").await, world.browser());
    let redirect = client.authorize(&browser, Login::Key(data::ADA_KEY), &Choice::default()).await;
    assert!(!list(&world, &browser).await.html.contains("Never came"));
    world.pass(Duration::from_mins(2));
    assert!(!list(&world, &browser).await.html.contains("Never came"));
    assert_eq!(client.exchange(&client.code(&redirect)).await.error(), "invalid_grant");
}

#[tokio::test]
async fn an_unused_connection_is_over_after_thirty_days() {
    let world = World::start().await;
    let (client, browser) = (client(&world, "Idle").await, world.browser());
    client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    world.pass(Duration::from_hours(30 * 24));
    let page = list(&world, &browser).await;
    let page = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    let (living, over) = page.html.split_once("<h2>Ended</h2>").unwrap();
    assert!(!living.contains("Idle"), "{living}");
    assert!(over.contains("It was not used for 30 days.") && over.contains("16 April 2030"), "{over}");
}

#[tokio::test]
async fn ending_all_ends_a_code_that_is_on_its_way_too() {
    let world = World::start().await;
    let browser = world.browser();
    let (one, other, late) = (world.client().await, world.client().await, world.client().await);
    let first = one.connect(&browser, Login::Key(data::ADA_KEY)).await;
    let second = other.connect(&browser, Login::LangSmith(data::ADA)).await;
    let redirect = late.authorize(&browser, Login::Key(data::ADA_KEY), &Choice::default()).await;
    let elsewhere = world.browser();
    let foreign = world.client().await.connect(&elsewhere, Login::Key(data::GRACE_KEY)).await;
    let page = list(&world, &browser).await;
    let ticket = page.field(END_ALL, "ticket");
    let ended = post(&world, &browser, END_ALL, &ticket).await;
    assert!(
        ended.html.contains("All access has ended") && ended.html.contains("3 connections were"),
        "{}",
        ended.html
    );
    world.pass(Duration::from_secs(5));
    for tokens in [&first, &second] {
        assert_eq!(status(&world, tokens).await, 401);
    }
    assert_eq!(late.exchange(&late.code(&redirect)).await.error(), "invalid_grant");
    assert_eq!(status(&world, &foreign).await, 200, "another person's stays");
    let again = post(&world, &browser, END_ALL, &ticket).await;
    assert!(again.html.contains("There was nothing left to end."), "{}", again.html);
}

#[tokio::test]
async fn nobody_sees_or_ends_what_is_anothers() {
    let world = World::start().await;
    let (ada, grace) = (world.browser(), world.browser());
    // One client, two people.
    let client = client(&world, "Shared app").await;
    let adas = client.connect(&ada, Login::Key(data::ADA_KEY)).await;
    let graces = client.connect(&grace, Login::Key(data::GRACE_KEY)).await;
    let (adas_page, graces_page) = (list(&world, &ada).await, list(&world, &grace).await);
    assert_eq!(adas_page.html.matches("<li>").count(), 1);
    assert_eq!(graces_page.html.matches("<li>").count(), 1);
    let (one, all) = (ticket_of(&adas_page, "Shared app"), adas_page.field(END_ALL, "ticket"));
    for (path, ticket) in [(END, &one), (END_ALL, &all), ("/connections/logout", &all)] {
        // Grace's browser is redirected to her own list; a browser without a cookie gets a message.
        let page = post(&world, &grace, path, ticket).await;
        assert_eq!((page.status, page.url.path()), (StatusCode::OK, LIST), "{path}");
        assert!(page.html.contains("Shared app"), "{}", page.html);
        let page = post(&world, &world.browser(), path, ticket).await;
        assert_eq!(page.status, 400, "{path}");
        assert!(page.html.contains("did not keep our cookie"), "{}", page.html);
    }
    // A ticket of one form is not valid for another.
    for (path, ticket) in
        [(END, &all), (END_ALL, &one), ("/authorize/consent", &one), ("/authorize/logout", &all)]
    {
        assert_eq!(post(&world, &ada, path, ticket).await.status, 400, "{path}");
    }
    let other_first = if one.starts_with('A') { 'B' } else { 'A' };
    for forged in ["", "garbage", &format!("{other_first}{}", &one[1..]), &one[..one.len() - 4]] {
        for path in [END, END_ALL, "/connections/logout"] {
            let page = post(&world, &ada, path, forged).await;
            assert_eq!(page.status, 400, "{path} {forged}");
            assert!(page.html.contains("cannot be used"), "{}", page.html);
        }
    }
    world.pass(Duration::from_secs(5));
    assert_eq!(status(&world, &adas).await, 200);
    assert_eq!(status(&world, &graces).await, 200);
    assert!(list(&world, &ada).await.html.contains("End access"), "Ada is still logged in");
}

/// The cookie names a user so that their grants can be read along with the session. It does not authenticate that user.
#[tokio::test]
async fn a_cookie_that_names_somebody_else_opens_nothing() {
    let world = World::start().await;
    let ada = world.browser();
    client(&world, "Private app").await.connect(&ada, Login::Key(data::ADA_KEY)).await;
    let grace = e2e::client::http();
    let cookie_of = |response: &reqwest::Response| {
        let line = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        line.split(';').next().unwrap().to_owned()
    };
    let response = grace.get(world.at(LIST)).send().await.unwrap();
    let before = cookie_of(&response);
    let html = response.text().await.unwrap();
    let own = html.split("name=\"ticket\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [("ticket", own), ("api_key", data::GRACE_KEY)];
    let request = grace.post(world.at("/authorize/login/key")).header("cookie", &before).form(&form);
    let after = cookie_of(&request.send().await.unwrap());
    assert_ne!(before, after, "a login opens a fresh cookie");
    let (random, _) = after.rsplit_once('.').unwrap();
    let ada = reference(data::ADA);
    assert_eq!(world.way.store().grants.list(&ada, None, 10).await.unwrap().found.len(), 1);
    for cookie in [format!("{random}.{ada}"), random.to_owned(), format!("{before}.{ada}")] {
        let response = grace.get(world.at(LIST)).header("cookie", &cookie).send().await.unwrap();
        let html = response.text().await.unwrap();
        assert!(html.contains("Sign in to see your connections"), "{cookie}: {html}");
        assert!(!html.contains("Private app"));
    }
    let response = grace.get(world.at(LIST)).header("cookie", &after).send().await.unwrap();
    assert!(response.text().await.unwrap().contains("Your connections"), "her own");
}

#[tokio::test]
async fn who_logs_out_or_waits_too_long_ends_nothing() {
    let world = World::start().await;
    let (client, browser) = (client(&world, "Left open").await, world.browser());
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    let page = list(&world, &browser).await;
    let (one, all) = (ticket_of(&page, "Left open"), page.field(END_ALL, "ticket"));
    let out = post(&world, &browser, "/connections/logout", &all).await;
    assert_eq!(out.url.path(), LIST);
    assert!(out.html.contains("Sign in to see your connections"), "{}", out.html);
    for (path, ticket) in [(END, &one), (END_ALL, &all)] {
        let page = post(&world, &browser, path, ticket).await;
        assert!(!page.html.contains("ended"), "{path}: {}", page.html);
    }
    assert_eq!(status(&world, &tokens).await, 200);
}

#[tokio::test]
async fn a_session_that_expired_ends_nothing() {
    let world = World::start().await;
    let browser = world.browser();
    let page = list(&world, &browser).await;
    // A session without a consent lasts ten minutes, and so do its forms: the session is the older of the two.
    let page = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    assert_eq!(page.url.path(), LIST);
    world.pass(Duration::from_mins(5));
    let page = list(&world, &browser).await;
    let ticket = page.field("/connections/logout", "ticket");
    world.pass(Duration::from_mins(5));
    let page = post(&world, &browser, END_ALL, &ticket).await;
    assert!(page.html.contains("Sign in to see your connections"), "{}", page.html);
}

#[tokio::test]
async fn a_store_that_fails_is_told_and_ends_nothing_by_halves() {
    let world = World::start().await;
    let (client, browser) = (client(&world, "Survivor").await, world.browser());
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    let page = list(&world, &browser).await;
    let (one, all) = (ticket_of(&page, "Survivor"), page.field(END_ALL, "ticket"));
    world.way.cut();
    assert_eq!(list(&world, &browser).await.status, 503);
    for (path, ticket) in [(END, &one), (END_ALL, &all)] {
        assert_eq!(post(&world, &browser, path, ticket).await.status, 503, "{path}");
    }
    world.way.heal();
    assert!(list(&world, &browser).await.html.contains("End access"));
    client.refresh(&tokens.refresh).await.tokens();
    // The write is carried out, its answer is lost, and the SDK retries.
    world.way.lose_answers(0, 1);
    let ended = post(&world, &browser, END, &one).await;
    assert!(world.way.has_lost() && ended.html.contains("You ended it."), "{}", ended.html);
}

/// The number of rows on a page, and the link to the next page.
fn rows_and_next(page: &Page) -> (usize, Option<String>) {
    let next = page.html.split("href=\"/connections?").nth(1).map(|rest| rest.split('"').next().unwrap());
    (page.html.matches("<li>").count(), next.map(|query| format!("{LIST}?{query}")))
}

#[tokio::test]
async fn ten_thousand_connections_come_in_pages() {
    const MANY: usize = 10_000;
    let world = World::start().await;
    let (client, browser) = (client(&world, "One of many").await, world.browser());
    client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    e2e::grants::multiply(&world.way.database(), &reference(data::ADA), MANY - 1).await;
    let (page, rounds) = world.way.rounds(list(&world, &browser)).await;
    assert_eq!(rounds, 1, "a page is one round trip, however many there are");
    assert!(page.html.len() < 200 * 1024, "{}", page.html.len());
    let (mut seen, mut page) = (0, page);
    loop {
        let (rows, next) = rows_and_next(&page);
        seen += rows;
        assert!(rows <= 100, "{rows}");
        let Some(next) = next else { break };
        page = browser.open(&world.at(&next)).await.unwrap();
    }
    assert_eq!(seen, MANY);
    assert!(page.html.contains("To the start of the list"), "{}", page.html);
}

#[tokio::test]
async fn very_many_connections_end_in_steps() {
    let world = World::start().await;
    let (client, browser) = (client(&world, "One of many").await, world.browser());
    let tokens = client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    e2e::grants::multiply(&world.way.database(), &reference(data::ADA), 1100).await;
    let ticket = list(&world, &browser).await.field(END_ALL, "ticket");
    let mut step = post(&world, &browser, END_ALL, &ticket).await;
    let mut steps = 1;
    while step.has_form(END_ALL) {
        assert!(step.html.contains("Not all access has ended yet"), "{}", step.html);
        let rest = step.field(END_ALL, "ticket");
        step = post(&world, &browser, END_ALL, &rest).await;
        steps += 1;
    }
    assert!(step.html.contains("All access has ended"), "{}", step.html);
    assert_eq!(steps, 2);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    let left = world.way.store().grants.any_live(&reference(data::ADA), world.clock.now()).await.unwrap();
    assert!(!left, "one is left");
}

#[tokio::test]
async fn a_page_begins_where_it_is_told_or_at_the_start() {
    let world = World::start().await;
    let (client, browser) = (client(&world, "Only one").await, world.browser());
    client.connect(&browser, Login::Key(data::ADA_KEY)).await;
    for after in ["x", "%00", "..%2f..%2f", "%F0%9F%A6%80", &"a".repeat(10_000)] {
        let page = browser.open(&world.at(&format!("{LIST}?after={after}"))).await.unwrap();
        assert_eq!((page.url.path(), page.url.query()), (LIST, None), "{after}");
        assert!(page.html.contains("Only one"), "{}", page.html);
    }
    let behind = browser.open(&world.at(&format!("{LIST}?after={}", "~".repeat(22)))).await.unwrap();
    assert_eq!(behind.url.query(), None, "no id looks like this");
    let behind = browser.open(&world.at(&format!("{LIST}?after={}", "z".repeat(22)))).await.unwrap();
    assert!(!behind.html.contains("Only one") || behind.html.contains("To the start of the list"));
}
