//! Agents of deployments that are discovered for each person.

use agents::{AgentServer, Callers, Options};
use e2e::World;
use langsmith_double::{AgentDeployment, data};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{discovering, result, token, tools};

/// One Agent Server as the deployment `Ada's` of one person and `graces` of another.
fn deployed(world: &World, agents: &AgentServer) {
    for (id, name, person) in [(1, "Ada's", data::ADA), (2, "graces", data::GRACE)] {
        world.langsmith.deploy_agents(AgentDeployment {
            id: Uuid::from_u128(id),
            name: name.to_owned(),
            status: "READY".to_owned(),
            url: Some(agents.url().to_owned()),
            workspace: data::TEAM_WORKSPACE,
            person: Some(person),
        });
    }
}

fn people() -> Options {
    let workspace = data::TEAM_WORKSPACE;
    let people =
        json!({(data::ADA_KEY): format!("ada {workspace}"), (data::GRACE_KEY): format!("grace {workspace}")});
    Options { callers: Callers::Known(people), ..Options::default() }
}

/// An agent of each person.
async fn agents_of_people() -> AgentServer {
    let agents = AgentServer::with(people()).await;
    for (key, graph, name) in [
        (data::ADA_KEY, "caller", "who"),
        (data::GRACE_KEY, "caller", "who"),
        (data::ADA_KEY, "steered", "steered"),
    ] {
        agents.ask("POST", "/assistants", Some(key), Some(&json!({"graph_id": graph, "name": name}))).await;
    }
    agents
}

fn names(tools: &[Value]) -> Vec<&str> {
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_runs_the_agents_of_their_own_deployments() {
    let agents = agents_of_people().await;
    let world = discovering(Vec::new(), false).await;
    deployed(&world, &agents);
    for (key, own, others, identity) in
        [(data::ADA_KEY, "ada-s", "graces", "ada"), (data::GRACE_KEY, "graces", "ada-s", "grace")]
    {
        let token = token(&world, key).await;
        let (tools, missing) = tools(&world, &token).await;
        assert!(
            missing.is_null() && names(&tools).contains(&format!("{own}__who").as_str()),
            "{tools:?} {missing}"
        );
        assert!(names(&tools).iter().all(|name| name.starts_with(&format!("{own}__"))), "{tools:?}");
        let result = result(&world, &token, &format!("{own}__who"), json!({})).await;
        assert_eq!(result["structuredContent"]["output"]["identity"], identity, "{result}");
        let params = json!({"name": format!("{others}__who"), "arguments": {}});
        let unknown = e2e::mcp::ask(world.url(), e2e::mcp::bearer(&token), "tools/call", params).await;
        assert_eq!(unknown.body["error"]["code"], -32602, "{}", unknown.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_a_discovered_deployment_is_returned_to_by_its_handle_alone() {
    let agents = agents_of_people().await;
    let world = discovering(Vec::new(), false).await;
    deployed(&world, &agents);
    let ada = token(&world, data::ADA_KEY).await;
    let asked = result(&world, &ada, "ada-s__steered", json!({"ask": {"value": "go on?"}})).await;
    let asked = asked["structuredContent"].clone();
    assert_eq!(asked["status"], "input_required", "{asked}");
    let handle = asked["handle"].as_str().unwrap();
    assert!(handle.len() <= 512, "{handle}");

    // The caches of servers are empty after an hour; the handle still leads to the deployment, by any name of it.
    world.pass(std::time::Duration::from_mins(50));
    assert!(world.langsmith.delete_deployment(Uuid::from_u128(1)));
    let gone = result(&world, &ada, "agent_run_result", json!({"handle": handle})).await;
    let expected = "The deployment of this run is not among those that LangSmith lists for your login: it was deleted, \
                    or it belongs to another workspace.";
    assert_eq!(
        (&gone["isError"], &gone["structuredContent"]["error"]),
        (&json!(true), &json!(expected)),
        "{gone}"
    );
    world.langsmith.deploy_agents(AgentDeployment {
        id: Uuid::from_u128(1),
        name: "renamed".to_owned(),
        status: "READY".to_owned(),
        url: Some(agents.url().to_owned()),
        workspace: data::TEAM_WORKSPACE,
        person: Some(data::ADA),
    });
    let mut answers = json!({});
    answers[asked["questions"][0]["id"].as_str().unwrap()] = json!("yes");
    let resumed = result(&world, &ada, "agent_resume", json!({"handle": handle, "answers": answers})).await;
    let expected = (&json!("completed"), &json!("yes"));
    let resumed = &resumed["structuredContent"];
    assert_eq!((&resumed["status"], &resumed["output"]["answer"]), expected, "{resumed}");

    // Grace has a deployment at the same server, but not Ada's handle.
    let grace = token(&world, data::GRACE_KEY).await;
    let refused = result(&world, &grace, "agent_run_result", json!({"handle": handle})).await;
    assert_eq!(refused["structuredContent"]["kind"], "invalid", "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_run_is_cancelled_by_its_handle_and_named_servers_stay() {
    let agents = agents_of_people().await;
    let world = discovering(vec![format!("graces={}", agents.url())], true).await;
    deployed(&world, &agents);
    let ada = token(&world, data::ADA_KEY).await;
    let (found, _) = tools(&world, &ada).await;
    for name in ["graces__who", "ada-s__who"] {
        assert!(names(&found).contains(&name), "{found:?}");
    }
    let running = result(&world, &ada, "ada-s__steered", json!({"wait": 600})).await;
    let running = running["structuredContent"].clone();
    assert_eq!(running["status"], "running", "{running}");
    let cancelled = result(&world, &ada, "agent_run_cancel", json!({"handle": running["handle"]})).await;
    assert_eq!(cancelled["structuredContent"]["status"], "cancelled", "{cancelled}");
    // The name of the server that the operator has named is not Grace's deployment's.
    let grace = token(&world, data::GRACE_KEY).await;
    let (found, _) = tools(&world, &grace).await;
    let own = format!("graces_{}", &Uuid::from_u128(2).simple().to_string()[..8]);
    assert!(names(&found).contains(&format!("{own}__who").as_str()), "{found:?}");
}
