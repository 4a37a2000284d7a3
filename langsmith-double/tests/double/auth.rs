//! Credentials, workspaces and permissions.

use langsmith_double::data::{
    ADA, ADA_KEY, ADA_WORKSPACE, GRACE, GRACE_KEY, LIMITED_KEY, ORGANIZATION, ORGANIZATION_KEY, SERVICE_KEY,
    TEAM_WORKSPACE, sample_id,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send, texts};
use crate::login::Login;

#[tokio::test]
async fn a_key_says_who_it_is() {
    let probe = Probe::start().await;
    for (key, user) in [(ADA_KEY, ADA), (GRACE_KEY, GRACE), (LIMITED_KEY, GRACE)] {
        assert_eq!(ok(probe.get("/api/v1/me/ls_user_id", key)).await, json!(user));
    }
    let none = answer(probe.get("/api/v1/me/ls_user_id", SERVICE_KEY), StatusCode::FORBIDDEN).await;
    assert!(none["detail"].is_string());
    let bad = answer(probe.get("/api/v1/me/ls_user_id", "lsv2_pt_other"), StatusCode::UNAUTHORIZED).await;
    assert_eq!(bad, json!({"detail": "Invalid token"}));
}

#[tokio::test]
async fn a_credential_says_where_it_works() {
    let probe = Probe::start().await;
    let team = json!({"organization_id": ORGANIZATION, "tenant_id": TEAM_WORKSPACE});
    let ada = json!({
        "ls_user_id": ADA,
        "organization_id": ORGANIZATION,
        "tenant_id": TEAM_WORKSPACE,
        "user_id": sample_id("login:Ada"),
        "user_email": "ada@example.com",
    });
    for path in ["/auth/public", "/api/v1/auth/public"] {
        assert_eq!(ok(probe.get(path, ADA_KEY)).await, ada);
        assert_eq!(ok(probe.get(path, SERVICE_KEY)).await, team);
    }
    let login = Login::new(&probe).await;
    let token = login.tokens().await["access_token"].as_str().expect("a token").to_owned();
    let bearer = || probe.http.get(probe.url("/auth/public")).bearer_auth(&token);
    assert_eq!(ok(bearer()).await, ada);
    let own = ok(bearer().header("X-Tenant-Id", ADA_WORKSPACE.to_string())).await;
    assert_eq!((&own["tenant_id"], &own["ls_user_id"]), (&json!(ADA_WORKSPACE), &json!(ADA)));
    let foreign = probe.get("/auth/public", GRACE_KEY).header("X-Tenant-Id", ADA_WORKSPACE.to_string());
    answer(foreign, StatusCode::FORBIDDEN).await;
    assert_eq!(probe.status("/auth/public", "lsv2_pt_other").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_permissions_for_servers_depend_on_the_role() {
    let probe = Probe::start().await;
    let all = ["read", "invoke", "create", "update", "delete"];
    for (key, expected) in [(ADA_KEY, &all[..]), (GRACE_KEY, &all[..2]), (LIMITED_KEY, &[])] {
        let workspaces = ok(probe.get("/workspaces", key)).await;
        let names = workspaces[0]["permissions"].as_array().expect("permissions").iter();
        let names = names.filter_map(|name| name.as_str()?.strip_prefix("mcp-servers:"));
        assert_eq!(names.collect::<Vec<_>>(), expected, "{key}");
    }
}

#[tokio::test]
async fn nothing_but_info_is_open() {
    let probe = Probe::start().await;
    for prefix in ["", "/api/v1"] {
        for path in [
            "/me/ls_user_id",
            "/workspaces",
            "/sessions",
            "/datasets",
            "/repos",
            "/orgs/current/billing/usage",
        ] {
            let path = format!("{prefix}{path}");
            assert_eq!(
                send(probe.http.get(probe.url(&path))).await.status(),
                StatusCode::UNAUTHORIZED,
                "{path}"
            );
        }
        let query = probe.http.post(probe.url(&format!("{prefix}/runs/query"))).body("{}");
        assert_eq!(send(query).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(send(probe.http.get(probe.url(&format!("{prefix}/info")))).await.status(), StatusCode::OK);
    }
    assert_eq!(probe.status("/nowhere", ADA_KEY).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_revoked_key_is_a_bad_key() {
    let probe = Probe::start().await;
    assert_eq!(probe.status("/sessions", GRACE_KEY).await, StatusCode::OK);
    probe.double.handle().revoke_key(GRACE_KEY);
    assert_eq!(probe.status("/sessions", GRACE_KEY).await, StatusCode::UNAUTHORIZED);
    assert_eq!(probe.status("/sessions", ADA_KEY).await, StatusCode::OK);
}

#[tokio::test]
async fn everybody_sees_their_own_workspaces() {
    let probe = Probe::start().await;
    let (team, ada) = (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string());
    for (key, expected) in
        [(ADA_KEY, vec![&team, &ada]), (GRACE_KEY, vec![&team]), (SERVICE_KEY, vec![&team])]
    {
        let workspaces = ok(probe.get("/workspaces", key)).await;
        assert_eq!(texts(&workspaces, "id").iter().collect::<Vec<_>>(), expected);
        assert!(workspaces[0]["permissions"].as_array().is_some_and(|list| !list.is_empty()));
    }
}

#[tokio::test]
async fn the_tenant_header_chooses_and_never_crosses() {
    let probe = Probe::start().await;
    let sessions = |key, workspace: String| probe.get("/sessions", key).header("X-Tenant-Id", workspace);
    let private = texts(&ok(sessions(ADA_KEY, ADA_WORKSPACE.to_string())).await, "name");
    assert_eq!(private, ["ada-notes"]);
    let team = texts(&probe.json("/sessions").await, "name");
    assert!(team.contains(&"support-bot".to_owned()) && !team.contains(&"ada-notes".to_owned()));
    for key in [GRACE_KEY, SERVICE_KEY] {
        for workspace in
            [ADA_WORKSPACE.to_string(), "not-a-uuid".to_owned(), sample_id("nothing").to_string()]
        {
            let refused = answer(sessions(key, workspace), StatusCode::FORBIDDEN).await;
            assert_eq!(refused, json!({"detail": "Forbidden"}));
        }
    }
}

#[tokio::test]
async fn an_organization_key_works_where_a_workspace_is_named() {
    let probe = Probe::start().await;
    let refused = answer(probe.get("/sessions", ORGANIZATION_KEY), StatusCode::FORBIDDEN).await;
    assert_eq!(refused["error"], "org_scoped_key_requires_workspace");
    let named = probe.get("/sessions", ORGANIZATION_KEY).header("X-Tenant-Id", ADA_WORKSPACE.to_string());
    assert_eq!(texts(&ok(named).await, "name"), ["ada-notes"]);
}

#[tokio::test]
async fn a_project_of_another_workspace_does_not_exist() {
    let probe = Probe::start().await;
    let notes = sample_id("project:ada-notes");
    let body = json!({"session": [notes]});
    for key in [ADA_KEY, GRACE_KEY, SERVICE_KEY] {
        answer(probe.query(key, &body), StatusCode::NOT_FOUND).await;
    }
    let own = ok(probe.query(ADA_KEY, &body).header("X-Tenant-Id", ADA_WORKSPACE.to_string())).await;
    let trace = own["runs"][0]["trace_id"].clone();
    assert!(trace.is_string());
    let by_trace = ok(probe.query(GRACE_KEY, &json!({"trace": trace}))).await;
    assert_eq!(by_trace["runs"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn permissions_are_checked() {
    let probe = Probe::start().await;
    assert_eq!(probe.status("/sessions", LIMITED_KEY).await, StatusCode::OK);
    assert_eq!(probe.status("/repos", LIMITED_KEY).await, StatusCode::FORBIDDEN);
    assert_eq!(probe.status("/datasets", LIMITED_KEY).await, StatusCode::FORBIDDEN);
}
