//! Data planes in LangSmith's lists, and their gaps: a list covers one organization's workspaces, may be hidden, or may
//! not be answered.

use std::sync::atomic::Ordering;
use std::time::Duration;

use langsmith::body::MAX_BODY;
use langsmith_double::data::{ADA_WORKSPACE, TEAM_WORKSPACE};
use langsmith_double::{FaultKind, Options, start};
use mcp::auth::{CallerIdentity, WorkspaceAccess};
use primitives::ids::WorkspaceId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::deployments::byoc::{Byoc, RUNS, fails, fetches, inject, logged_in, logged_in_to, paths};

const LIST: &str = "/api/v1/workspaces";
/// A workspace that belongs to nobody.
const FOREIGN: Uuid = Uuid::from_u128(0x5a3e_0000_0000_4000_8000_0000_0000_00ff);

fn runs_of(workspace: Uuid) -> Value {
    let project = if workspace == ADA_WORKSPACE { "ada-notes" } else { "support-bot" };
    json!({"project_name": project, "limit": 1, "workspace_id": workspace.to_string()})
}

async fn fetches_of(byoc: &Byoc, bearer: &str, workspace: Uuid) {
    let result = byoc.server.call_as(bearer, "fetch_runs", runs_of(workspace)).await.result();
    assert_eq!(result["structuredContent"]["runs"].as_array().map(Vec::len), Some(1), "{bearer}: {result}");
}

/// The call is refused by name, and no data is requested anywhere.
async fn is_not_shown(byoc: &Byoc, bearer: &str) {
    byoc.asked();
    let error = byoc.server.call_as(bearer, "fetch_runs", runs_of(FOREIGN)).await.tool_error();
    assert_eq!(error["kind"], "forbidden", "{error}");
    assert!(error["error"].as_str().unwrap().contains(&FOREIGN.to_string()), "{error}");
    let [control, data_plane] = byoc.asked();
    assert!(paths(&control).iter().all(|path| *path == LIST), "{control:?}");
    assert!(data_plane.is_empty(), "{data_plane:?}");
}

#[tokio::test]
async fn a_workspace_that_a_key_may_not_see_hides_no_data_plane() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    for bearer in ["organization", "ada-key"] {
        for _ in 0..2 {
            is_not_shown(&byoc, bearer).await;
            fetches_of(&byoc, bearer, TEAM_WORKSPACE).await;
            assert!(paths(&byoc.asked()[1]).ends_with(&RUNS[1..]), "{bearer}");
        }
    }
}

#[tokio::test]
async fn a_list_that_is_hidden_for_a_while_is_not_forgotten() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    fetches(&byoc.server, "ada-team").await;
    for status in [403, 404, 405] {
        byoc.server.langsmith().clear_faults();
        inject(&byoc.server.langsmith(), "/workspaces", FaultKind::Status(status));
        byoc.server.clock.advance(Duration::from_mins(5));
        byoc.asked();
        for expected in [&[LIST][..], &[]] {
            fetches(&byoc.server, "ada-team").await;
            let [control, data_plane] = byoc.asked();
            assert_eq!((paths(&control), paths(&data_plane).contains(&RUNS[1])), (expected.to_vec(), true));
        }
    }
}

#[tokio::test]
async fn a_workspace_of_another_organization_is_asked_for_by_name_once() {
    for bearer in ["organization", "ada-everywhere", "ada-key"] {
        let byoc = Byoc::of(ADA_WORKSPACE).await;
        byoc.server.langsmith().move_to_other_organization(ADA_WORKSPACE);
        fetches_of(&byoc, bearer, TEAM_WORKSPACE).await;
        byoc.asked();
        for expected in [&[LIST][..], &[]] {
            fetches_of(&byoc, bearer, ADA_WORKSPACE).await;
            let [control, data_plane] = byoc.asked();
            assert_eq!(paths(&control), expected, "{bearer}");
            assert!(paths(&data_plane).contains(&RUNS[1]), "{bearer}");
            fetches_of(&byoc, bearer, TEAM_WORKSPACE).await;
            let [control, data_plane] = byoc.asked();
            assert!(!paths(&control).contains(&LIST) && data_plane.is_empty(), "{bearer}: {control:?}");
        }
    }
}

#[tokio::test]
async fn what_a_login_was_told_counts_where_a_list_does_not_have_its_workspace() {
    let byoc = Byoc::of(ADA_WORKSPACE).await;
    byoc.server.langsmith().move_to_other_organization(ADA_WORKSPACE);
    let login = logged_in_to(ADA_WORKSPACE, &byoc.data_plane.url(), byoc.server.now());
    byoc.server.authenticator.know("login", login);
    fetches(&byoc.server, "ada-team").await;
    byoc.asked();
    fetches_of(&byoc, "login", ADA_WORKSPACE).await;
    let [control, data_plane] = byoc.asked();
    assert!(control.is_empty(), "{control:?}");
    assert_eq!(paths(&data_plane), RUNS);
}

#[tokio::test]
async fn a_list_of_one_organization_says_nothing_of_a_key_that_names_no_workspace() {
    let byoc = Byoc::of(ADA_WORKSPACE).await;
    byoc.server.langsmith().move_to_other_organization(ADA_WORKSPACE);
    let login = logged_in_to(ADA_WORKSPACE, &byoc.data_plane.url(), byoc.server.now());
    byoc.server.authenticator.know("login", login);
    // LangSmith is asked in the login's workspace, and lists the workspaces of its organization.
    inject(&byoc.data_plane.handle(), "/api/", FaultKind::Status(401));
    let error = byoc.server.call_as("login", "fetch_runs", runs_of(ADA_WORKSPACE)).await.tool_error();
    assert_eq!(error["kind"], "upstream", "{error}");
    byoc.asked();
    fetches(&byoc.server, "ada-key").await;
    let [control, data_plane] = byoc.asked();
    assert_eq!(paths(&control)[0], LIST);
    assert!(data_plane.is_empty(), "{data_plane:?}");
}

#[tokio::test]
async fn what_a_data_plane_does_not_have_puts_it_in_no_doubt() {
    for bearer in ["ada-team", "login"] {
        let byoc = Byoc::of(TEAM_WORKSPACE).await;
        byoc.server.authenticator.know("login", logged_in(&byoc.data_plane.url(), byoc.server.now()));
        fetches(&byoc.server, bearer).await;
        byoc.server.clock.advance(Duration::from_secs(30));
        for status in [403, 404] {
            inject(&byoc.data_plane.handle(), "/api/", FaultKind::Status(status));
            fails(&byoc.server, bearer).await;
            byoc.data_plane.handle().clear_faults();
            byoc.asked();
            fetches(&byoc.server, bearer).await;
            assert!(byoc.asked()[0].is_empty(), "{bearer}: {status}");
        }
    }
}

#[tokio::test]
async fn a_data_plane_in_doubt_serves_on_while_langsmith_is_away() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    fetches(&byoc.server, "ada-team").await;
    byoc.server.clock.advance(Duration::from_secs(30));
    inject(&byoc.data_plane.handle(), "/api/", FaultKind::Drop);
    fails(&byoc.server, "ada-team").await;
    byoc.data_plane.handle().clear_faults();
    inject(&byoc.server.langsmith(), "/", FaultKind::Status(500));
    fetches(&byoc.server, "ada-team").await;
}

#[tokio::test]
async fn langsmith_that_asks_for_patience_is_not_waited_for_where_the_data_plane_is_known() {
    for bearer in ["ada-team", "login"] {
        let byoc = Byoc::of(TEAM_WORKSPACE).await;
        byoc.server.authenticator.know("login", logged_in(&byoc.data_plane.url(), byoc.server.now()));
        fetches(&byoc.server, bearer).await;
        byoc.server.clock.advance(Duration::from_hours(25));
        let kind = FaultKind::RateLimited { retry_after_secs: Some(1) };
        inject(&byoc.server.langsmith(), "/", kind);
        byoc.asked();
        for expected in [&[LIST][..], &[]] {
            fetches(&byoc.server, bearer).await;
            assert_eq!(paths(&byoc.asked()[0]), expected, "{bearer}");
        }
        byoc.server.clock.advance(Duration::from_secs(30));
        byoc.server.langsmith().clear_faults();
        fetches(&byoc.server, bearer).await;
        assert_eq!(paths(&byoc.asked()[0]), [LIST], "{bearer}: it is asked again");
    }
}

#[tokio::test]
async fn a_data_plane_does_not_speak_for_langsmith() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    let accepted = || byoc.server.authenticator.accepted.load(Ordering::SeqCst);
    fetches(&byoc.server, "ada-team").await;
    assert_eq!(accepted(), 0);
    fetches_of(&byoc, "ada-own", ADA_WORKSPACE).await;
    assert_eq!(accepted(), 1);
}

#[tokio::test]
async fn the_list_of_workspaces_shows_where_a_data_plane_is_and_no_more() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    for (url, shown) in [
        ("https://ada:hunter2@dp.example.com:8443/x?key=hunter2", json!("https://dp.example.com:8443")),
        ("hunter2", Value::Null),
    ] {
        byoc.server.langsmith().set_data_plane(TEAM_WORKSPACE, Some(url));
        let arguments = json!({"query": "Sample"});
        let listed = byoc.server.call_as("ada-team", "list_workspaces", arguments).await.result();
        assert_eq!(listed["structuredContent"]["workspaces"][0]["data_plane_url"], shown, "{listed}");
        assert!(!listed.to_string().contains("hunter2"), "{listed}");
    }
}

/// LangSmith's current list outweighs the one from the login, even when the current list has expired.
#[tokio::test]
async fn a_list_since_the_login_outdates_what_was_kept() {
    for is_found_by_failure in [true, false] {
        let byoc = Byoc::of(TEAM_WORKSPACE).await;
        let id = Some(WorkspaceId::new(TEAM_WORKSPACE.to_string()));
        let everywhere = WorkspaceAccess::All { default: id };
        let login = logged_in(&byoc.data_plane.url(), byoc.server.now());
        byoc.server.authenticator.know("login", CallerIdentity { workspace: everywhere, ..login });
        fetches(&byoc.server, "login").await;
        let control = byoc.server.langsmith();
        let own = Options { control_plane: Some(control.clone()), ..Options::default() };
        let moved = start(own).await.unwrap();
        control.set_data_plane(TEAM_WORKSPACE, Some(&moved.url()));
        byoc.server.clock.advance(Duration::from_secs(30));
        if is_found_by_failure {
            inject(&byoc.data_plane.handle(), "/api/", FaultKind::Status(500));
            fails(&byoc.server, "login").await;
            byoc.data_plane.handle().clear_faults();
        } else {
            fetches_of(&byoc, "login", ADA_WORKSPACE).await;
        }
        byoc.asked();
        for passed in [Duration::ZERO, Duration::from_mins(6), Duration::from_hours(2)] {
            byoc.server.clock.advance(passed);
            fetches(&byoc.server, "login").await;
            assert!(byoc.asked()[1].is_empty(), "{passed:?}");
        }
        inject(&control, "/workspaces", FaultKind::Status(500));
        byoc.server.clock.advance(Duration::from_mins(6));
        fetches(&byoc.server, "login").await;
        assert!(byoc.asked()[1].is_empty(), "while LangSmith is away");
    }
}

/// A key used before its login: the earlier list is the older one.
#[tokio::test]
async fn a_login_since_a_list_outdates_the_list() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    fetches(&byoc.server, "ada-team").await;
    let control = byoc.server.langsmith();
    let own = Options { control_plane: Some(control.clone()), ..Options::default() };
    let moved = start(own).await.unwrap();
    control.set_data_plane(TEAM_WORKSPACE, Some(&moved.url()));
    let at = byoc.server.now().plus(Duration::from_mins(10));
    byoc.server.authenticator.know("login", logged_in(&moved.url(), at));
    byoc.asked();
    inject(&control, "/workspaces", FaultKind::Status(500));
    for passed in [Duration::from_mins(10), Duration::from_hours(25)] {
        byoc.server.clock.advance(passed);
        fetches(&byoc.server, "login").await;
        assert!(byoc.asked()[1].is_empty(), "{passed:?}");
    }
}

#[tokio::test]
async fn what_is_no_answer_puts_a_data_plane_in_doubt() {
    for kind in [FaultKind::Html, FaultKind::Status(302)] {
        let byoc = Byoc::of(TEAM_WORKSPACE).await;
        byoc.server.authenticator.know("login", logged_in(&byoc.data_plane.url(), byoc.server.now()));
        inject(&byoc.data_plane.handle(), "/api/", kind);
        fails(&byoc.server, "login").await;
        byoc.data_plane.handle().clear_faults();
        byoc.asked();
        fetches(&byoc.server, "login").await;
        assert_eq!(paths(&byoc.asked()[0]), [LIST], "{kind:?}");
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_no_list_without_data_planes() {
    let too_large = FaultKind::Oversized(MAX_BODY as u64 + 1);
    let statuses = [302, 400, 500].map(FaultKind::Status);
    for kind in
        [FaultKind::Html, FaultKind::Malformed, FaultKind::Blocked, too_large].into_iter().chain(statuses)
    {
        let byoc = Byoc::of(TEAM_WORKSPACE).await;
        inject(&byoc.server.langsmith(), "/workspaces", kind);
        fails(&byoc.server, "ada-team").await;
        let [control, data_plane] = byoc.asked();
        assert!(paths(&control).iter().all(|path| *path == LIST), "{kind:?}: {control:?}");
        assert!(data_plane.is_empty(), "{kind:?}");
    }
}
