//! The endpoints for the agents of one Agent Server alone.

use std::sync::Arc;

use axum::routing::{get, post as posted};
use axum::{Json, Router};
use http::{Method, StatusCode};
use kit::request;
use langsmith::http_client;
use mcp::toolset::Toolsets;
use mcp::toolsets::agents::{AgentDeps, AgentServers, PATIENCE, RunKeys};
use mcp::toolsets::langsmith::tools;
use oauth::keys::RootKey;
use primitives::random::SystemRandom;
use serde_json::{Value, json};
use shared::mcp::agent_servers::AgentServerSettings;
use tokio::net::TcpListener;

use crate::support::{Answer, Server, post};

/// The tools that return to runs.
const RUNS: [&str; 3] = ["agent_run_result", "agent_run_cancel", "agent_resume"];

/// An Agent Server that lists agents of these names.
async fn agent_server(names: Vec<String>) -> String {
    let assistants: Vec<Value> = (1_u128..)
        .zip(names)
        .map(|(number, name)| {
            let id = uuid_of(number);
            json!({"assistant_id": id, "graph_id": "graph", "name": name, "description": "d"})
        })
        .collect();
    let search = async move || Json(assistants.clone());
    let schemas =
        async || Json(json!({"input_schema": {"type": "object", "properties": {"q": {"type": "string"}}}}));
    let router = Router::new()
        .route("/info", get(async || Json(json!({"version": "0.7.0"}))))
        .route("/assistants/search", posted(search))
        .route("/assistants/{id}/schemas", get(schemas));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn uuid_of(number: u128) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

/// A server with the agents of these Agent Servers beside LangSmith.
async fn server(agent_servers: &str) -> Server {
    let mut server = Server::start().await;
    let deps = AgentDeps {
        http: http_client(None).unwrap(),
        keys: RunKeys::new(&RootKey::generate(&SystemRandom), Arc::new(SystemRandom)).unwrap(),
        clock: server.clock.clone(),
        public_url: "https://mcp.example.com".parse().unwrap(),
        connections: None,
        patience: PATIENCE,
        discovery: None,
    };
    let servers = AgentServerSettings::list(agent_servers).unwrap();
    let tools = Toolsets::from(tools());
    server.set_tools(AgentServers::new(servers, &tools, &deps).offered_by(tools).unwrap());
    server
}

async fn ask(server: &Server, path: &str, bearer: &str, method: &str, params: Value) -> Answer {
    let body = request(method, &params).to_string();
    server.send(post(bearer).uri(path).body(body.into()).unwrap()).await
}

/// The names of the listed tools.
async fn names(server: &Server, path: &str) -> Vec<String> {
    let listed = ask(server, path, "ada", "tools/list", json!({})).await.result();
    listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn only_that_servers_agents_are_there_under_its_own_names() {
    let long = format!("a long name {}", "x".repeat(70));
    let named = ["echo", "Bob Answer!", "Untitled", "Untitled", "agent_resume", &long].map(str::to_owned);
    let (research, other) = (agent_server(named.into()).await, agent_server(vec!["other".to_owned()]).await);
    let server = server(&format!("research={research};auth=none,sales={other};auth=none")).await;
    let expected = [
        "echo",
        "Bob_Answer",
        "Untitled_00000003",
        "Untitled_00000004",
        // The name of another tool.
        "agent_resume_00000005",
        &long.replace(' ', "_"),
    ];
    for path in ["/agents/research/mcp", "/agents/research/mcp/"] {
        assert_eq!(names(&server, path).await, [&RUNS[..], &expected].concat(), "{path}");
    }
    assert_eq!(names(&server, "/agents/sales/mcp").await, [&RUNS[..], &["other"]].concat());
    let all = names(&server, "/mcp").await;
    assert!(
        all.contains(&"research__echo".to_owned()) && all.contains(&"list_projects".to_owned()),
        "{all:?}"
    );
}

#[tokio::test]
async fn a_client_is_told_whose_agents_they_are() {
    let research = agent_server(vec!["echo".to_owned()]).await;
    let server = server(&format!("research={research};auth=none")).await;
    let of = async |path: &str, query: &str| {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}});
        ask(&server, &format!("{path}{query}"), "ada", "initialize", params).await.result()
    };
    let alone = of("/agents/research/mcp", "").await;
    assert_eq!(alone["serverInfo"]["title"], "Agents of research");
    let instructions = alone["instructions"].as_str().unwrap();
    assert!(RUNS.iter().all(|tool| instructions.contains(tool)), "{instructions}");
    assert!(!instructions.contains("LangSmith") && !instructions.contains("list_projects"), "{instructions}");
    assert_eq!(of("/agents/research/mcp", "?readonly").await["instructions"], alone["instructions"]);
    assert_eq!(of("/mcp", "").await["serverInfo"]["title"], "LangSmith");
}

#[tokio::test]
async fn nothing_of_langsmith_and_of_other_servers_can_be_called() {
    let research = agent_server(vec!["echo".to_owned()]).await;
    let server = server(&format!("research={research};auth=none,sales={research};auth=none")).await;
    for tool in ["list_projects", "research__echo", "sales__echo"] {
        let params = json!({"name": tool, "arguments": {}});
        let refused = ask(&server, "/agents/research/mcp", "ada", "tools/call", params).await;
        assert_eq!((refused.status, refused.error(200)), (StatusCode::OK, -32602), "{tool}");
    }
    // An argument that the agent's schema refuses: the tool is found.
    let params = json!({"name": "echo", "arguments": {"q": 7}});
    let refused = ask(&server, "/agents/research/mcp", "ada", "tools/call", params).await;
    assert_eq!(refused.tool_error()["kind"], "invalid");
}

#[tokio::test]
async fn a_disabled_and_an_unknown_endpoint_are_one_and_are_told_to_callers_only() {
    let research = agent_server(vec!["echo".to_owned()]).await;
    let server = server(&format!("research={research};auth=none;disable_mcp")).await;
    for path in ["/agents/research/mcp", "/agents/nobody/mcp/"] {
        let gone = ask(&server, path, "ada", "tools/list", json!({})).await;
        assert_eq!(
            (gone.status, gone.json()),
            (StatusCode::NOT_FOUND, json!({"detail": "Not Found"})),
            "{path}"
        );
        assert_eq!(gone.header("content-type"), "application/json");
        let refused = ask(&server, path, "nonsense", "tools/list", json!({})).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        let metadata = format!("/.well-known/oauth-protected-resource{path}\"");
        assert!(refused.header("www-authenticate").contains(&metadata), "{refused:?}");
    }
    for path in ["/agents/No%20Name/mcp", "/agents/%ff/mcp", "/agents/%72esearch/mcp", "/agents/%2e%2e/mcp"] {
        let nameless = ask(&server, path, "nonsense", "tools/list", json!({})).await;
        assert_eq!(
            (nameless.status, nameless.json()),
            (StatusCode::NOT_FOUND, json!({"detail": "Not Found"}))
        );
    }
    assert!(
        names(&server, "/mcp").await.contains(&"research__echo".to_owned()),
        "it is still a source of /mcp"
    );
}

#[tokio::test]
async fn a_token_is_asked_for_the_resource_of_the_path() {
    let research = agent_server(vec!["echo".to_owned()]).await;
    let server = server(&format!("research={research};auth=none,sales={research};auth=none")).await;
    let status = async |path: &str| ask(&server, path, "at-research", "tools/list", json!({})).await.status;
    assert_eq!(status("/agents/research/mcp").await, StatusCode::OK);
    for path in ["/mcp", "/agents/sales/mcp", "/agents/nobody/mcp"] {
        assert_eq!(status(path).await, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn the_edge_is_that_of_the_whole_endpoint() {
    let research = agent_server(vec!["echo".to_owned()]).await;
    let server = server(&format!("research={research};auth=none")).await;
    let path = "/agents/research/mcp";
    let wrong = server.send(post("ada").method(Method::GET).uri(path).body("".into()).unwrap()).await;
    assert_eq!((wrong.status, wrong.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST, OPTIONS"));
    let foreign = post("ada").uri(path).header("origin", "https://evil.example").body("{}".into()).unwrap();
    assert_eq!(server.send(foreign).await.status, StatusCode::FORBIDDEN);
    let large = post("ada").uri(path).body("x".repeat(1_048_577).into()).unwrap();
    assert_eq!(server.send(large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut modern = crate::support::modern("tools/list", json!({}), &[]);
    *modern.uri_mut() = path.parse().unwrap();
    let listed = server.send(modern).await.result();
    assert_eq!((listed["tools"].as_array().unwrap().len(), &listed["cacheScope"]), (4, &json!("private")));
}
