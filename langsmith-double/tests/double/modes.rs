//! The modes of logins.

use langsmith_double::data::{ADA, ADA_KEY, GRACE, SERVICE_KEY};
use langsmith_double::{CLIENT_ID, CLIENT_SECRET, Modes, Options, PUBLIC_CLIENT_ID, SelfRegistered};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send};
use crate::login::{CHALLENGE, VERIFIER};

const REDIRECT: &str = "http://localhost:8484/authorize/callback";

/// An authorization code for a registered client, after the user's consent.
async fn code(probe: &Probe, client_id: &str, scope: &str) -> String {
    let form = [
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", REDIRECT),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("resource", &probe.double.url()),
        ("scope", scope),
        ("user", &ADA.to_string()),
    ];
    let response = send(probe.http.post(probe.url("/oauth/authorize/approve")).form(&form)).await;
    assert_eq!(response.status(), StatusCode::FOUND);
    let location = response.headers()["location"].to_str().expect("a URL").to_owned();
    let url = reqwest::Url::parse(&location).expect("a URL");
    let (_, code) = url.query_pairs().find(|(name, _)| name == "code").expect("a code");
    code.into_owned()
}

fn exchange(
    probe: &Probe,
    code: &str,
    client: (&str, Option<&str>),
    resource: Option<&str>,
) -> reqwest::RequestBuilder {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client.0),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT),
    ];
    form.extend(client.1.map(|secret| ("client_secret", secret)));
    form.extend(resource.map(|resource| ("resource", resource)));
    probe.http.post(probe.url("/oauth/token")).form(&form)
}

async fn tokens(probe: &Probe, scope: &str) -> Value {
    let code = code(probe, CLIENT_ID, scope).await;
    let client = (CLIENT_ID, Some(CLIENT_SECRET));
    ok(exchange(probe, &code, client, Some(&probe.double.url()))).await
}

#[tokio::test]
async fn a_confidential_client_proves_itself() {
    let probe = Probe::with(Options::realistic()).await;
    let code = code(&probe, CLIENT_ID, "openid").await;
    let base = probe.double.url();
    for secret in [None, Some("wrong")] {
        let refused = exchange(&probe, &code, (CLIENT_ID, secret), Some(&base));
        let body = answer(refused, StatusCode::UNAUTHORIZED).await;
        assert_eq!(body["error"], "invalid_client");
    }
    ok(exchange(&probe, &code, (CLIENT_ID, Some(CLIENT_SECRET)), Some(&base))).await;
}

#[tokio::test]
async fn every_request_says_for_which_resource() {
    let probe = Probe::with(Options::realistic()).await;
    let code = code(&probe, PUBLIC_CLIENT_ID, "openid").await;
    let body = answer(exchange(&probe, &code, (PUBLIC_CLIENT_ID, None), None), StatusCode::BAD_REQUEST).await;
    assert_eq!(
        (&body["error"], &body["error_description"]),
        (&json!("invalid_target"), &json!("resource is required"))
    );
}

#[tokio::test]
async fn only_offline_access_brings_a_refresh_token() {
    let probe = Probe::with(Options::realistic()).await;
    assert_eq!(tokens(&probe, "openid email").await["refresh_token"], Value::Null);
    let tokens = tokens(&probe, "openid email offline_access").await;
    assert!(tokens["refresh_token"].is_string());
    assert_eq!(tokens["expires_in"], 300);
}

#[tokio::test]
async fn claims_are_those_that_were_asked_for() {
    let probe = Probe::with(Options::realistic()).await;
    let claims = |tokens: Value| {
        let access = tokens["access_token"].as_str().expect("a token").to_owned();
        probe.http.get(probe.url("/userinfo")).bearer_auth(access)
    };
    let all = ok(claims(tokens(&probe, "openid email").await)).await;
    assert_eq!((&all["sub"], &all["email"]), (&json!(ADA.to_string()), &json!("ada@example.com")));
    assert_eq!(all["ls_org_name"], "Sample Organization");
    assert_eq!(ok(claims(tokens(&probe, "openid").await)).await["email"], Value::Null);
    answer(claims(tokens(&probe, "").await), StatusCode::FORBIDDEN).await;
    answer(probe.http.get(probe.url("/userinfo")).bearer_auth("other"), StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn personal_keys_have_no_name_and_work() {
    let probe = Probe::with(Options::realistic()).await;
    for key in [ADA_KEY, SERVICE_KEY] {
        assert_eq!(probe.status("/api/v1/me/ls_user_id", key).await, StatusCode::FORBIDDEN);
        assert_eq!(probe.status("/api/v1/workspaces", key).await, StatusCode::OK);
    }
    assert_eq!(probe.json("/api/v1/orgs/current/info").await["display_name"], "Sample Organization");
}

#[tokio::test]
async fn registration_may_be_closed() {
    let modes = Modes { self_registered: SelfRegistered::Closed, ..Modes::REALISTIC };
    let probe = Probe::with(Options { modes, ..Options::realistic() }).await;
    let metadata = ok(probe.http.get(probe.url("/.well-known/oauth-authorization-server"))).await;
    assert_eq!(metadata["registration_endpoint"], Value::Null);
    let body = json!({"redirect_uris": [REDIRECT]});
    answer(probe.http.post(probe.url("/oauth/register")).json(&body), StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_deleted_client_and_a_mixed_up_person_can_be_had() {
    let probe = Probe::with(Options::realistic()).await;
    let refresh =
        tokens(&probe, "openid offline_access").await["refresh_token"].as_str().expect("a token").to_owned();
    let base = probe.double.url();
    let form = |token: &str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("refresh_token", token),
            ("resource", &base),
        ];
        probe.http.post(probe.url("/oauth/token")).form(&fields)
    };
    probe.double.handle().mix_up(ADA, GRACE);
    let other = ok(form(&refresh)).await;
    let access = other["access_token"].as_str().expect("a token");
    assert_eq!(ok(probe.http.get(probe.url("/me/ls_user_id")).bearer_auth(access)).await, json!(GRACE));
    probe.double.handle().delete_client(CLIENT_ID);
    let gone = answer(form("any"), StatusCode::BAD_REQUEST).await;
    assert_eq!(gone["error"], "invalid_client");
    assert_eq!(probe.status("/oauth/client/lsd-remote-mcp", ADA_KEY).await, StatusCode::NOT_FOUND);
}
