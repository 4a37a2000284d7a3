//! Storage round trips, the main cost of a serverless system (docs/how-it-works.md has the table).

use std::time::Duration;

use e2e::mcp::projects;
use e2e::{Choice, Login, OAuthClient, World};
use futures_util::future::join_all;
use langsmith_double::data;
use serde_json::{Value, json};

#[tokio::test]
async fn every_step_of_a_login_is_one_round_trip() {
    let world = World::start().await;
    let way = &world.way;
    let (client, rounds) = way.rounds(world.client()).await;
    assert_eq!(rounds, 1, "/register");
    let browser = world.browser();
    let (page, rounds) = way.rounds(browser.open(&client.authorize_url())).await;
    assert_eq!(rounds, 1, "the login page");
    let consent = browser.use_key(&page.unwrap(), data::ADA_KEY).await.unwrap();
    let (page, rounds) = way.rounds(browser.open(&client.authorize_url())).await;
    assert_eq!(rounds, 1, "the consent page, client and session in parallel");
    assert!(page.unwrap().has_form("/authorize/consent"));
    let (page, rounds) = way.rounds(browser.open(&world.at("/connections"))).await;
    assert_eq!(rounds, 1, "the list of connections, session and grants in parallel");
    assert!(page.unwrap().has_form("/connections/logout"));
    let (redirect, rounds) = way.rounds(browser.consent(&consent, &Choice::default())).await;
    assert_eq!(rounds, 1, "consent");
    let code = client.code(&redirect.unwrap_err());
    let (answer, rounds) = way.rounds(client.exchange(&code)).await;
    assert_eq!(rounds, 1, "/token, code");
    let (answer, rounds) = way.rounds(client.refresh(&answer.tokens().refresh)).await;
    assert_eq!(rounds, 1, "/token, refresh");
    let (answer, rounds) = way.rounds(client.revoke(&answer.tokens().refresh)).await;
    assert_eq!((answer.status.as_u16(), rounds), (200, 1), "/revoke");
}

#[tokio::test]
async fn a_race_costs_its_loser_two() {
    let world = World::start().await;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    client.refresh(&tokens.refresh).await.tokens();
    let (answer, rounds) = world.way.rounds(client.refresh(&tokens.refresh)).await;
    answer.tokens();
    assert_eq!(rounds, 2);
}

#[tokio::test]
async fn a_warm_call_is_free_for_five_seconds_and_then_one() {
    let world = World::start().await;
    let client = world.client().await;
    let warm_up = client.connect(&world.browser(), Login::Key(data::GRACE_KEY)).await;
    projects(world.url(), &warm_up.access).await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    let way = &world.way;
    let call = || way.rounds(projects(world.url(), &tokens.access));
    assert_eq!(call().await.1, 1, "first call: grant and credential in parallel");
    assert_eq!(call().await.1, 0);
    world.pass(Duration::from_millis(4999));
    assert_eq!(call().await.1, 0);
    world.pass(Duration::from_millis(1));
    assert_eq!(call().await.1, 1, "a grant check is believed for five seconds and never longer");
    assert_eq!(call().await.1, 0);
}

#[tokio::test]
async fn garbage_and_documents_touch_nothing() {
    let world = World::start().await;
    let way = &world.way;
    let client = world.client().await;
    let tokens = client.connect(&world.browser(), Login::Key(data::ADA_KEY)).await;
    projects(world.url(), &tokens.access).await;
    let http = e2e::client::http();
    let forged = format!("{}x", &tokens.access[..tokens.access.len() - 1]);
    let requests = [
        http.get(world.at("/.well-known/oauth-authorization-server")),
        http.get(world.at("/.well-known/oauth-protected-resource/mcp")),
        http.get(world.at("/")),
        http.get(world.at("/health")),
        http.get(world.at("/nowhere")),
        http.post(world.at("/mcp")),
        http.post(world.at("/mcp")).bearer_auth("garbage"),
        http.post(world.at("/mcp")).bearer_auth(forged),
        http.post(world.at("/register")).body("{}"),
        http.post(world.at("/token")).body("garbage"),
        http.post(world.at("/revoke")).form(&[("token", "garbage")]),
    ];
    let (_, rounds) = way.rounds(join_all(requests.map(reqwest::RequestBuilder::send))).await;
    assert_eq!(rounds, 0);
}

#[tokio::test]
async fn a_dead_code_reads_the_client_and_nothing_else() {
    let world = World::start().await;
    let client: OAuthClient = world.client().await;
    let (answer, rounds) = world.way.rounds(client.exchange("garbage")).await;
    assert_eq!((answer.error(), rounds), ("invalid_grant", 1));
}

/// A change and a deletion read the server first: they are conditional on what was read.
#[tokio::test]
async fn a_registered_server_costs_one_write() {
    let world = World::start().await;
    let (way, http) = (&world.way, e2e::client::http());
    let send = async |request: reqwest::RequestBuilder| {
        let (answer, rounds) = way.rounds(request.header("x-api-key", data::ADA_KEY).send()).await;
        (answer.unwrap(), rounds)
    };
    let servers = world.at("/v1/deepagents/mcp-servers");
    let body = json!({ "name": "a", "url": "https://a.example.com/mcp", "headers": [{ "key": "X-A", "value": "b" }] });
    let (made, rounds) = send(http.post(&servers).json(&body)).await;
    assert_eq!((made.status().as_u16(), rounds), (201, 1), "register");
    let made: Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
    let server = format!("{servers}/{}", made["id"].as_str().unwrap());
    assert_eq!(send(http.get(&servers)).await.1, 1, "list");
    assert_eq!(send(http.get(&server)).await.1, 1, "one");
    assert_eq!(send(http.patch(&server).json(&json!({ "headers": [] }))).await.1, 2, "change");
    let tools = format!("{}?url=https://b.example.com", world.at("/v1/deepagents/mcp/tools"));
    assert_eq!(send(http.get(tools)).await.1, 1, "tools: the list and the server in one read");
    assert_eq!(send(http.delete(&server)).await.1, 2, "delete");
}
