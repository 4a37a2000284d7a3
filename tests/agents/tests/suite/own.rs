//! Servers for which each person has a key or token of their own.

use std::time::Duration;

use agents::{Callers, Options};
use e2e::browser::Page;
use e2e::mcp::{ask, headers};
use e2e::{Browser, Login, World};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::{Stage, result, tools, world};

const CONNECT: &str = "/connections/connect";
const DISCONNECT: &str = "/connections/disconnect";

/// A person with a login: an app's token, and a browser at the page of connections.
pub(crate) struct Person<'a> {
    world: &'a World,
    pub(crate) token: String,
    browser: Browser,
}

impl<'a> Person<'a> {
    pub(crate) async fn new(world: &'a World, login: Login) -> Self {
        let browser = world.browser();
        let token = world.client().await.connect(&browser, login).await.access;
        Self { world, token, browser }
    }

    async fn page(&self) -> Page {
        self.browser.open(&self.world.at("/connections")).await.unwrap()
    }

    async fn submit(&self, action: &str, fields: &[(&str, &str)]) -> Page {
        let ticket = self.page().await.field(action, "ticket");
        let fields: Vec<_> =
            [("ticket", ticket.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.browser.post(&self.world.at(action), &fields).await.unwrap()
    }

    pub(crate) async fn connect(&self, scheme: &str, credential: &str) -> Page {
        self.submit(CONNECT, &[("scheme", scheme), ("credential", credential)]).await
    }

    /// The names of the agents, and what is missing.
    async fn agents(&self) -> (Vec<Value>, Value) {
        let (found, missing) = tools(self.world, &self.token).await;
        (found.iter().map(|tool| tool["name"].clone()).collect(), missing)
    }

    async fn identity(&self, tool: &str) -> Value {
        let result = result(self.world, &self.token, tool, json!({})).await;
        result["structuredContent"]["output"]["identity"].clone()
    }
}

async fn stage() -> Stage {
    let people = json!({"team-key-of-ada": "ada ", "team.token.of.grace=": "grace "});
    let options = Options { callers: Callers::Known(people), ..Options::default() };
    let stage = Stage::with(options, ";auth=own").await;
    for (key, name) in [("team-key-of-ada", "Ada's"), ("team.token.of.grace=", "Grace's")] {
        let new = json!({"graph_id": "caller", "name": name});
        stage.agents.ask("POST", "/assistants", Some(key), Some(&new)).await;
    }
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_connects_with_their_own_key_until_they_disconnect() {
    let stage = stage().await;
    let world = &stage.world;
    let ada = Person::new(world, Login::Key(data::ADA_KEY)).await;
    let grace = Person::new(world, Login::LangSmith(data::GRACE)).await;

    // Before, both learn where to connect, from the list and from a call.
    let (names, missing) = ada.agents().await;
    assert_eq!((names, &missing[0]["server"]), (vec![], &json!("fixture")));
    assert_eq!(missing[0]["url"], world.at("/connections"), "{missing}");
    let refused = result(world, &ada.token, "fixture__Adas", json!({})).await;
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(refused["isError"] == true && text.contains(&world.at("/connections")), "{refused}");

    // The form is corrected on its page, and what was typed is not shown.
    let page = ada.page().await;
    assert!(page.html.contains("not yet") && page.html.contains("127.0.0.1:"), "{}", page.html);
    for (scheme, credential) in [
        ("api_key", "two words"),
        ("api_key", ""),
        ("", "team-key-of-ada"),
        ("bearer", "Bearer team-key-of-ada"),
    ] {
        let page = ada.connect(scheme, credential).await;
        assert!(page.status == 400 && page.html.contains("role=\"alert\""), "{}", page.html);
        assert!(!page.html.contains("team-key") && !page.html.contains("two words"), "{}", page.html);
    }

    let connected = ada.connect("api_key", "X-Api-Key: team-key-of-ada").await;
    assert_eq!((connected.status.as_u16(), connected.url.as_str()), (200, world.at("/connections").as_str()));
    assert!(connected.html.contains("since <time") && !connected.html.contains("team-key"));
    assert_eq!(ada.agents().await, (vec![json!("fixture__Adas")], Value::Null));
    assert_eq!(ada.identity("fixture__Adas").await, "ada");

    // Grace has neither Ada's connection nor her agents.
    assert_eq!(grace.agents().await.0, Vec::<Value>::new());
    grace.connect("bearer", "team.token.of.grace=").await;
    assert_eq!(grace.agents().await, (vec![json!("fixture__Graces")], Value::Null));
    assert_eq!(grace.identity("fixture__Graces").await, "grace");

    // A connection ends within five seconds, and for its person alone.
    let page = ada.submit(DISCONNECT, &[]).await;
    assert!(page.status == 200 && page.html.contains("not yet"), "{}", page.html);
    world.pass(Duration::from_secs(5));
    let (names, missing) = ada.agents().await;
    assert_eq!((names, &missing[0]["url"]), (vec![], &json!(world.at("/connections"))));
    assert_eq!(grace.identity("fixture__Graces").await, "grace");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_leads_back_to_the_page_and_leaves_the_login_alone() {
    let stage = stage().await;
    let ada = Person::new(&stage.world, Login::Key(data::ADA_KEY)).await;
    ada.connect("api_key", "team-key-of-ada").await;
    assert_eq!(ada.identity("fixture__Adas").await, "ada");

    ada.connect("api_key", "an-old-key").await;
    stage.world.pass(Duration::from_secs(5));
    let (names, missing) = ada.agents().await;
    assert_eq!((names, &missing[0]["url"]), (vec![], &json!(stage.world.at("/connections"))));
    assert!(missing[0]["reason"].as_str().unwrap().contains("does not accept"), "{missing}");
    let refused = result(&stage.world, &ada.token, "fixture__Adas", json!({})).await;
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("fixture") && text.contains(&stage.world.at("/connections")), "{refused}");
    let listed = ask(stage.world.url(), e2e::mcp::bearer(&ada.token), "tools/list", json!({})).await;
    assert_eq!(listed.status, 200);

    ada.connect("api_key", "team-key-of-ada").await;
    stage.world.pass(Duration::from_secs(5));
    assert_eq!(ada.identity("fixture__Adas").await, "ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_connects_a_person_and_a_key_in_a_header_connects_nobody() {
    let stage = stage().await;
    let ada = Person::new(&stage.world, Login::Key(data::ADA_KEY)).await;
    let grace = Person::new(&stage.world, Login::Key(data::GRACE_KEY)).await;
    let ticket = ada.page().await.field(CONNECT, "ticket");
    let fields = [("ticket", ticket.as_str()), ("scheme", "api_key"), ("credential", "team-key-of-ada")];
    // Grace's browser gets her own page, and nothing is connected.
    let page = grace.browser.post(&stage.world.at(CONNECT), &fields).await.unwrap();
    assert!(page.html.contains("not yet"), "{}", page.html);
    let stranger = stage.world.browser().post(&stage.world.at(CONNECT), &fields).await.unwrap();
    assert!(stranger.status == 400 && !stranger.html.contains("team-key"), "{}", stranger.html);
    assert!(ada.page().await.html.contains("not yet"));

    ada.connect("api_key", "team-key-of-ada").await;
    let key = headers(&[("x-api-key", data::ADA_KEY)]);
    let listed = ask(stage.world.url(), key, "tools/list", json!({})).await;
    let missing = &listed.body["result"]["_meta"]["langsmith-remote-mcp/missing"][0];
    assert!(missing["reason"].as_str().unwrap().contains("only with a login"), "{}", listed.body);
    assert!(!listed.body.to_string().contains("fixture__"), "{}", listed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_such_a_server_there_is_nothing_to_connect() {
    let world = world(vec!["fixture=http://127.0.0.1:9;auth=none".to_owned()]).await;
    let ada = Person::new(&world, Login::Key(data::ADA_KEY)).await;
    let page = ada.page().await;
    assert!(!page.has_form(CONNECT) && !page.html.contains("Agent Servers"), "{}", page.html);
}
