//! Whole logins and tool calls, through the routes and under the roles of the template.

use e2e::mcp::{bearer, call, projects};
use e2e::{Browser, Choice, Login, OAuthClient};
use front_door::{FrontDoor, Options};
use kit::tool_call;
use langsmith_double::data;
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn client(url: &str) -> OAuthClient {
    OAuthClient::register(url, "http://127.0.0.1:7777/callback").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_ways_to_log_in_end_in_a_tool_call() {
    let door = FrontDoor::start().await;
    for login in [Login::Key(data::ADA_KEY), Login::LangSmith(data::ADA)] {
        let client = client(&door.url).await;
        let tokens = client.connect(&Browser::new(&door.url), login).await;
        assert!(!projects(&door.url, &tokens.access).await.is_empty());
        let tokens = client.refresh(&tokens.refresh).await.tokens();
        assert!(!projects(&door.url, &tokens.access).await.is_empty());
        assert_eq!(client.revoke(&tokens.refresh).await.status, StatusCode::OK);
        assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_access_token_ends_its_login_too() {
    let door = FrontDoor::start().await;
    let client = client(&door.url).await;
    let tokens = client.connect(&Browser::new(&door.url), Login::Key(data::ADA_KEY)).await;
    assert_eq!(client.revoke(&tokens.access).await.status, StatusCode::OK);
    assert_eq!(client.refresh(&tokens.refresh).await.error(), "invalid_grant");
    let answer = call(&door.url, bearer(&tokens.access), "list_projects", json!({})).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moved_resource_takes_nothing_else_with_it() {
    let door = FrontDoor::with(Options { environment: "self-hosted", ..Options::default() }).await;
    let http = e2e::client::http();
    let get =
        async |path: &str| -> Value { http.get(door.at(path)).send().await.unwrap().json().await.unwrap() };
    let resource = get("/.well-known/oauth-protected-resource/api/mcp").await;
    assert_eq!(resource["resource"], door.at("/api/mcp"));
    assert_eq!(resource["authorization_servers"], json!([door.url]));
    for path in ["/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/api/mcp"]
    {
        let server = get(path).await;
        assert_eq!(server["issuer"], door.url.as_str());
        for (endpoint, path) in [
            ("authorization_endpoint", "/authorize"),
            ("token_endpoint", "/token"),
            ("registration_endpoint", "/register"),
        ] {
            assert_eq!(server[endpoint], door.at(path));
        }
    }
    let challenged = http.post(door.at("/api/mcp")).send().await.unwrap();
    assert_eq!(challenged.status(), StatusCode::UNAUTHORIZED);
    let challenge = challenged.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains(&door.at("/.well-known/oauth-protected-resource/api/mcp")), "{challenge}");
    assert_eq!(http.post(door.at("/mcp")).send().await.unwrap().status(), StatusCode::NOT_FOUND);

    let client = client(&door.url).await;
    let browser = Browser::new(&door.url);
    let mut parameters = client.parameters();
    parameters.insert("resource", door.at("/api/mcp"));
    let page = browser.open(&client.authorize_url_with(&parameters)).await.unwrap();
    let consent = browser.use_key(&page, data::ADA_KEY).await.unwrap();
    let redirect = browser.consent(&consent, &Choice::default()).await.unwrap_err();
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    let request = tool_call("list_projects", &json!({}));
    let answer =
        http.post(door.at("/api/mcp")).bearer_auth(&tokens.access).json(&request).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["result"]["isError"], false, "{answer}");
}
