//! Agents behind API Gateway: the real program of the function, under its role, whose instances come and go.

use agents::{AgentServer, Recorder};
use e2e::mcp::{ask, bearer, call};
use e2e::{Browser, Login, OAuthClient};
use front_door::{FrontDoor, Options};
use langsmith_double::{AgentDeployment, data};
use serde_json::{Value, json};
use uuid::Uuid;

async fn result(door: &FrontDoor, token: &str, tool: &str, arguments: Value) -> Value {
    let answer = call(&door.url, bearer(token), tool, arguments).await;
    assert!(answer.body["result"].is_object(), "{} {}", answer.status, answer.body);
    answer.body["result"]["structuredContent"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_is_listed_called_and_returned_to_by_another_instance() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    let agents = AgentServer::start().await;
    let recorder = Recorder::start_tls(agents.url(), &certificate).await;
    let servers = format!("fixture={};auth=none", recorder.url());
    let mut variables = vec![("mcp", "LANGSMITH_CA_FILE", Some(certificate.to_str().unwrap().to_owned()))];
    let all = ["mcp", "authorize", "authorizer"];
    variables.extend(all.map(|function| (function, "AGENT_SERVERS", Some(servers.clone()))));
    let door = FrontDoor::with(Options { variables, ..Options::default() }).await;
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    let token = client.connect(&Browser::new(&door.url), Login::Key(data::ADA_KEY)).await.access;

    let listed = ask(&door.url, bearer(&token), "tools/list", json!({})).await;
    let tools = listed.body["result"]["tools"].as_array().unwrap().clone();
    let names: Vec<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    for name in ["fixture__echo", "agent_run_result", "agent_run_cancel", "agent_resume"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let done = result(&door, &token, "fixture__echo", json!({"question": "why?"})).await;
    assert_eq!(done, json!({"status": "completed", "output": {"answer": "You asked: why?"}}));

    let asked = result(&door, &token, "fixture__steered", json!({"ask": {"value": "go on?"}})).await;
    assert_eq!(asked["status"], "input_required", "{asked}");
    // The instance that has made the handle ends; a handle is all that the next one knows.
    door.function("mcp").retire();
    let found = result(&door, &token, "agent_run_result", json!({"handle": asked["handle"]})).await;
    assert_eq!(found["questions"][0]["id"], asked["questions"][0]["id"], "{found}");
    door.function("mcp").retire();
    let mut answers = json!({});
    answers[asked["questions"][0]["id"].as_str().unwrap()] = json!("yes");
    let resumed =
        result(&door, &token, "agent_resume", json!({"handle": asked["handle"], "answers": answers})).await;
    assert_eq!((&resumed["status"], &resumed["output"]["answer"]), (&json!("completed"), &json!("yes")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discovered_agent_is_returned_to_by_another_instance() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    let agents = AgentServer::start().await;
    let recorder = Recorder::start_tls(agents.url(), &certificate).await;
    let variables = vec![("mcp", "LANGSMITH_CA_FILE", Some(certificate.to_str().unwrap().to_owned()))];
    let parameters = vec![("AgentDiscovery", "on")];
    let door = FrontDoor::with(Options { variables, parameters, ..Options::default() }).await;
    door.langsmith.deploy_agents(AgentDeployment {
        id: Uuid::from_u128(1),
        name: "research".to_owned(),
        status: "READY".to_owned(),
        url: Some(recorder.url().to_owned()),
        workspace: data::TEAM_WORKSPACE,
        person: None,
    });
    let client = OAuthClient::register(&door.url, "http://127.0.0.1:7777/callback").await;
    let token = client.connect(&Browser::new(&door.url), Login::Key(data::ADA_KEY)).await.access;

    let listed = ask(&door.url, bearer(&token), "tools/list", json!({})).await;
    assert!(listed.body.to_string().contains("\"research__steered\""), "{}", listed.body);
    let asked = result(&door, &token, "research__steered", json!({"ask": {"value": "go on?"}})).await;
    assert_eq!(asked["status"], "input_required", "{asked}");
    // The next instance knows neither the list of deployments nor the run.
    door.function("mcp").retire();
    let mut answers = json!({});
    answers[asked["questions"][0]["id"].as_str().unwrap()] = json!("yes");
    let resumed =
        result(&door, &token, "agent_resume", json!({"handle": asked["handle"], "answers": answers})).await;
    assert_eq!((&resumed["status"], &resumed["output"]["answer"]), (&json!("completed"), &json!("yes")));
}
