//! The control plane's list of deployments.

use langsmith_double::AgentDeployment;
use langsmith_double::data::{ADA, ADA_KEY, ADA_WORKSPACE, GRACE_KEY, TEAM_WORKSPACE};
use serde_json::Value;
use uuid::Uuid;

use crate::client::{Probe, ok, send};

const PATH: &str = "/api-host/v2/deployments";

fn deployment(number: u128, workspace: Uuid, person: Option<Uuid>) -> AgentDeployment {
    let url = Some(format!("https://d{number}.example.com"));
    let (id, name, status) = (Uuid::from_u128(number), format!("d{number}"), "READY".to_owned());
    AgentDeployment { id, name, status, url, workspace, person }
}

fn names(answer: &Value) -> Vec<&str> {
    let resources = answer["resources"].as_array().expect("resources");
    resources.iter().filter_map(|resource| resource["name"].as_str()).collect()
}

#[tokio::test]
async fn each_credential_and_workspace_has_its_own_deployments() {
    let probe = Probe::start().await;
    let handle = probe.double.handle();
    handle.deploy_agents(deployment(1, TEAM_WORKSPACE, None));
    handle.deploy_agents(deployment(2, TEAM_WORKSPACE, Some(ADA)));
    handle.deploy_agents(deployment(3, ADA_WORKSPACE, None));
    let team = TEAM_WORKSPACE.to_string();
    for (key, workspace, expected) in [
        (ADA_KEY, TEAM_WORKSPACE, vec!["d1", "d2"]),
        (GRACE_KEY, TEAM_WORKSPACE, vec!["d1"]),
        (ADA_KEY, ADA_WORKSPACE, vec!["d3"]),
    ] {
        let answer = ok(probe.get(PATH, key).header("x-tenant-id", workspace.to_string())).await;
        assert_eq!(names(&answer), expected);
        assert!(answer["resources"][0]["source_config"]["custom_url"].is_string(), "{answer}");
    }
    assert_eq!(send(probe.get(PATH, "lsv2_pt_nobody")).await.status(), 401);
    let other = probe.get(PATH, GRACE_KEY).header("x-tenant-id", ADA_WORKSPACE.to_string());
    assert_eq!(send(other).await.status(), 403);
    assert!(handle.delete_deployment(Uuid::from_u128(1)) && !handle.delete_deployment(Uuid::from_u128(1)));
    assert_eq!(names(&ok(probe.get(PATH, GRACE_KEY).header("x-tenant-id", team)).await), Vec::<&str>::new());
}

#[tokio::test]
async fn pages_follow_unless_the_offset_is_ignored() {
    let probe = Probe::start().await;
    let handle = probe.double.handle();
    for number in 1..=3 {
        handle.deploy_agents(deployment(number, TEAM_WORKSPACE, None));
    }
    let page = async || {
        let request = probe.get(&format!("{PATH}?limit=2&offset=2"), GRACE_KEY);
        names(&ok(request).await).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(page().await, ["d3"]);
    handle.ignore_offset(true);
    assert_eq!(page().await, ["d1", "d2"]);
}
