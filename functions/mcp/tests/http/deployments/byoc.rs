//! Workspaces with their own data plane: its requests, its credentials, and the meaning of its failures.

use std::time::Duration;

use futures_util::future::join_all;
use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, GRACE_KEY, SERVICE_KEY, TEAM_WORKSPACE};
use langsmith_double::{Double, Fault, FaultKind, Handle, Options, Recorded, Service, start, start_byoc};
use mcp::auth::{CallerIdentity, UnauthorizedOutcome, WorkspaceAccess};
use oauth::scope::ScopeSet;
use primitives::clock::Timestamp;
use primitives::ids::WorkspaceId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Server, data_planes_of, identity};

/// A server, and the data plane of one workspace.
pub(crate) struct Byoc {
    pub(crate) server: Server,
    pub(crate) data_plane: Double,
}

impl Byoc {
    /// A server whose data of this workspace is at a data plane.
    pub(crate) async fn of(workspace: Uuid) -> Self {
        let options = Options { service: Service::CLOUD, ..Options::default() };
        let (control, data_plane) = start_byoc(options, workspace).await.unwrap();
        let server = Server::of_double(control);
        for (name, key, workspace) in [
            ("ada-key", ADA_KEY, None),
            ("ada-team", ADA_KEY, Some(TEAM_WORKSPACE)),
            ("ada-own", ADA_KEY, Some(ADA_WORKSPACE)),
            ("grace-key", GRACE_KEY, None),
            ("grace-team", GRACE_KEY, Some(TEAM_WORKSPACE)),
            ("service", SERVICE_KEY, None),
        ] {
            server.authenticator.know(name, with_key(key, workspace));
        }
        Self { server, data_plane }
    }

    /// The requests to LangSmith itself and to the data plane since the last such call.
    pub(crate) fn asked(&self) -> [Vec<Recorded>; 2] {
        [self.server.langsmith(), self.data_plane.handle()].map(|double| {
            let requests = double.requests();
            double.clear_requests();
            requests
        })
    }
}

/// A caller with a key and optionally a workspace.
pub(crate) fn with_key(key: &str, workspace: Option<Uuid>) -> CallerIdentity {
    let header = workspace.map(|workspace| WorkspaceId::new(workspace.to_string()));
    let caller = identity(key, WorkspaceAccess::KeyDefault { header }, ScopeSet::all());
    CallerIdentity { data_planes: None, ..caller }
}

/// Ada after a login for the team's workspace, with this data plane at that time.
pub(crate) fn logged_in(data_plane: &str, at: Timestamp) -> CallerIdentity {
    logged_in_to(TEAM_WORKSPACE, data_plane, at)
}

/// Ada after a login for a workspace, with this data plane at that time.
pub(crate) fn logged_in_to(workspace: Uuid, data_plane: &str, at: Timestamp) -> CallerIdentity {
    let id = WorkspaceId::new(workspace.to_string());
    let caller = identity(ADA_KEY, WorkspaceAccess::One(id.clone()), ScopeSet::all());
    CallerIdentity { data_planes: data_planes_of(id, data_plane, at), ..caller }
}

pub(crate) fn paths(requests: &[Recorded]) -> Vec<&str> {
    requests.iter().map(|request| request.path.as_str()).collect()
}

pub(crate) fn runs() -> Value {
    json!({"project_name": "support-bot", "limit": 3})
}

pub(crate) async fn fetches(server: &Server, bearer: &str) {
    let result = server.call_as(bearer, "fetch_runs", runs()).await.result();
    assert_eq!(result["structuredContent"]["runs"].as_array().map(Vec::len), Some(3), "{bearer}: {result}");
}

pub(crate) async fn fails(server: &Server, bearer: &str) -> Value {
    server.call_as(bearer, "fetch_runs", runs()).await.tool_error()
}

pub(crate) fn inject(double: &Handle, path: &str, kind: FaultKind) {
    double.inject(Fault { method: None, path_contains: path.to_owned(), kind, times: None });
}

pub(crate) const RUNS: [&str; 2] = ["/api/v1/sessions", "/api/v1/runs/query"];

#[tokio::test]
async fn a_call_goes_to_the_data_plane_of_its_workspace_and_langsmith_is_asked_once() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    for bearer in ["ada-team", "grace-key"] {
        for expected in [&["/api/v1/workspaces"][..], &[]] {
            fetches(&byoc.server, bearer).await;
            let [control, data_plane] = byoc.asked();
            assert_eq!(paths(&control), expected, "{bearer}");
            assert!(paths(&data_plane).ends_with(&RUNS[1..]), "{bearer}: {data_plane:?}");
        }
        byoc.server.clock.advance(Duration::from_mins(5));
        fetches(&byoc.server, bearer).await;
        assert_eq!(paths(&byoc.asked()[0]), ["/api/v1/workspaces"], "{bearer}: after five minutes");
    }
}

#[tokio::test]
async fn what_belongs_to_the_organization_stays_at_langsmith() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    let month = json!({"starting_on": "2026-10-01", "ending_before": "2026-11-01"});
    for bearer in ["ada-team", "ada-key"] {
        let usage = byoc.server.call_as(bearer, "get_billing_usage", month.clone()).await.result();
        assert!(!usage["structuredContent"]["usage"].as_array().unwrap().is_empty(), "{usage}");
        let [control, data_plane] = byoc.asked();
        assert!(paths(&control).contains(&"/api/v1/orgs/current/billing/usage"));
        assert!(data_plane.is_empty(), "{data_plane:?}");
    }
}

#[tokio::test]
async fn without_a_workspace_langsmith_tells_which_one_the_credential_works_in() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    fetches(&byoc.server, "ada-key").await;
    let [control, data_plane] = byoc.asked();
    assert_eq!(paths(&control), ["/api/v1/workspaces", "/api/v1/settings"]);
    assert_eq!(paths(&data_plane), RUNS);
    fetches(&byoc.server, "ada-key").await;
    assert!(byoc.asked()[0].is_empty(), "it is remembered");
    byoc.server.clock.advance(Duration::from_mins(5));
    inject(&byoc.server.langsmith(), "/settings", FaultKind::Status(403));
    let error = fails(&byoc.server, "ada-key").await;
    assert!(error["error"].as_str().unwrap().contains("pass workspace_id"), "{error}");
    assert!(byoc.asked()[1].is_empty());
    let named = json!({"project_name": "ada-notes", "limit": 1, "workspace_id": ADA_WORKSPACE.to_string()});
    let found = byoc.server.call_as("ada-key", "fetch_runs", named).await.result();
    assert_eq!(found["structuredContent"]["runs"].as_array().map(Vec::len), Some(1), "{found}");
    assert!(byoc.asked()[1].is_empty());
}

#[tokio::test]
async fn nobody_elses_credential_reaches_a_data_plane() {
    let byoc = Byoc::of(ADA_WORKSPACE).await;
    let calls = (0..10).flat_map(|_| {
        [
            ("ada-own", "ada-notes"),
            ("grace-team", "support-bot"),
            ("ada-team", "support-bot"),
            ("service", "support-bot"),
        ]
    });
    let calls = calls.map(async |(bearer, project)| {
        let arguments = json!({"project_name": project, "limit": 1});
        let result = byoc.server.call_as(bearer, "fetch_runs", arguments).await.result();
        assert_eq!(result["isError"], false, "{bearer}: {result}");
    });
    join_all(calls).await;
    let [control, data_plane] = byoc.asked();
    let own = Some(ADA_WORKSPACE.to_string());
    assert!(data_plane.len() >= 10);
    for request in &data_plane {
        assert_eq!((request.caller.as_deref(), &request.x_tenant_id), (Some("Ada"), &own), "{request:?}");
    }
    let of_data = control.iter().filter(|request| !request.path.ends_with("/workspaces"));
    assert!(of_data.into_iter().all(|request| request.x_tenant_id != own));
}

#[tokio::test]
async fn a_login_knows_its_data_plane_for_a_day() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    byoc.server.authenticator.know("login", logged_in(&byoc.data_plane.url(), byoc.server.now()));
    for (passed, expected) in [(Duration::ZERO, &[][..]), (Duration::from_hours(24), &["/api/v1/workspaces"])]
    {
        byoc.server.clock.advance(passed);
        fetches(&byoc.server, "login").await;
        let [control, data_plane] = byoc.asked();
        assert_eq!(paths(&control), expected, "{passed:?}");
        assert_eq!(paths(&data_plane), RUNS, "{passed:?}");
    }
}

#[tokio::test]
async fn the_backend_is_the_one_of_the_data_plane() {
    let control = start(Options { service: Service::CH_ONLY, ..Options::default() }).await.unwrap();
    let handle = Some(control.handle());
    let own = Options { service: Service::SMITHDB_ONLY, control_plane: handle, ..Options::default() };
    let data_plane = start(own).await.unwrap();
    control.handle().set_data_plane(TEAM_WORKSPACE, Some(&data_plane.url()));
    let byoc = Byoc { server: Server::of_double(control), data_plane };
    byoc.server.authenticator.know("ada-team", with_key(ADA_KEY, Some(TEAM_WORKSPACE)));
    fetches(&byoc.server, "ada-team").await;
    let [control, data_plane] = byoc.asked();
    assert_eq!(paths(&control), ["/api/v1/workspaces"]);
    let mut asked = paths(&data_plane);
    asked.sort_unstable();
    assert_eq!(asked, ["/api/v1/info", "/api/v1/runs/query", "/api/v1/sessions", "/api/v2/runs/query"]);
}

#[tokio::test]
async fn a_data_plane_that_refuses_ends_no_login_that_langsmith_accepts() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    fetches(&byoc.server, "ada-team").await;
    byoc.server.authenticator.outcomes.lock().unwrap().push_back(UnauthorizedOutcome::Dead);
    inject(&byoc.data_plane.handle(), "/api/", FaultKind::Status(401));
    let error = fails(&byoc.server, "ada-team").await;
    let expected = format!(
        "The data plane of workspace {TEAM_WORKSPACE}, {}, does not accept the credential, which LangSmith itself accepts.",
        byoc.data_plane.url()
    );
    assert_eq!(
        (&error["error"], &error["kind"], &error["retryable"]),
        (&json!(expected), &json!("upstream"), &json!(true))
    );
    inject(&byoc.server.langsmith(), "/workspaces", FaultKind::Status(500));
    let unjudged = expected.replace(
        "credential, which LangSmith itself accepts",
        "credential; it is not known whether LangSmith itself does",
    );
    assert_eq!(fails(&byoc.server, "ada-team").await["error"], json!(unjudged));
    byoc.server.langsmith().clear_faults();
    byoc.server.langsmith().revoke_key(ADA_KEY);
    assert_eq!(byoc.server.call_as("ada-team", "fetch_runs", runs()).await.status, 401);
}

#[tokio::test]
async fn a_failure_names_the_data_plane() {
    for (kind, expected) in [
        (FaultKind::Status(500), "LangSmith failed (status 500)."),
        (FaultKind::Malformed, "LangSmith's answer cannot be understood."),
        (FaultKind::Status(403), "LangSmith denies access"),
        (FaultKind::Status(404), "LangSmith does not know the requested object."),
    ] {
        let byoc = Byoc::of(TEAM_WORKSPACE).await;
        inject(&byoc.data_plane.handle(), "/api/", kind);
        let error = fails(&byoc.server, "ada-team").await;
        let told = error["error"].as_str().unwrap();
        let named = format!("The workspace's data is at its data plane, {}.", byoc.data_plane.url());
        assert!(told.starts_with(expected) && told.ends_with(&named), "{kind:?}: {told}");
    }
}

#[tokio::test]
async fn what_a_data_plane_does_not_know_is_named_with_it() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    let id = Uuid::nil();
    let named = format!("The workspace's data is at its data plane, {}.", byoc.data_plane.url());
    for (tool, arguments) in [
        ("fetch_runs", json!({"project_id": id, "limit": 1})),
        ("read_dataset", json!({"dataset_id": id})),
        ("read_example", json!({"example_id": id})),
    ] {
        let error = byoc.server.call_as("ada-team", tool, arguments).await.tool_error();
        let told = error["error"].as_str().unwrap();
        assert!(told.contains(&format!("{id} not found")), "{tool}: {told}");
        assert!(told.ends_with(&format!(" not found. {named}")), "{tool}: {told}");
    }
    // An unknown project name is no failure of the data plane.
    let misspelt = json!({"project_name": "suport-bot", "limit": 1});
    let error = byoc.server.call_as("ada-team", "fetch_runs", misspelt).await.tool_error();
    assert!(!error["error"].as_str().unwrap().contains("data plane"), "{error}");
}

#[tokio::test]
async fn after_a_failure_langsmith_is_asked_where_the_data_is_now() {
    for bearer in ["ada-team", "login"] {
        let byoc = Byoc::of(TEAM_WORKSPACE).await;
        byoc.server.authenticator.know("login", logged_in(&byoc.data_plane.url(), byoc.server.now()));
        fetches(&byoc.server, bearer).await;
        let control = byoc.server.langsmith();
        let own = Options { control_plane: Some(control.clone()), ..Options::default() };
        let moved = start(own).await.unwrap();
        control.set_data_plane(TEAM_WORKSPACE, Some(&moved.url()));
        inject(&byoc.data_plane.handle(), "/api/", FaultKind::Status(500));
        byoc.server.clock.advance(Duration::from_secs(30));
        assert_eq!(fails(&byoc.server, bearer).await["kind"], "upstream", "{bearer}");
        byoc.asked();
        fetches(&byoc.server, bearer).await;
        let [control, old] = byoc.asked();
        assert_eq!((paths(&control), old.len()), (vec!["/api/v1/workspaces"], 0), "{bearer}");
        assert!(!moved.handle().requests().is_empty());
    }
}

#[tokio::test]
async fn a_data_plane_that_is_known_serves_while_langsmith_is_away() {
    for bearer in ["ada-team", "login"] {
        let byoc = Byoc::of(TEAM_WORKSPACE).await;
        byoc.server.authenticator.know("login", logged_in(&byoc.data_plane.url(), byoc.server.now()));
        fetches(&byoc.server, bearer).await;
        inject(&byoc.server.langsmith(), "/", FaultKind::Status(500));
        byoc.server.clock.advance(Duration::from_hours(25));
        fetches(&byoc.server, bearer).await;
    }
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    inject(&byoc.server.langsmith(), "/", FaultKind::Status(500));
    assert_eq!(fails(&byoc.server, "ada-team").await["kind"], "upstream", "nobody knows where the data is");
    assert!(byoc.asked()[1].is_empty());
}

#[tokio::test]
async fn a_credential_that_may_not_see_the_list_has_no_data_plane() {
    let byoc = Byoc::of(ADA_WORKSPACE).await;
    for status in [403, 404, 405] {
        byoc.server.langsmith().clear_faults();
        inject(&byoc.server.langsmith(), "/workspaces", FaultKind::Status(status));
        byoc.server.clock.advance(Duration::from_mins(5));
        fetches(&byoc.server, "grace-team").await;
    }
}

#[tokio::test]
async fn what_a_login_was_told_stays_when_the_list_is_not_shown_any_longer() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    byoc.server.authenticator.know("login", logged_in(&byoc.data_plane.url(), byoc.server.now()));
    inject(&byoc.server.langsmith(), "/workspaces", FaultKind::Status(403));
    byoc.server.clock.advance(Duration::from_hours(25));
    for _ in 0..2 {
        fetches(&byoc.server, "login").await;
    }
    assert_eq!(paths(&byoc.asked()[0]), ["/api/v1/workspaces"]);
}
