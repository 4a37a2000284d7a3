//! The scopes for registered MCP servers, and what a grant remembers of the person's permissions for them.

use e2e::{Choice, Login, Tokens, World};
use langsmith_double::data;
use oauth::grant::Grant;
use primitives::ids::{GrantId, UserRef, WorkspaceId};
use primitives::server_permissions::{ServerPermission, ServerPermissions};
use uuid::Uuid;

use ServerPermission::{Create, Delete, Invoke, Read, Update};

async fn grant_of(world: &World, tokens: &Tokens) -> Grant {
    let mut parts = tokens.refresh.trim_start_matches("lsmr_").split('.');
    let (user, grant) = (UserRef::new(parts.next().unwrap()), GrantId::new(parts.next().unwrap()));
    world.way.store().grants.get(&user, &grant).await.unwrap().unwrap()
}

/// The grant of a consent with these choices.
async fn consented(world: &World, login: Login, workspace: &str, scopes: Option<&[&str]>) -> Grant {
    let client = world.client().await;
    let scopes = scopes.map(|scopes| scopes.iter().copied().map(ToOwned::to_owned).collect());
    let choice = Choice { workspace: Some(workspace.to_owned()), scopes, deny: false };
    let redirect = client.authorize(&world.browser(), login, &choice).await;
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    grant_of(world, &tokens).await
}

fn permitted(grant: &Grant, workspace: Uuid) -> ServerPermissions {
    grant.server_permissions(&WorkspaceId::new(workspace.to_string()))
}

fn set(permissions: &[ServerPermission]) -> ServerPermissions {
    permissions.iter().copied().collect()
}

#[tokio::test]
async fn managing_servers_is_ticked_by_the_person_only() {
    let world = World::start().await;
    let team = data::TEAM_WORKSPACE.to_string();
    let grant = consented(&world, Login::Key(data::ADA_KEY), &team, None).await;
    assert_eq!(grant.scope, "langsmith:read langsmith:write billing:read servers:use");
    assert_eq!(permitted(&grant, data::TEAM_WORKSPACE), set(&[Read, Invoke]));
    assert!(permitted(&grant, data::ADA_WORKSPACE).is_empty(), "not chosen");
    let grant = consented(&world, Login::Key(data::ADA_KEY), &team, Some(&["servers:manage"])).await;
    assert_eq!(permitted(&grant, data::TEAM_WORKSPACE), set(&[Read, Create, Update, Delete]));
}

#[tokio::test]
async fn a_grant_for_all_workspaces_remembers_each() {
    let world = World::start().await;
    let scopes = ["servers:use", "servers:manage"];
    let grant = consented(&world, Login::LangSmith(data::ADA), "*", Some(&scopes)).await;
    for workspace in [data::TEAM_WORKSPACE, data::ADA_WORKSPACE] {
        assert_eq!(permitted(&grant, workspace), ServerPermissions::ALL);
    }
    let grant = consented(&world, Login::LangSmith(data::ADA), "*", Some(&["langsmith:read"])).await;
    assert!(grant.servers.is_empty());
}

#[tokio::test]
async fn nobody_is_offered_or_given_what_they_may_not_do() {
    let world = World::start().await;
    let team = data::TEAM_WORKSPACE.to_string();
    for (key, offered) in [
        (data::ADA_KEY, &["servers:use", "servers:manage"][..]),
        (data::GRACE_KEY, &["servers:use"]),
        (data::LIMITED_KEY, &[]),
    ] {
        let browser = world.browser();
        let login = browser.open(&world.client().await.authorize_url()).await.unwrap();
        let page = browser.use_key(&login, key).await.unwrap();
        for scope in ["servers:use", "servers:manage"] {
            let checkbox = format!("name=\"scope\" value=\"{scope}\"");
            assert_eq!(page.html.contains(&checkbox), offered.contains(&scope), "{key}: {}", page.html);
        }
        // A form that ticks more than the page has.
        let forged = ["langsmith:read", "servers:use", "servers:manage"];
        let grant = consented(&world, Login::Key(key), &team, Some(&forged)).await;
        assert_eq!(grant.scope, [&["langsmith:read"], offered].concat().join(" "));
    }
    let viewer = consented(&world, Login::Key(data::GRACE_KEY), "*", Some(&["servers:use"])).await;
    assert_eq!(permitted(&viewer, data::TEAM_WORKSPACE), set(&[Read, Invoke]));
}

/// Members that LangSmith does not send permit nothing.
#[tokio::test]
async fn a_workspace_without_stated_permissions_permits_nothing() {
    let world = World::start().await;
    world.langsmith.list_more_workspaces(300);
    let grant = consented(&world, Login::Key(data::ADA_KEY), "*", Some(&["servers:use"])).await;
    let unstated = data::sample_id("workspace:7");
    assert!(permitted(&grant, unstated).is_empty());
    assert_eq!(permitted(&grant, data::TEAM_WORKSPACE), set(&[Read, Invoke]));
}
