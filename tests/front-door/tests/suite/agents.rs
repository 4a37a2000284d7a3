//! The endpoint for the agents of one Agent Server, behind API Gateway.

use e2e::client::{answer, http};
use e2e::mcp::{ask, bearer};
use e2e::{Browser, Choice, Login, OAuthClient};
use front_door::{FrontDoor, Options};
use langsmith_double::data;
use reqwest::StatusCode;
use serde_json::json;

const RESEARCH: &str = "/agents/research/mcp";

/// A stack with an Agent Server, which is down.
async fn stack(parameter: (&'static str, &'static str)) -> FrontDoor {
    let parameters = vec![("AgentServers", "research=https://127.0.0.1:9;auth=none"), parameter];
    FrontDoor::with(Options { parameters, ..Options::default() }).await
}

async fn token(door: &FrontDoor, resource: &'static str) -> String {
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await.at(resource);
    client.connect(&Browser::new(&door.url), Login::Key(data::ADA_KEY)).await.access
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_passes_the_authorizer_of_its_resource_alone() {
    let door = stack(("MetadataInChallenge", "off")).await;
    // Nothing in the header leads to the metadata of another resource.
    for path in [RESEARCH, "/mcp"] {
        let refused = answer(http().post(door.at(path)).send().await.unwrap()).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with("Bearer scope="), "{challenge}");
        let metadata = door.at(&format!("/.well-known/oauth-protected-resource{path}"));
        let metadata = answer(http().get(metadata).send().await.unwrap()).await.body;
        assert_eq!(metadata["resource"], door.at(path));
    }
    let (whole, research) = (token(&door, "/mcp").await, token(&door, RESEARCH).await);
    let list = async |base: &str, token: &str| ask(base, bearer(token), "tools/list", json!({})).await;
    let agents = door.at("/agents/research");
    let listed = list(&agents, &research).await;
    let tools = listed.body["result"]["tools"].as_array().map(Vec::len);
    assert_eq!((listed.status, tools), (StatusCode::OK, Some(3)), "{}", listed.body);
    assert_eq!(list(&door.url, &whole).await.status, StatusCode::OK);
    for (base, credential) in
        [(agents.as_str(), &whole), (&door.url, &research), (&door.at("/agents/other"), &research)]
    {
        let refused = list(base, credential).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{base}");
        assert!(refused.headers.contains_key("www-authenticate"), "the gateway refuses, not the function");
    }
    let nobody = token(&door, "/agents/nobody/mcp").await;
    let gone = list(&door.at("/agents/nobody"), &nobody).await;
    assert_eq!((gone.status, gone.body), (StatusCode::NOT_FOUND, json!({"detail": "Not Found"})));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_without_agents_has_neither_tools_nor_endpoints_of_them() {
    let door = stack(("Agents", "off")).await;
    for path in [RESEARCH, "/.well-known/oauth-protected-resource/agents/research/mcp"] {
        let gone = answer(http().get(door.at(path)).send().await.unwrap()).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{path}");
    }
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    let redirect =
        client.authorize(&Browser::new(&door.url), Login::Key(data::ADA_KEY), &Choice::default()).await;
    let (code, resource) = (client.code(&redirect), door.at(RESEARCH));
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client.id.as_str()),
        ("code", code.as_str()),
        ("code_verifier", e2e::client::VERIFIER),
        ("resource", resource.as_str()),
    ];
    assert_eq!(client.token(&fields).await.error(), "invalid_target");
    let token = client.exchange(&code).await.tokens().access;
    let listed = ask(&door.url, bearer(&token), "tools/list", json!({})).await;
    let tools = listed.body["result"]["tools"].as_array().unwrap();
    assert!(tools.iter().all(|tool| !tool["name"].as_str().unwrap().starts_with("agent_")), "{tools:?}");
    assert_eq!(listed.body["result"]["_meta"].get("langsmith-remote-mcp/missing"), None);
}
