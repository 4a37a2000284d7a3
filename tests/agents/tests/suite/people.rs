//! Whose credential a request presents, and who sees what.

use agents::{Callers, Options};
use e2e::mcp::{ask, bearer, headers};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::support::{Stage, result, token, tools};

fn people() -> Value {
    let workspace = data::TEAM_WORKSPACE;
    json!({(data::ADA_KEY): format!("ada {workspace}"), (data::GRACE_KEY): format!("grace {workspace}")})
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_sees_and_runs_their_own_agents() {
    let stage = Stage::start(Options { callers: Callers::Known(people()), ..Options::default() }).await;
    for (key, name) in [(data::ADA_KEY, "Ada's"), (data::GRACE_KEY, "Grace's")] {
        let new = json!({"graph_id": "caller", "name": name});
        stage.agents.ask("POST", "/assistants", Some(key), Some(&new)).await;
    }
    for (key, tool, identity) in
        [(data::ADA_KEY, "fixture__Adas", "ada"), (data::GRACE_KEY, "fixture__Graces", "grace")]
    {
        let token = token(&stage.world, key).await;
        let (tools, _) = tools(&stage.world, &token).await;
        let names: Vec<_> = tools.iter().map(|tool| tool["name"].clone()).collect();
        assert_eq!(names, [tool]);
        let result = result(&stage.world, &token, tool, json!({})).await;
        assert_eq!(result["structuredContent"]["output"]["identity"], identity, "{result}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_workspace_is_no_refused_login() {
    let people = json!({(data::ADA_KEY): "ada another-workspace"});
    let stage = Stage::start(Options { callers: Callers::Known(people), ..Options::default() }).await;
    let token = token(&stage.world, data::ADA_KEY).await;
    let (_, missing) = tools(&stage.world, &token).await;
    let reason = missing[0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("It belongs to another workspace"), "{missing}");
    assert_eq!(missing[0]["url"], stage.world.at("/connections"), "{missing}");
    let refused = result(&stage.world, &token, "fixture__Adas", json!({})).await;
    let error = &refused["structuredContent"];
    assert_eq!(error["error"], format!("fixture: {reason}"), "{refused}");
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("forbidden"), &json!(false)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_leads_to_the_page_where_it_is_ended() {
    let stage = Stage::start(Options { callers: Callers::Known(people()), ..Options::default() }).await;
    let connections = stage.world.at("/connections");
    let token = token(&stage.world, data::LIMITED_KEY).await;
    let (found, missing) = tools(&stage.world, &token).await;
    assert!(found.is_empty(), "{found:?}");
    assert_eq!((&missing[0]["server"], &missing[0]["url"]), (&json!("fixture"), &json!(connections)));
    let refused = result(&stage.world, &token, "fixture__Graces", json!({})).await;
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(refused["isError"] == true && text.contains(&connections), "{refused}");
    assert!(text.contains("end this app's connection"), "{refused}");

    // Without a login there is none to end; the login itself is as good as before.
    let key = headers(&[("x-api-key", data::LIMITED_KEY)]);
    let listed = ask(stage.world.url(), key, "tools/list", json!({})).await;
    let missing = &listed.body["result"]["_meta"]["langsmith-remote-mcp/missing"][0];
    assert!(missing["server"] == "fixture" && missing.get("url").is_none_or(Value::is_null), "{missing}");
    assert_eq!(ask(stage.world.url(), bearer(&token), "tools/list", json!({})).await.status, 200);
}
