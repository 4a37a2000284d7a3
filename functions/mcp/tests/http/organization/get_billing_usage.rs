//! `get_billing_usage`: who sees whose share.

use langsmith_double::data::{ADA_WORKSPACE, SERVICE_KEY, TEAM_WORKSPACE};
use langsmith_double::{FaultKind, Service};
use mcp::auth::{UnauthorizedOutcome, WorkspaceAccess};
use oauth::scope::ScopeSet;
use serde_json::{Value, json};

use crate::common::{deployed, disturb, extended};
use crate::deployment::Need;
use crate::support::{Server, identity};

/// A workspace that occurs only in the usage figures.
const DELETED: &str = "5a3e0000-0000-4000-8000-0000000000dd";

fn month(more: &Value) -> Value {
    extended(json!({"starting_on": "2026-10-01T00:00:00Z", "ending_before": "2026-11-01T00:00:00Z"}), more)
}

async fn usage(server: &Server, bearer: &str, more: &Value) -> Vec<Value> {
    let result = server.call_as(bearer, "get_billing_usage", month(more)).await.result();
    assert_eq!(result["isError"], false, "{result}");
    result["structuredContent"]["usage"].as_array().unwrap().clone()
}

async fn failed(server: &Server, bearer: &str, more: &Value) -> Value {
    server.call_as(bearer, "get_billing_usage", month(more)).await.tool_error()
}

fn team_share() -> Value {
    json!({TEAM_WORKSPACE.to_string(): {"workspace_name": "Sample Workspace", "value": 18848.0}})
}

#[tokio::test]
async fn a_key_sees_every_share_with_its_name() {
    let server = Server::start().await;
    for bearer in ["ada-key", "ada-everywhere"] {
        let metrics = usage(&server, bearer, &json!({})).await;
        let names: Vec<_> =
            metrics.iter().map(|metric| metric["billable_metric_name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Base traces", "Extended traces", "Seats"]);
        let mut groups = team_share();
        groups[ADA_WORKSPACE.to_string()] = json!({"workspace_name": "Ada's Workspace", "value": 403.0});
        groups[DELETED] = json!({"workspace_name": DELETED, "value": 31.0});
        assert_eq!((&metrics[0]["groups"], &metrics[0]["value"]), (&groups, &json!(19282.0)));
        assert_eq!((&metrics[2]["groups"], &metrics[2]["value"]), (&Value::Null, &json!(7.75)));
    }
    let all = usage(&server, "ada-key", &json!({"on_current_plan": "false"})).await;
    assert_eq!(all.len(), 4);
}

#[tokio::test]
async fn no_workspace_is_named_upstream() {
    let server = Server::needing(&[Need::OnePlace]).await;
    usage(&server, "ada-key", &json!({"workspace_id": TEAM_WORKSPACE.to_string()})).await;
    usage(&server, "ada", &json!({})).await;
    let requests = server.langsmith().requests();
    let lines: Vec<_> =
        requests.iter().map(|request| (request.path.as_str(), request.query.as_str())).collect();
    let query =
        "starting_on=2026-10-01T00%3A00%3A00Z&ending_before=2026-11-01T00%3A00%3A00Z&on_current_plan=true";
    let own = format!("/api/v1/workspaces/{TEAM_WORKSPACE}");
    let figures = ("/api/v1/orgs/current/billing/usage", query);
    assert_eq!(lines, [("/api/v1/workspaces", ""), figures, (own.as_str(), ""), figures]);
    assert!(requests.iter().all(|request| request.x_tenant_id.is_none()));
}

#[tokio::test]
async fn a_filter_shows_one_share_and_the_totals() {
    let server = Server::start().await;
    for workspace in ["sample WORKSPACE".to_owned(), TEAM_WORKSPACE.to_string().to_uppercase()] {
        let metrics = usage(&server, "ada-key", &json!({ "workspace": workspace })).await;
        assert_eq!((&metrics[0]["groups"], &metrics[0]["value"]), (&team_share(), &json!(19282.0)));
        assert_eq!((&metrics[1]["groups"], &metrics[1]["value"]), (&json!({}), &json!(15.5)));
        assert_eq!(metrics[2]["groups"], Value::Null);
    }
    let deleted = usage(&server, "ada-key", &json!({ "workspace": DELETED })).await;
    assert_eq!(deleted[0]["groups"], json!({DELETED: {"workspace_name": DELETED, "value": 31.0}}));
}

#[tokio::test]
async fn an_unknown_workspace_is_named() {
    let server = Server::start().await;
    for workspace in ["zzz", "00000000-0000-4000-8000-000000000000"] {
        let error = failed(&server, "ada-key", &json!({ "workspace": workspace })).await;
        let expected = json!(format!("Workspace {workspace} not found"));
        assert_eq!((&error["error"], &error["kind"]), (&expected, &json!("not_found")));
    }
}

#[tokio::test]
async fn a_login_for_one_workspace_learns_nothing_of_the_others() {
    let server = Server::start().await;
    let (own, other) = (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string());
    for more in [
        json!({}),
        json!({"workspace": own}),
        json!({"workspace": "Sample Workspace"}),
        json!({"workspace_id": own}),
    ] {
        let metrics = usage(&server, "ada", &more).await;
        assert_eq!((&metrics[0]["groups"], &metrics[0]["value"]), (&team_share(), &json!(18848.0)));
        assert_eq!((&metrics[1]["groups"], &metrics[1]["value"]), (&json!({}), &json!(0)));
        assert_eq!((&metrics[2]["groups"], &metrics[2]["value"]), (&Value::Null, &Value::Null));
        let text = json!(metrics).to_string();
        assert!(!text.contains(&other) && !text.contains(DELETED) && !text.contains("Ada"), "{text}");
    }
    server.langsmith().clear_requests();
    for more in [json!({"workspace": other}), json!({"workspace_id": other}), json!({"workspace": DELETED})] {
        assert_eq!(failed(&server, "ada", &more).await["kind"], "forbidden", "{more}");
    }
    assert!(server.langsmith().requests().is_empty());
    let by_name = failed(&server, "ada", &json!({"workspace": "Ada's Workspace"})).await;
    let unknown = failed(&server, "ada", &json!({"workspace": "No workspace"})).await;
    assert_eq!((&by_name["kind"], &unknown["kind"]), (&json!("not_found"), &json!("not_found")));
}

#[tokio::test]
async fn a_period_without_use_has_no_metrics() {
    let server = Server::start().await;
    let before = json!({"starting_on": "2025-01-01", "ending_before": "2025-02-01"});
    let result = server.call_as("ada-key", "get_billing_usage", before).await.result();
    assert_eq!(result["structuredContent"], json!({"usage": []}));
}

#[tokio::test]
async fn wrong_arguments_never_reach_langsmith() {
    let server = Server::start().await;
    for (more, name) in [
        (json!({"starting_on": null}), "starting_on"),
        (json!({"ending_before": ""}), "ending_before"),
        (json!({"starting_on": "a"}), "starting_on"),
        (json!({"ending_before": 20_261_101}), "ending_before"),
        (json!({"starting_on": "2026-11-01T00:00:00Z"}), "starting_on"),
        (json!({"workspace": ["x"]}), "workspace"),
        (json!({"on_current_plan": 1}), "on_current_plan"),
        (json!({"unit": "traces"}), "unit"),
    ] {
        let error = failed(&server, "ada", &more).await;
        assert_eq!(error["kind"], "invalid", "{more}");
        assert!(error["error"].as_str().unwrap().contains(name), "{error}");
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn usage_has_a_scope_of_its_own() {
    let server = Server::start().await;
    assert!(!usage(&server, "ada-billing", &json!({})).await.is_empty());
    let answer = server.call_as("ada-reader", "get_billing_usage", month(&json!({}))).await;
    assert_eq!(answer.status, 403);
    assert!(answer.header("www-authenticate").contains("billing:read"), "{answer:?}");
    assert_eq!(failed(&server, "limited", &json!({})).await["kind"], "forbidden");
}

#[tokio::test]
async fn a_key_of_one_workspace_is_told_what_it_takes() {
    let server = deployed(Service::CLOUD).await;
    // The first attempt is refused, and the second one has a key limited to one workspace.
    let key = identity(SERVICE_KEY, WorkspaceAccess::KeyDefault { header: None }, ScopeSet::all());
    server.authenticator.outcomes.lock().unwrap().push_back(UnauthorizedOutcome::Retry(key));
    disturb(&server, "/workspaces", FaultKind::Status(401), Some(1));
    let error = failed(&server, "ada-key", &json!({})).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("forbidden"), &json!(false)));
    assert!(error["error"].as_str().unwrap().contains("API key of the organization"), "{error}");
}

#[tokio::test]
async fn a_firewall_says_nothing_about_the_key() {
    let server = Server::needing(&[Need::OnePlace]).await;
    disturb(&server, "/billing", FaultKind::Blocked, None);
    let error = failed(&server, "ada-key", &json!({})).await;
    assert_eq!((&error["kind"], &error["retryable"]), (&json!("upstream"), &json!(true)), "{error}");
    let told = error["error"].as_str().unwrap();
    assert!(told.starts_with("A proxy refused the request before it reached LangSmith."), "{told}");
    assert!(!told.contains("credential") && !told.contains("key"), "{told}");
}

#[tokio::test]
async fn names_are_an_addition_and_figures_are_not() {
    let server = Server::needing(&[Need::OnePlace]).await;
    disturb(&server, "/workspaces", FaultKind::Status(403), None);
    let metrics = usage(&server, "ada-key", &json!({})).await;
    assert_eq!(metrics[0]["groups"][DELETED]["workspace_name"], DELETED);
    assert_eq!(
        metrics[0]["groups"][TEAM_WORKSPACE.to_string()]["workspace_name"],
        TEAM_WORKSPACE.to_string()
    );
    server.langsmith().clear_faults();
    for (path, status, kind) in [
        ("/billing", 401, "auth"),
        ("/billing", 403, "forbidden"),
        ("/billing", 422, "invalid"),
        ("/billing", 500, "upstream"),
        ("/workspaces", 401, "auth"),
        ("/workspaces", 500, "upstream"),
    ] {
        disturb(&server, path, FaultKind::Status(status), None);
        let error = failed(&server, "ada-key", &json!({})).await;
        assert_eq!(error["kind"], kind, "{path} {status}");
        server.langsmith().clear_faults();
    }
}
