//! An organization's usage, with each kind of credential.

use langsmith::{UpstreamError, UsageQuery};
use langsmith_double::data::{ADA_KEY, ADA_WORKSPACE, ORGANIZATION, ORGANIZATION_KEY, TEAM_WORKSPACE};
use primitives::ids::WorkspaceId;

use crate::oauth::access_token;
use crate::support::{client, double, key};

const MONTH: UsageQuery<'_> = UsageQuery {
    starting_on: "2026-10-01T00:00:00Z",
    ending_before: "2026-11-01T00:00:00Z",
    on_current_plan: true,
};

#[tokio::test]
async fn no_workspace_is_named_and_no_path_doubled() {
    let double = double().await;
    let (credential, workspace) = (key(ADA_KEY), WorkspaceId::new(TEAM_WORKSPACE.to_string()));
    for suffix in ["", "/api", "/api/v1"] {
        let langsmith = client(&double, suffix);
        let caller = langsmith.caller(&credential, Some(&workspace));
        assert_eq!(caller.usage(&MONTH, Some("an-organization")).await.unwrap().len(), 3, "{suffix}");
        assert_eq!(caller.organization_workspaces().await.unwrap().len(), 2);
    }
    for request in double.handle().requests() {
        assert!(request.path.matches("/api").count() == 1, "{}", request.path);
        assert_eq!((request.x_tenant_id, request.x_organization_id), (None, None));
    }
}

#[tokio::test]
async fn an_access_token_names_its_organization() {
    let (double, credential) = access_token().await;
    let (langsmith, organization) = (client(&double, ""), ORGANIZATION.to_string());
    let caller = langsmith.caller(&credential, None);
    assert_eq!(caller.usage(&MONTH, None).await.unwrap_err(), UpstreamError::Forbidden);
    assert_eq!(caller.usage(&MONTH, Some(&organization)).await.unwrap().len(), 3);
    let last = double.handle().requests().pop().unwrap();
    assert_eq!(last.x_organization_id, Some(organization));
    assert_eq!(caller.usage(&MONTH, Some("two\nlines")).await.unwrap_err(), UpstreamError::Malformed);
}

#[tokio::test]
async fn a_key_of_the_organization_names_the_callers_workspace_when_it_must() {
    let double = double().await;
    let (langsmith, credential) = (client(&double, ""), key(ORGANIZATION_KEY));
    let nowhere = langsmith.caller(&credential, None).usage(&MONTH, None).await;
    assert_eq!(nowhere.unwrap_err(), UpstreamError::WorkspaceRequired);
    let workspace = WorkspaceId::new(TEAM_WORKSPACE.to_string());
    let caller = langsmith.caller(&credential, Some(&workspace));
    assert_eq!(caller.usage(&MONTH, None).await.unwrap().len(), 3);
    assert_eq!(caller.organization_workspaces().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_workspace_that_is_not_shown_is_none() {
    let double = double().await;
    let (langsmith, credential) = (client(&double, ""), key(ADA_KEY));
    let caller = langsmith.caller(&credential, None);
    let own = caller.organization_workspace(&ADA_WORKSPACE.to_string()).await.unwrap().unwrap();
    assert_eq!(own.display_name.as_deref(), Some("Ada's Workspace"));
    assert_eq!(own.organization_id, Some(ORGANIZATION.to_string()));
    let none = caller.organization_workspace("00000000-0000-4000-8000-000000000000").await;
    assert_eq!(none, Ok(None));
}
