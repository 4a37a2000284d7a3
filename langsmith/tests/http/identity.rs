//! The owner of a credential, and its reach.

use langsmith::{AuthInfo, UpstreamError};
use langsmith_double::FaultKind;
use langsmith_double::data::{
    ADA, ADA_KEY, ADA_WORKSPACE, GRACE_KEY, ORGANIZATION, SERVICE_KEY, TEAM_WORKSPACE,
};
use primitives::ids::{UserId, WorkspaceId};

use crate::support::{client, double, inject, key};

#[tokio::test]
async fn every_spelling_of_the_endpoint_reaches_the_same_paths() {
    let double = double().await;
    for suffix in ["", "/", "/api", "/api/", "/api/v1", "/api/v1/"] {
        let langsmith = client(&double, suffix);
        let user = langsmith.caller(&key(ADA_KEY), None).ls_user_id().await.unwrap().unwrap();
        assert_eq!(user.as_str(), ADA.to_string(), "{suffix}");
    }
    assert!(double.handle().requests().iter().all(|request| request.path == "/api/v1/me/ls_user_id"));
}

#[tokio::test]
async fn a_service_key_is_valid_and_has_no_user() {
    let double = double().await;
    let langsmith = client(&double, "");
    let credential = key(SERVICE_KEY);
    let caller = langsmith.caller(&credential, None);
    assert_eq!(caller.ls_user_id().await, Ok(None));
    let workspaces = caller.workspaces().await.unwrap();
    assert_eq!(workspaces.len(), 1);
    assert_eq!(workspaces[0].id.as_str(), TEAM_WORKSPACE.to_string());
}

#[tokio::test]
async fn a_bad_key_is_unauthorized() {
    let double = double().await;
    let langsmith = client(&double, "");
    for bad in ["lsv2_pt_nobody", "", "two\nlines"] {
        let credential = key(bad);
        let caller = langsmith.caller(&credential, None);
        assert_eq!(caller.ls_user_id().await, Err(UpstreamError::Unauthorized), "{bad:?}");
        assert_eq!(caller.workspaces().await, Err(UpstreamError::Unauthorized), "{bad:?}");
    }
}

#[tokio::test]
async fn no_access_is_not_a_service_key() {
    let double = double().await;
    inject(&double, "", FaultKind::Status(403), None);
    let langsmith = client(&double, "");
    assert_eq!(langsmith.caller(&key(ADA_KEY), None).ls_user_id().await, Err(UpstreamError::Forbidden));
}

#[tokio::test]
async fn workspaces_are_described() {
    let double = double().await;
    let langsmith = client(&double, "");
    let credential = key(ADA_KEY);
    let workspaces = langsmith.caller(&credential, None).workspaces().await.unwrap();
    let described: Vec<_> = workspaces
        .iter()
        .map(|workspace| (workspace.display_name.as_str(), workspace.handle.as_deref()))
        .collect();
    assert_eq!(described, [("Sample Workspace", Some("sample-team")), ("Ada's Workspace", None)]);
    let foreign = WorkspaceId::new("5a3e0000-0000-4000-8000-0000000000a2");
    let grace = key(GRACE_KEY);
    let refused = langsmith.caller(&grace, Some(&foreign)).workspaces().await;
    assert_eq!(refused, Err(UpstreamError::Forbidden));
}

#[tokio::test]
async fn a_credential_is_described_in_one_request() {
    let double = double().await;
    let [team, own] = [TEAM_WORKSPACE, ADA_WORKSPACE].map(|id| WorkspaceId::new(id.to_string()));
    let expected = |user: Option<UserId>, workspace: &WorkspaceId| AuthInfo {
        user,
        organization: Some(ORGANIZATION.to_string()),
        workspace: Some(workspace.clone()),
    };
    let ada = Some(UserId::new(ADA.to_string()));
    for suffix in ["", "/api", "/api/v1"] {
        let langsmith = client(&double, suffix);
        for (credential, workspace, answer) in [
            (ADA_KEY, None, expected(ada.clone(), &team)),
            (ADA_KEY, Some(&own), expected(ada.clone(), &own)),
            (SERVICE_KEY, Some(&team), expected(None, &team)),
        ] {
            assert_eq!(langsmith.caller(&key(credential), workspace).auth_info().await, Ok(answer));
        }
        let foreign = langsmith.caller(&key(GRACE_KEY), Some(&own)).auth_info().await;
        assert_eq!(foreign, Err(UpstreamError::Forbidden));
        let unknown = langsmith.caller(&key("lsv2_pt_nobody"), None).auth_info().await;
        assert_eq!(unknown, Err(UpstreamError::Unauthorized));
    }
    let mut paths: Vec<_> = double.handle().requests().into_iter().map(|request| request.path).collect();
    paths.dedup();
    assert_eq!(paths, ["/auth/public", "/api/v1/auth/public"]);
}
