//! Two spellings of the resource's URL, and the scope for offline access.

use e2e::client::{answer, http};
use e2e::mcp::{bearer, call, projects};
use e2e::{Choice, Login, OAuthClient, World};
use kit::tool_call;
use langsmith_double::data::ADA_KEY;
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn document(world: &World, path: &str) -> Value {
    answer(http().get(world.at(path)).send().await.unwrap()).await.body
}

/// The first steps of a client with a URL: the challenge, and the metadata that it refers to.
async fn challenged(url: &str, token: Option<&str>) -> (StatusCode, Value) {
    let mut request = http().post(url).json(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let refused = answer(request.send().await.unwrap()).await;
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    let (_, rest) = challenge.split_once("resource_metadata=\"").unwrap();
    let metadata = http().get(rest.split('"').next().unwrap()).send().await.unwrap();
    (refused.status, answer(metadata).await.body)
}

#[tokio::test]
async fn each_spelling_leads_to_metadata_that_names_it() {
    let world = World::start().await;
    for path in ["/mcp", "/mcp/"] {
        for token in [None, Some("garbage")] {
            let (status, metadata) = challenged(&world.at(path), token).await;
            // RFC 9728 section 3.3: the client compares it with its own URL.
            assert_eq!((status, &metadata["resource"]), (StatusCode::UNAUTHORIZED, &json!(world.at(path))));
            assert_eq!(metadata["authorization_servers"], json!([world.url()]));
        }
        // A client that does not see the challenge inserts the well-known path itself (section 3.1).
        let found = document(&world, &format!("/.well-known/oauth-protected-resource{path}")).await;
        assert_eq!(found["resource"], world.at(path));
        let server = document(&world, &format!("/.well-known/oauth-authorization-server{path}")).await;
        assert_eq!(server["issuer"], world.url());
    }
    assert_eq!(document(&world, "/.well-known/oauth-protected-resource").await["resource"], world.at("/mcp"));
}

#[tokio::test]
async fn both_spellings_are_one_resource_with_one_audience() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    for resource in ["/mcp", "/mcp/"] {
        let mut parameters = client.parameters();
        parameters.insert("resource", world.at(resource));
        let mut page = browser.open(&client.authorize_url_with(&parameters)).await.unwrap();
        if !page.has_form("/authorize/consent") {
            page = browser.use_key(&page, ADA_KEY).await.unwrap();
        }
        let code = client.code(&browser.consent(&page, &Choice::default()).await.unwrap_err());
        let tokens = client.exchange(&code).await.tokens();
        for path in ["/mcp", "/mcp/"] {
            let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
            let request = http().post(world.at(path)).bearer_auth(&tokens.access).json(&ping);
            assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{resource} at {path}");
        }
    }
}

#[tokio::test]
async fn a_step_up_at_the_other_spelling_leads_to_its_metadata() {
    let world = World::start().await;
    let choice = Choice { scopes: Some(vec!["langsmith:read".into()]), ..Choice::default() };
    let client = world.client().await;
    let code = client.code(&client.authorize(&world.browser(), Login::Key(ADA_KEY), &choice).await);
    let token = client.exchange(&code).await.tokens().access;
    let message = tool_call("create_dataset", &json!({ "dataset_name": "never" }));
    for path in ["/mcp", "/mcp/"] {
        let request = http().post(world.at(path)).bearer_auth(&token).json(&message);
        let refused = answer(request.send().await.unwrap()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains(&format!("oauth-protected-resource{path}\"")), "{challenge}");
        assert!(!challenge.contains("offline_access"), "{challenge}");
    }
}

async fn connect(
    world: &World,
    client: &OAuthClient,
    scope: &str,
    choice: &Choice,
) -> (String, String, String) {
    let mut parameters = client.parameters();
    parameters.insert("scope", scope.to_owned());
    let browser = world.browser();
    let login = browser.open(&client.authorize_url_with(&parameters)).await.unwrap();
    let consent = browser.use_key(&login, ADA_KEY).await.unwrap();
    assert!(!consent.html.contains("offline_access"), "it is nothing to decide on");
    let code = client.code(&browser.consent(&consent, choice).await.unwrap_err());
    let issued = client.exchange(&code).await;
    let tokens = issued.tokens();
    (issued.body["scope"].as_str().unwrap().to_owned(), tokens.access, tokens.refresh)
}

#[tokio::test]
async fn offline_access_is_granted_where_it_is_asked_for_and_opens_nothing() {
    let world = World::start().await;
    let client = world.client().await;
    let read = Choice::default();
    let (scope, access, refresh) = connect(&world, &client, "langsmith:read offline_access", &read).await;
    assert_eq!(scope, "langsmith:read offline_access");
    assert!(projects(world.url(), &access).await.contains(&"support-bot".to_owned()));
    let write =
        call(world.url(), bearer(&access), "create_dataset", json!({ "dataset_name": "never" })).await;
    assert_eq!(write.status, StatusCode::FORBIDDEN);
    let refreshed = client.refresh(&refresh).await;
    assert_eq!(refreshed.body["scope"], "langsmith:read offline_access");

    let (scope, _, refresh) = connect(&world, &client, "langsmith:read", &read).await;
    assert_eq!(scope, "langsmith:read");
    assert_eq!(client.refresh(&refresh).await.body["scope"], "langsmith:read", "it refreshes nevertheless");

    // A forged checkbox on the page does not add it, and alone it is equivalent to no scope.
    let forged =
        Choice { scopes: Some(vec!["langsmith:read".into(), "offline_access".into()]), ..Choice::default() };
    assert_eq!(connect(&world, &client, "langsmith:read", &forged).await.0, "langsmith:read");
    let (scope, ..) = connect(&world, &client, "offline_access", &read).await;
    assert!(scope.contains("langsmith:read") && scope.ends_with(" offline_access"), "{scope}");
}

#[tokio::test]
async fn a_registration_echoes_offline_access() {
    let world = World::start().await;
    let uri = "http://127.0.0.1:7777/callback";
    let metadata = json!({ "redirect_uris": [uri], "scope": "langsmith:read offline_access openid" });
    let (_, registered) = OAuthClient::register_as(world.url(), &metadata, uri).await;
    assert_eq!(registered["scope"], "langsmith:read offline_access");
}
