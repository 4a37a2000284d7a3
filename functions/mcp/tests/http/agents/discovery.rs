//! Servers that are discovered for each caller: their names, and what a failure costs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use langsmith_double::data::{ADA, ADA_KEY, GRACE, GRACE_KEY, TEAM_WORKSPACE};
use langsmith_double::{AgentDeployment, Fault, FaultKind, Handle};
use mcp::toolset::Toolsets;
use mcp::toolsets::agents::{AgentDeps, AgentServers, PATIENCE, RunKeys};
use mcp::toolsets::langsmith::tools;
use oauth::keys::RootKey;
use primitives::random::SystemRandom;
use serde_json::{Value, json};
use shared::mcp::agent_servers::AgentServerSettings;
use uuid::Uuid;

use super::server::Lister;
use crate::support::{Server, modern};

/// A server that discovers deployments, beside the servers in `named`.
async fn server(named: &str) -> (Server, Handle) {
    let mut server = Server::start().await;
    let random = Arc::new(SystemRandom);
    let deps = AgentDeps {
        http: langsmith::http_client(None).unwrap(),
        keys: RunKeys::new(&RootKey::generate(&SystemRandom), random).unwrap(),
        clock: server.clock.clone(),
        public_url: "https://mcp.example.com".parse().unwrap(),
        connections: None,
        patience: PATIENCE,
        discovery: Some(server.control_plane()),
    };
    let servers = AgentServerSettings::list(named).unwrap();
    let tools = Toolsets::from(tools());
    server.set_tools(AgentServers::new(servers, &tools, &deps).offered_by(tools).unwrap());
    let handle = server.control_plane_double();
    (server, handle)
}

fn deployment(number: u128, name: &str, url: &str) -> AgentDeployment {
    AgentDeployment {
        id: Uuid::from_u128(number << 96),
        name: name.to_owned(),
        status: "READY".to_owned(),
        url: Some(url.to_owned()),
        workspace: TEAM_WORKSPACE,
        person: None,
    }
}

fn named(names: &[&str]) -> impl Iterator<Item = String> {
    names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>().into_iter()
}

/// The agents' tools of every page, and what is missing.
async fn listed(server: &Server, bearer: &str) -> (Vec<String>, Vec<Value>) {
    let (mut names, mut missing, mut cursor) = (Vec::new(), Vec::new(), Value::Null);
    for _ in 0..50 {
        let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
        let page = server.legacy(bearer, "tools/list", params).await.result();
        let tools = page["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap());
        names.extend(tools.filter(|name| name.contains("__")).map(str::to_owned));
        missing
            .extend(page["_meta"]["langsmith-remote-mcp/missing"].as_array().into_iter().flatten().cloned());
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            return (names, missing);
        }
    }
    panic!("the list never ends");
}

fn missing(server: &str, reason: &str) -> Value {
    json!({"server": server, "reason": reason, "url": null})
}

/// The number of requests for lists of deployments.
fn asked(handle: &Handle) -> usize {
    handle.requests().iter().filter(|request| request.path.contains("/v2/deployments")).count()
}

#[tokio::test]
async fn each_caller_has_the_agents_of_their_own_deployments() {
    let (server, control_plane) = server("").await;
    let agents = Lister::start(named(&["bot"])).await;
    control_plane.deploy_agents(AgentDeployment { person: Some(ADA), ..deployment(1, "Ada's", &agents.url) });
    control_plane
        .deploy_agents(AgentDeployment { person: Some(GRACE), ..deployment(2, "Graces", &agents.url) });
    for _ in 0..2 {
        assert_eq!(listed(&server, "ada").await, (vec!["ada-s__bot".to_owned()], vec![]));
        assert_eq!(listed(&server, "grace").await, (vec!["graces__bot".to_owned()], vec![]));
    }
    assert_eq!(asked(&control_plane), 2, "the lists are cached, each for its caller");
    assert_eq!(agents.keys(), [ADA_KEY, GRACE_KEY]);
    let answer = server.call_as("ada", "graces__bot", json!({})).await;
    assert_eq!(answer.error(200), -32602);
    // A deployment may be new; a list that is a minute old is read again.
    assert_eq!(asked(&control_plane), 3);
    server.clock.advance(Duration::from_secs(61));
    listed(&server, "ada").await;
    assert_eq!(asked(&control_plane), 4);
}

#[tokio::test]
async fn no_deployment_takes_the_name_of_another_set() {
    let agents = Lister::start(named(&["bot"])).await;
    let own = Lister::start(named(&["own"])).await;
    let (server, control_plane) = server(&format!("fixture={};auth=none", own.url)).await;
    for (number, name) in
        [(1, "fixture"), (2, "Agent runs"), (3, "discovered_agents"), (4, "same"), (5, "Same")]
    {
        control_plane.deploy_agents(deployment(number, name, &agents.url));
    }
    let (names, missing) = listed(&server, "ada").await;
    let expected = [
        "fixture__own",
        "fixture_00000001__bot",
        "agent-runs_00000002__bot",
        "discovered-agents_00000003__bot",
        "same_00000004__bot",
        "same_00000005__bot",
    ];
    assert_eq!((names, missing), (expected.map(str::to_owned).to_vec(), vec![]));
    // A name with the prefix of a set is that set's, even if it has no such tool.
    agents.keys();
    for unknown in
        ["fixture__bot", "agent-runs__bot", "discovered-agents__bot", "nobody__bot", "same__bot", "Same__bot"]
    {
        assert_eq!(server.call_as("ada", unknown, json!({})).await.error(200), -32602, "{unknown}");
    }
    assert_eq!(agents.keys(), Vec::<String>::new());
    assert_eq!(own.keys().iter().collect::<Vec<_>>(), ["", ""], "without a credential");
}

#[tokio::test]
async fn a_deployment_that_fails_costs_its_own_tools_and_is_named() {
    let (server, control_plane) = server("").await;
    let (agents, hanging) = (Lister::start(named(&["bot"])).await, Lister::hanging().await);
    control_plane.deploy_agents(deployment(1, "slow", &hanging.url));
    control_plane.deploy_agents(deployment(2, "down", "http://127.0.0.1:1"));
    control_plane.deploy_agents(deployment(3, "good", &agents.url));
    control_plane.deploy_agents(deployment(4, "elsewhere", "https://agents.example.com"));
    control_plane.deploy_agents(deployment(5, "plain", "http://agents.example.com"));
    let waiting =
        AgentDeployment { status: "AWAITING_DATABASE".to_owned(), ..deployment(6, "waiting", &agents.url) };
    control_plane.deploy_agents(waiting);
    let (names, found) = listed(&server, "ada").await;
    assert_eq!(names, ["good__bot"]);
    let host = "Its host is not one that gets LangSmith credentials from here: whoever runs this server can name it as an \
                Agent Server.";
    let expected = [
        missing("elsewhere", host),
        missing("plain", "Its address is not https."),
        missing("slow", "It did not answer in time."),
        missing("down", "It cannot be reached."),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_control_plane_that_fails_costs_the_discovered_servers_alone() {
    let own = Lister::start(named(&["own"])).await;
    let (server, control_plane) = server(&format!("fixture={};auth=none", own.url)).await;
    let fault = |kind| Fault { method: None, path_contains: "/v2/deployments".to_owned(), kind, times: None };
    for (kind, reason) in [
        (FaultKind::Status(503), "It answers with status 503."),
        (FaultKind::Status(401), "It does not accept your LangSmith credential."),
        (FaultKind::Status(403), "It does not show your login the deployments of this workspace."),
        (FaultKind::Status(404), "It has no list of deployments."),
        (FaultKind::Hang, "It did not answer in time."),
        (FaultKind::Drop, "It cannot be reached."),
        (FaultKind::Malformed, "Its answer is not a list of deployments."),
        (FaultKind::Html, "Its answer is not a list of deployments."),
        (FaultKind::Oversized(9_000_000), "Its answer is larger than 8 MB."),
    ] {
        control_plane.clear_faults();
        control_plane.inject(fault(kind));
        let reason = format!("LangSmith's control plane, which lists your deployments: {reason}");
        let expected = (vec!["fixture__own".to_owned()], vec![missing("discovered-agents", &reason)]);
        assert_eq!(listed(&server, "ada").await, expected);
    }
    let error = server.fail("a__bot", json!({})).await;
    assert!(error["error"].as_str().unwrap().starts_with("LangSmith's control plane"), "{error}");
    // Neither a 401 nor a 403 of the control plane says anything about the login.
    let refused = server.authenticator.refused.load(Ordering::SeqCst);
    assert_eq!(refused, 0);
}

#[tokio::test]
async fn while_the_control_plane_fails_an_earlier_list_serves_for_an_hour() {
    let (server, control_plane) = server("").await;
    let agents = Lister::start(named(&["bot"])).await;
    control_plane.deploy_agents(deployment(1, "good", &agents.url));
    assert_eq!(listed(&server, "ada").await.0, ["good__bot"]);
    let fault = |status| Fault {
        method: None,
        path_contains: "/v2/deployments".to_owned(),
        kind: FaultKind::Status(status),
        times: None,
    };
    control_plane.inject(fault(502));
    server.clock.advance(Duration::from_secs(61));
    let (names, found) = listed(&server, "ada").await;
    let reason = "LangSmith's control plane, which lists your deployments: It answers with status 502.";
    assert_eq!((names, found), (vec!["good__bot".to_owned()], vec![missing("discovered-agents", reason)]));
    assert_eq!(listed(&server, "grace").await.0, Vec::<String>::new(), "it is another caller's");
    server.clock.advance(Duration::from_hours(1));
    assert_eq!(listed(&server, "ada").await.0, Vec::<String>::new());
    // A refusal is an answer: there is nothing to fall back to.
    control_plane.clear_faults();
    listed(&server, "ada").await;
    control_plane.inject(fault(403));
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(listed(&server, "ada").await.0, Vec::<String>::new());
}

#[tokio::test]
async fn an_old_control_plane_that_repeats_its_page_is_not_asked_for_ever() {
    let (server, control_plane) = server("").await;
    let agents = Lister::start(named(&["bot"])).await;
    control_plane.ignore_offset(true);
    for number in 1..=100 {
        let status = if number == 7 { "READY" } else { "UNUSED" };
        let deployment = deployment(number, &format!("d{number}"), &agents.url);
        control_plane.deploy_agents(AgentDeployment { status: status.to_owned(), ..deployment });
    }
    let (names, found) = listed(&server, "ada").await;
    let reason =
        "There may be more deployments than these: there are too many, or the control plane repeats a page.";
    assert_eq!((names, found), (vec!["d7__bot".to_owned()], vec![missing("discovered-agents", reason)]));
    assert_eq!(asked(&control_plane), 2);
    // One that pages is read to its end.
    control_plane.ignore_offset(false);
    control_plane.deploy_agents(deployment(101, "last", &agents.url));
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(listed(&server, "ada").await, (vec!["d7__bot".to_owned(), "last__bot".to_owned()], vec![]));
}

#[tokio::test]
async fn many_agents_of_several_deployments_page_by_one_cursor() {
    let (server, control_plane) = server("").await;
    let many = Lister::start((0..115).map(|number| format!("a{number}"))).await;
    let few = Lister::start(named(&["bot"])).await;
    for (number, name, url) in
        [(1, "first", &few.url), (2, "large", &many.url), (3, "other", &many.url), (4, "last", &few.url)]
    {
        control_plane.deploy_agents(deployment(number, name, url));
    }
    let (names, found) = listed(&server, "ada").await;
    let of = |server: &str| (0..115).map(|number| format!("{server}__a{number}")).collect::<Vec<_>>();
    let expected =
        [vec!["first__bot".to_owned()], of("large"), of("other"), vec!["last__bot".to_owned()]].concat();
    assert_eq!((names, found), (expected, vec![]));
    assert_eq!(asked(&control_plane), 1);
    // A cursor that nobody gave is refused.
    for inner in ["discovered-agents 1 x", "discovered-agents 1 00000001000000000000000000000000 x"] {
        use base64::Engine as _;
        let cursor = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(inner);
        let answer = server.legacy("ada", "tools/list", json!({ "cursor": cursor })).await;
        assert_eq!(answer.error(200), -32602, "{inner}");
    }
}

#[tokio::test]
async fn a_selection_keeps_its_rule() {
    let (server, control_plane) = server("").await;
    let agents = Lister::start(named(&["bot"])).await;
    control_plane.deploy_agents(deployment(1, "good", &agents.url));
    for (header, value, expected) in [
        ("x-mcp-toolsets", "all", true),
        ("x-mcp-toolsets", "runs", false),
        ("x-mcp-readonly", "true", false),
        ("x-mcp-tools", "list_projects", false),
    ] {
        let answer = server.send(modern("tools/list", json!({}), &[(header, value)])).await.result();
        let is_listed = answer["tools"].as_array().unwrap().iter().any(|tool| tool["name"] == "good__bot");
        assert_eq!(is_listed, expected, "{header}: {value}");
    }
    assert_eq!(server.call_as("ada-reader", "good__bot", json!({})).await.status, 403);
}
