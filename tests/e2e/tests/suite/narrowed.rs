//! Logins at a URL whose query selects tools, and grants in combination with a request's selection.

use e2e::client::{VERIFIER, answer, http};
use e2e::mcp::{bearer, call, headers, projects};
use e2e::{Choice, Login, World};
use langsmith_double::data::ADA_KEY;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A token with these scopes.
async fn token(world: &World, scopes: &[&str]) -> String {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let choice = Choice { scopes: Some(scopes), ..Choice::default() };
    let client = world.client().await;
    let code = client.code(&client.authorize(&world.browser(), Login::Key(ADA_KEY), &choice).await);
    client.exchange(&code).await.tokens().access
}

async fn post(url: &str, token: Option<&str>, message: &Value) -> e2e::Answer {
    let mut request = http().post(url).json(message);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    answer(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_url_with_a_query_leads_to_metadata_that_names_it() {
    let world = World::start().await;
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    for path in ["/mcp?readonly=true", "/mcp/?readonly", "/mcp?toolsets=runs,prompts&tools=list_projects"] {
        let refused = post(&world.at(path), None, &ping).await;
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        let (_, rest) = challenge.split_once("resource_metadata=\"").unwrap();
        // RFC 9728 section 3.1: the well-known path goes before the resource's path and query.
        let expected = world.at(&format!("/.well-known/oauth-protected-resource{path}"));
        assert_eq!(rest.split('"').next(), Some(expected.as_str()));
        let metadata = answer(http().get(expected).send().await.unwrap()).await.body;
        // Section 3.3: the client compares it with its own URL.
        assert_eq!(metadata["resource"], world.at(path));
        assert_eq!(metadata["authorization_servers"], json!([world.url()]));
        let server = world.at(&format!("/.well-known/oauth-authorization-server{path}"));
        assert_eq!(answer(http().get(server).send().await.unwrap()).await.body["issuer"], world.url());
    }
    let odd = world.at("/.well-known/oauth-protected-resource/mcp?a%22b|c");
    assert_eq!(answer(http().get(odd).send().await.unwrap()).await.body["resource"], world.at("/mcp"));
}

#[tokio::test]
async fn a_client_that_sends_the_query_as_its_resource_logs_in_and_refreshes() {
    let world = World::start().await;
    let (browser, client) = (world.browser(), world.client().await);
    let resource = world.at("/mcp?readonly=true");
    let mut parameters = client.parameters();
    parameters.insert("resource", resource.clone());
    let login = browser.open(&client.authorize_url_with(&parameters)).await.unwrap();
    let consent = browser.use_key(&login, ADA_KEY).await.unwrap();
    let code = client.code(&browser.consent(&consent, &Choice::default()).await.unwrap_err());
    let identity = [("client_id", client.id.as_str()), ("resource", resource.as_str())];
    let exchange =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
    let tokens = client.token(&[&exchange[..], &identity[..]].concat()).await.tokens();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str())];
    let tokens = client.token(&[&refresh[..], &identity[..]].concat()).await.tokens();
    // One audience: the token is not bound to the query, which every request repeats.
    assert!(!projects(world.url(), &tokens.access).await.is_empty());
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let tools = post(&resource, Some(&tokens.access), &list).await.body["result"]["tools"].clone();
    assert!(
        tools.as_array().unwrap().iter().all(|tool| tool["annotations"]["readOnlyHint"] == true),
        "{tools}"
    );
}

#[tokio::test]
async fn a_grant_to_read_stays_one_whatever_a_request_selects() {
    let world = World::start().await;
    let reader = bearer(&token(&world, &["langsmith:read"]).await);
    let never = json!({ "dataset_name": "never" });
    for selected in
        [&[("x-mcp-tools", "create_dataset")][..], &[("x-mcp-toolsets", "all"), ("x-mcp-readonly", "false")]]
    {
        let mut caller = headers(selected);
        caller.extend(reader.clone());
        let refused = call(world.url(), caller, "create_dataset", never.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("scope=\"langsmith:read langsmith:write\""), "{challenge}");
    }
}

#[tokio::test]
async fn a_grant_to_write_is_narrowed_by_the_request_and_asked_for_nothing() {
    let world = World::start().await;
    for scopes in [&["langsmith:read", "langsmith:write"][..], &["langsmith:read"]] {
        let granted = bearer(&token(&world, scopes).await);
        for selected in
            [("x-mcp-readonly", "true"), ("x-mcp-tools", "list_projects"), ("x-mcp-toolsets", "runs")]
        {
            let mut caller = headers(&[selected]);
            caller.extend(granted.clone());
            let off = call(world.url(), caller, "create_dataset", json!({ "dataset_name": "never" })).await;
            assert_eq!((off.status, off.headers.get("www-authenticate")), (StatusCode::OK, None));
            let result = &off.body["result"];
            assert_eq!(
                (&result["isError"], &result["structuredContent"]["kind"]),
                (&json!(true), &json!("forbidden"))
            );
        }
    }
    let everything = bearer(&token(&world, &["langsmith:read", "langsmith:write"]).await);
    let made = call(world.url(), everything, "create_dataset", json!({ "dataset_name": "made" })).await;
    assert_eq!(made.body["result"]["isError"], false, "{}", made.body);
}
