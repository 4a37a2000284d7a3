//! The resources beside `/mcp`: the endpoint for the agents of one Agent Server, with its own metadata and audience.

use e2e::client::{answer, http};
use e2e::mcp::{ask, bearer};
use e2e::{Answer, Choice, Login, OAuthClient, Options, Tokens, World};
use langsmith_double::data::ADA_KEY;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// The endpoint of an Agent Server.
const RESEARCH: &str = "/agents/research/mcp";

/// A server that knows two Agent Servers, which are down, and a third one without an endpoint.
async fn world() -> World {
    let agent_servers = ["research", "sales", "hidden"].map(|name| {
        let option = if name == "hidden" { ";disable_mcp" } else { "" };
        format!("{name}=http://127.0.0.1:9;auth=none{option}")
    });
    World::with(Options { agent_servers: agent_servers.into(), ..Options::default() }).await
}

async fn connect(world: &World, path: &'static str) -> (OAuthClient, Tokens) {
    let client = world.client().await.at(path);
    let tokens = client.connect(&world.browser(), Login::Key(ADA_KEY)).await;
    (client, tokens)
}

async fn list(world: &World, path: &str, token: &str) -> Answer {
    let origin = world.at(path.strip_suffix("/mcp").unwrap());
    ask(&origin, bearer(token), "tools/list", json!({})).await
}

/// What the token endpoint says to a request for this resource.
async fn refresh_for(client: &OAuthClient, token: &str, resource: &str) -> Answer {
    let fields =
        [("grant_type", "refresh_token"), ("client_id", client.id.as_str()), ("refresh_token", token)];
    client.token(&[&fields[..], &[("resource", resource)]].concat()).await
}

#[tokio::test]
async fn a_client_with_the_url_of_one_servers_agents_finds_the_login_and_lists_them() {
    let world = world().await;
    let url = world.at(RESEARCH);
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let refused = answer(http().post(&url).json(&ping).send().await.unwrap()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    let metadata = world.at("/.well-known/oauth-protected-resource/agents/research/mcp");
    assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    assert!(challenge.ends_with("scope=\"agents:run\""), "{challenge}");
    let metadata = answer(http().get(&metadata).send().await.unwrap()).await.body;
    assert_eq!((&metadata["resource"], &metadata["scopes_supported"]), (&json!(url), &json!(["agents:run"])));
    assert_eq!(metadata["authorization_servers"], json!([world.url()]));
    assert!(metadata["resource_name"].as_str().unwrap().contains("research"), "{metadata}");
    let probed = world.at("/.well-known/oauth-authorization-server/agents/research/mcp");
    assert_eq!(answer(http().get(probed).send().await.unwrap()).await.body["issuer"], world.url());

    let (_, tokens) = connect(&world, RESEARCH).await;
    let listed = list(&world, RESEARCH, &tokens.access).await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
    let names: Vec<_> =
        listed.body["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect();
    assert_eq!(names, ["agent_run_result", "agent_run_cancel", "agent_resume"]);
    let missing = &listed.body["result"]["_meta"]["langsmith-remote-mcp/missing"];
    assert_eq!(missing[0]["server"], "research", "{missing}");
}

#[tokio::test]
async fn the_page_names_the_server_and_survives_the_login() {
    let world = world().await;
    let (browser, client) = (world.browser(), world.client().await.at(RESEARCH));
    let login = browser.open(&client.authorize_url()).await.unwrap();
    let consent = browser.use_key(&login, ADA_KEY).await.unwrap();
    let words = "only for the agents of the Agent Server <strong><bdi>research</bdi></strong>";
    assert!(consent.html.contains(words), "{}", consent.html);
    let code = client.code(&browser.consent(&consent, &Choice::default()).await.unwrap_err());
    client.exchange(&code).await.tokens();
    let connections = browser.open(&world.at("/connections")).await.unwrap();
    assert!(connections.html.contains("the agents of <bdi>research</bdi>"), "{}", connections.html);
    let whole = browser.open(&client.at("/mcp").authorize_url()).await.unwrap();
    assert!(whole.has_form("/authorize/consent") && !whole.html.contains("only for the agents"));
}

#[tokio::test]
async fn a_token_is_for_one_resource() {
    let world = world().await;
    let (whole, research) = (connect(&world, "/mcp").await.1, connect(&world, RESEARCH).await.1);
    for (token, path) in [
        (&whole.access, RESEARCH),
        (&whole.access, "/agents/hidden/mcp"),
        (&research.access, "/mcp"),
        (&research.access, "/agents/sales/mcp"),
        (&research.access, "/agents/hidden/mcp"),
    ] {
        let refused = list(&world, path, token).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert!(challenge.contains(&format!("oauth-protected-resource{path}\"")), "{challenge}");
    }
    assert_eq!(list(&world, "/mcp", &whole.access).await.status, StatusCode::OK);
    assert_eq!(list(&world, RESEARCH, &research.access).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_endpoint_that_is_disabled_or_unknown_is_not_found_behind_its_login() {
    let world = world().await;
    for path in ["/agents/hidden/mcp", "/agents/nobody/mcp"] {
        let (_, tokens) = connect(&world, path).await;
        let gone = list(&world, path, &tokens.access).await;
        assert_eq!(
            (gone.status, gone.body),
            (StatusCode::NOT_FOUND, json!({"detail": "Not Found"})),
            "{path}"
        );
        let key = e2e::mcp::headers(&[("x-api-key", ADA_KEY)]);
        let gone = ask(&world.at(path.strip_suffix("/mcp").unwrap()), key, "tools/list", json!({})).await;
        assert_eq!(
            (gone.status, gone.body),
            (StatusCode::NOT_FOUND, json!({"detail": "Not Found"})),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_key_works_as_at_the_whole_endpoint() {
    let world = world().await;
    let key = e2e::mcp::headers(&[("x-api-key", ADA_KEY)]);
    let listed = ask(&world.at("/agents/research"), key, "tools/list", json!({})).await;
    assert_eq!(listed.body["result"]["tools"].as_array().map(Vec::len), Some(3), "{}", listed.body);
}

#[tokio::test]
async fn a_refresh_keeps_the_resource_and_another_is_an_invalid_target() {
    let world = world().await;
    let (client, tokens) = connect(&world, RESEARCH).await;
    for other in ["/mcp", "/agents/sales/mcp", "/agents/nobody/mcp", ""] {
        let (refused, rounds) =
            world.way.rounds(refresh_for(&client, &tokens.refresh, &world.at(other))).await;
        assert_eq!((refused.status.as_u16(), refused.error()), (400, "invalid_target"), "{other}");
        assert!(rounds <= 1, "{other}");
    }
    // The token was not consumed: the next refresh is no race.
    let (refreshed, rounds) = world.way.rounds(client.refresh(&tokens.refresh)).await;
    assert_eq!(rounds, 1);
    let next = refreshed.tokens();
    assert_eq!(list(&world, RESEARCH, &next.access).await.status, StatusCode::OK);
    assert_eq!(list(&world, "/mcp", &next.access).await.status, StatusCode::UNAUTHORIZED);
    let named = refresh_for(&client, &next.refresh, &world.at("/agents/research/mcp/")).await.tokens();
    assert_eq!(list(&world, RESEARCH, &named.access).await.status, StatusCode::OK);

    let (client, tokens) = connect(&world, "/mcp").await;
    let refused = refresh_for(&client, &tokens.refresh, &world.at(RESEARCH)).await;
    assert_eq!((refused.status.as_u16(), refused.error()), (400, "invalid_target"));
    refresh_for(&client, &tokens.refresh, &world.at("/mcp")).await.tokens();
}

#[tokio::test]
async fn a_code_for_another_resource_is_not_used_up() {
    let world = world().await;
    let client = world.client().await.at(RESEARCH);
    let redirect = client.authorize(&world.browser(), Login::Key(ADA_KEY), &Choice::default()).await;
    let code = client.code(&redirect);
    for other in ["/mcp", "/agents/sales/mcp"] {
        let resource = world.at(other);
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", client.id.as_str()),
            ("code", code.as_str()),
            ("code_verifier", e2e::client::VERIFIER),
            ("resource", resource.as_str()),
        ];
        let refused = client.token(&fields).await;
        assert_eq!((refused.status.as_u16(), refused.error()), (400, "invalid_target"), "{other}");
    }
    let tokens = client.exchange(&code).await.tokens();
    assert_eq!(list(&world, RESEARCH, &tokens.access).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_name_that_no_server_can_have_is_no_resource() {
    let world = world().await;
    let client = world.client().await.at("/agents/No-Name/mcp");
    let http = http();
    let refused = http.get(client.authorize_url()).send().await.unwrap();
    let location = refused.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    let told = location.unwrap_or(refused.text().await.unwrap());
    assert!(told.contains("invalid_target") || told.contains("not an MCP endpoint"), "{told}");
    let metadata = http.get(world.at("/.well-known/oauth-protected-resource/agents/No-Name/mcp"));
    assert_eq!(metadata.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let anybody = http.post(world.at("/agents/No-Name/mcp")).json(&Value::Null).send().await.unwrap();
    assert_eq!(anybody.status(), StatusCode::NOT_FOUND);
}
