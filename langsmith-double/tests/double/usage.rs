//! The usage of an organization, and its workspaces.

use langsmith_double::data::{
    ADA_KEY, ADA_WORKSPACE, GRACE_KEY, LIMITED_KEY, ORGANIZATION, SERVICE_KEY, TEAM_WORKSPACE, sample_id,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, texts};

const USAGE: &str = "/api/v1/orgs/current/billing/usage";
const MONTH: &str = "starting_on=2026-10-01T00:00:00Z&ending_before=2026-11-01T00:00:00Z";

#[tokio::test]
async fn usage_is_told_by_metric_and_workspace() {
    let probe = Probe::start().await;
    let usage = probe.json(&format!("{USAGE}?{MONTH}")).await;
    assert_eq!(texts(&usage, "billable_metric_name"), ["Base traces", "Extended traces", "Seats"]);
    for metric in usage.as_array().expect("a list of metrics") {
        let Some(groups) = metric["groups"].as_object() else { continue };
        let sum: f64 = groups.values().filter_map(Value::as_f64).sum();
        assert_eq!(metric["value"], sum);
    }
    assert_eq!(usage[0]["groups"][TEAM_WORKSPACE.to_string()], 31.0 * 608.0);
    assert_eq!(
        (&usage[1]["groups"][TEAM_WORKSPACE.to_string()], &usage[2]["groups"]),
        (&Value::Null, &Value::Null)
    );
    let all = probe.json(&format!("{USAGE}?{MONTH}&on_current_plan=false")).await;
    assert_eq!(all.as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_period_without_use_has_no_metrics() {
    let probe = Probe::start().await;
    for period in
        ["starting_on=2025-01-01&ending_before=2025-02-01", "starting_on=2026-02-01&ending_before=2026-01-01"]
    {
        assert_eq!(probe.json(&format!("{USAGE}?{period}")).await, json!([]), "{period}");
    }
    for bad in ["", "starting_on=2026-01-01", "starting_on=a&ending_before=b"] {
        let status = probe.status(&format!("{USAGE}?{bad}"), ADA_KEY).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
}

#[tokio::test]
async fn usage_is_for_members_of_the_organization() {
    let probe = Probe::start().await;
    let path = format!("{USAGE}?{MONTH}");
    assert_eq!(probe.status(&path, LIMITED_KEY).await, StatusCode::FORBIDDEN);
    assert_eq!(probe.status(&path, GRACE_KEY).await, StatusCode::OK);
    for (organization, status) in [(ORGANIZATION, StatusCode::OK), (TEAM_WORKSPACE, StatusCode::FORBIDDEN)] {
        let request = probe.get(&path, ADA_KEY).header("X-Organization-Id", organization.to_string());
        answer(request, status).await;
    }
}

#[tokio::test]
async fn a_workspace_is_shown_to_its_members() {
    let probe = Probe::start().await;
    let own = probe.json(&format!("/api/v1/workspaces/{ADA_WORKSPACE}")).await;
    assert_eq!(
        (&own["display_name"], &own["organization_id"]),
        (&json!("Ada's Workspace"), &json!(ORGANIZATION))
    );
    for key in [GRACE_KEY, SERVICE_KEY] {
        let path = format!("/workspaces/{ADA_WORKSPACE}");
        assert_eq!(probe.status(&path, key).await, StatusCode::NOT_FOUND);
    }
    assert_eq!(probe.status("/workspaces/x", ADA_KEY).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        probe.status(&format!("/workspaces/{}", sample_id("none")), ADA_KEY).await,
        StatusCode::NOT_FOUND
    );
    let listed = ok(probe.get("/workspaces", ADA_KEY)).await;
    assert!(listed.as_array().expect("a list").contains(&own));
}
