//! Who may call, and for which workspace.

use e2e::{Choice, Login, Tokens, World};
use langsmith_double::data::{
    ADA_KEY, ADA_WORKSPACE, GRACE_KEY, ORGANIZATION, ORGANIZATION_KEY, SERVICE_KEY, TEAM_WORKSPACE,
};
use registry_tests::{Answer, SERVERS, answer};

async fn get(world: &World, headers: &[(&str, &str)]) -> Answer {
    let request = e2e::client::http().get(world.at(SERVERS));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    answer(request).await
}

#[tokio::test]
async fn a_caller_without_a_good_credential_gets_the_documented_bodies() {
    let world = World::start().await;
    let none = get(&world, &[]).await;
    assert_eq!((none.status.as_u16(), none.text.as_str()), (401, "{\"error\":\"Unauthorized\"}"));
    assert_eq!(get(&world, &[("x-api-key", " ")]).await.status, 401);
    for key in ["lsv2_pt_unknown", "${LANGSMITH_API_KEY}", "x"] {
        let bad = get(&world, &[("x-api-key", key)]).await;
        assert_eq!((bad.status.as_u16(), bad.text.as_str()), (403, "{\"error\":\"Forbidden\"}"), "{key}");
    }
    for other in
        [("x-api-key", SERVICE_KEY), ("langsmith-api-key", SERVICE_KEY), ("authorization", "Bearer x")]
    {
        assert_eq!(get(&world, &[("x-api-key", ADA_KEY), other]).await.status, 403, "two credentials");
    }
}

#[tokio::test]
async fn the_workspace_is_named_where_it_must_be() {
    let world = World::start().await;
    let (team, own, organization) =
        (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string(), ORGANIZATION.to_string());
    assert_eq!(get(&world, &[("x-api-key", ADA_KEY)]).await.status, 200, "a key has a workspace of its own");
    for workspace in [&team, &own, &team.to_uppercase()] {
        assert_eq!(get(&world, &[("x-api-key", ADA_KEY), ("x-tenant-id", workspace)]).await.status, 200);
    }
    let unknown = "5a3e0000-0000-4000-8000-00000000dead";
    assert_eq!(get(&world, &[("x-api-key", ADA_KEY), ("x-tenant-id", unknown)]).await.status, 403);
    assert_eq!(get(&world, &[("x-api-key", ADA_KEY), ("x-organization-id", unknown)]).await.status, 403);
    for headers in [
        &[("x-api-key", ADA_KEY), ("x-tenant-id", "team")][..],
        &[("x-api-key", ADA_KEY), ("x-tenant-id", &team), ("x-tenant-id", &own)],
        &[("x-api-key", ADA_KEY), ("x-organization-id", &organization)],
        &[("x-api-key", ORGANIZATION_KEY)],
        &[("authorization", "Bearer a-langsmith-token")],
    ] {
        let answer = get(&world, headers).await;
        assert_eq!(answer.status, 400, "{headers:?}: {}", answer.text);
        assert_eq!(answer.json()["code"], "invalid_request");
        assert!(answer.text.contains("X-Tenant-Id"), "{}", answer.text);
    }
    let organization_key = get(&world, &[("x-api-key", ORGANIZATION_KEY), ("x-tenant-id", &team)]).await;
    assert_eq!(organization_key.status, 200, "{}", organization_key.text);
    assert_eq!(get(&world, &[("x-api-key", SERVICE_KEY)]).await.status, 200);
    let service = get(&world, &[("x-api-key", SERVICE_KEY), ("x-organization-id", &organization)]).await;
    assert_eq!(service.status, 200, "it has one workspace there: {}", service.text);
}

/// An access token of ours: what the person could do at the consent, as far as the scopes pass it on.
async fn tokens_of(
    world: &World,
    key: &'static str,
    workspace: &str,
    scopes: &[&str],
) -> (e2e::OAuthClient, Tokens) {
    let client = world.client().await;
    let scopes = Some(scopes.iter().copied().map(str::to_owned).collect());
    let choice = Choice { workspace: Some(workspace.to_owned()), scopes, deny: false };
    let redirect = client.authorize(&world.browser(), Login::Key(key), &choice).await;
    let tokens = client.exchange(&client.code(&redirect)).await.tokens();
    (client, tokens)
}

async fn register(world: &World, token: &str, workspace: Option<&str>) -> Answer {
    let body = serde_json::json!({ "name": "a", "url": "https://a.example.com" });
    let mut request = e2e::client::http().post(world.at(SERVERS)).bearer_auth(token).json(&body);
    if let Some(workspace) = workspace {
        request = request.header("x-tenant-id", workspace);
    }
    answer(request).await
}

#[tokio::test]
async fn an_access_token_of_ours_passes_on_what_its_scopes_say() {
    let world = World::start().await;
    let (team, own) = (TEAM_WORKSPACE.to_string(), ADA_WORKSPACE.to_string());
    let list = async |token: String| {
        let authorization = format!("Bearer {token}");
        get(&world, &[("authorization", &authorization)]).await.status
    };
    let (_, user) = tokens_of(&world, ADA_KEY, &team, &["servers:use"]).await;
    assert_eq!(list(user.access.clone()).await, 200);
    assert_eq!(register(&world, &user.access, None).await.status, 403, "servers:use does not register");
    let (_, manager) = tokens_of(&world, ADA_KEY, &team, &["servers:manage"]).await;
    let made = register(&world, &manager.access, None).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(made.json().get("headers").is_none() && made.json()["can_invoke"] == false, "{}", made.text);
    assert_eq!(register(&world, &manager.access, Some(&own)).await.status, 403, "another workspace");
    let (_, reader) = tokens_of(&world, ADA_KEY, &team, &["langsmith:read"]).await;
    assert_eq!(list(reader.access).await, 403);
    // A viewer's token passes on no more than the viewer may.
    let (_, viewer) = tokens_of(&world, GRACE_KEY, &team, &["servers:use", "servers:manage"]).await;
    assert_eq!(register(&world, &viewer.access, None).await.status, 403);
    // A consent for every workspace.
    let (_, all) = tokens_of(&world, ADA_KEY, "*", &["servers:use", "servers:manage"]).await;
    assert_eq!(register(&world, &all.access, Some(&own)).await.status, 201);
    let authorization = format!("Bearer {}", all.access);
    let organization = ORGANIZATION.to_string();
    let named = get(&world, &[("authorization", &authorization), ("x-organization-id", &organization)]).await;
    assert!(named.status == 400 && named.text.contains("X-Tenant-Id"), "{}", named.text);
    assert_eq!(register(&world, &all.access, Some("5a3e0000-0000-4000-8000-00000000dead")).await.status, 403);
}

#[tokio::test]
async fn a_token_of_ours_that_has_ended_is_a_401_and_goes_to_nobody() {
    let world = World::start().await;
    let team = TEAM_WORKSPACE.to_string();
    let (client, tokens) = tokens_of(&world, ADA_KEY, &team, &["servers:use"]).await;
    world.langsmith.clear_requests();
    let (_, signature) = tokens.access.rsplit_once('.').unwrap();
    let forged = tokens.access.replace(signature, &signature.chars().rev().collect::<String>());
    let assert_dead = async |token: String| {
        let authorization = format!("Bearer {token}");
        let refused = get(&world, &[("authorization", &authorization), ("x-tenant-id", &team)]).await;
        assert_eq!((refused.status.as_u16(), refused.text.as_str()), (401, "{\"error\":\"Unauthorized\"}"));
        assert_eq!(refused.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
    };
    assert_dead(forged).await;
    client.revoke(&tokens.refresh).await;
    world.pass(std::time::Duration::from_secs(6));
    assert_dead(tokens.access.clone()).await;
    world.pass(std::time::Duration::from_hours(2));
    assert_dead(tokens.access.clone()).await;
    assert!(world.langsmith.requests().is_empty(), "a token of ours was sent to LangSmith");
}

/// The number of requests to LangSmith that a request causes.
async fn asked(world: &World, headers: &[(&str, &str)]) -> usize {
    world.langsmith.clear_requests();
    get(world, headers).await;
    world.langsmith.requests().len()
}

/// LangSmith is asked once in a minute for each credential and workspace, and a lost permission is noticed then.
#[tokio::test]
async fn permissions_are_remembered_for_a_minute() {
    let world = World::start().await;
    let team = TEAM_WORKSPACE.to_string();
    assert_eq!(asked(&world, &[("x-api-key", GRACE_KEY)]).await, 2);
    assert_eq!(asked(&world, &[("x-api-key", GRACE_KEY)]).await, 0);
    assert_eq!(
        asked(&world, &[("x-api-key", GRACE_KEY), ("x-tenant-id", &team)]).await,
        2,
        "another question"
    );
    world.langsmith.revoke_key(GRACE_KEY);
    assert_eq!(get(&world, &[("x-api-key", GRACE_KEY)]).await.status, 200);
    world.pass(std::time::Duration::from_mins(1));
    assert_eq!(get(&world, &[("x-api-key", GRACE_KEY)]).await.status, 403);
}
