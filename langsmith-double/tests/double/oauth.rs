//! Metadata, registration, the consent page, and codes.

use langsmith_double::Options;
use langsmith_double::data::{ADA, ADA_WORKSPACE, GRACE, TEAM_WORKSPACE};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send};
use crate::login::{Login, REDIRECT, refused};

#[tokio::test]
async fn metadata_names_the_endpoints() {
    let probe = Probe::start().await;
    let metadata = ok(probe.http.get(probe.url("/.well-known/oauth-authorization-server"))).await;
    let base = probe.double.url();
    assert_eq!(metadata["issuer"], base.as_str());
    assert_eq!(metadata["protected_resources_supported"], json!([base, format!("{base}/mcp")]));
    assert_eq!(metadata["resource_parameter_supported"], true);
    for (key, path) in [("authorization_endpoint", "/oauth/authorize"), ("token_endpoint", "/oauth/token")] {
        assert_eq!(metadata[key], format!("{base}{path}"));
    }
}

#[tokio::test]
async fn a_platform_without_oauth_has_none_of_it() {
    let probe = Probe::with(Options { oauth: false, ..Options::default() }).await;
    for path in ["/.well-known/oauth-authorization-server", "/oauth/authorize", "/oauth/consent"] {
        assert_eq!(send(probe.http.get(probe.url(path))).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn registration_follows_the_platforms_rules() {
    let probe = Probe::start().await;
    let register = |body: Value| probe.http.post(probe.url("/oauth/register")).json(&body);
    let client =
        answer(register(json!({"redirect_uris": [REDIRECT, "https://a.example/cb"]})), StatusCode::CREATED)
            .await;
    assert_eq!(client["token_endpoint_auth_method"], "none");
    let id = client["client_id"].as_str().expect("an id");
    let public = ok(probe.http.get(probe.url(&format!("/oauth/client/{id}")))).await;
    assert_eq!(public["client_id"], client["client_id"]);
    assert_eq!(send(probe.http.get(probe.url("/oauth/client/nobody"))).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        refused(register(json!({"redirect_uris": ["http://a.example/cb"]}))).await,
        "invalid_redirect_uri"
    );
    assert_eq!(refused(register(json!({"redirect_uris": []}))).await, "invalid_redirect_uri");
    assert_eq!(refused(register(json!({"client_name": "x"}))).await, "invalid_client_metadata");
    let secret = json!({"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_basic"});
    assert_eq!(refused(register(secret)).await, "invalid_client_metadata");
    let large = json!({"redirect_uris": [REDIRECT], "client_name": "x".repeat(8192)});
    answer(register(large), StatusCode::PAYLOAD_TOO_LARGE).await;
}

#[tokio::test]
async fn the_page_offers_both_users_and_escapes_what_it_is_given() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let start = send(probe.http.get(probe.url("/oauth/authorize")).query(&login.request())).await;
    assert_eq!(start.status(), StatusCode::FOUND);
    let page = send(probe.http.get(start.headers()["location"].to_str().expect("a URL"))).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(
        page.headers()["content-security-policy"]
            .to_str()
            .is_ok_and(|policy| policy.contains("frame-ancestors"))
    );
    let html = page.text().await.expect("a page");
    for text in ["LangSmith double (sample data)", "Continue as Ada", "Continue as Grace", &ADA.to_string()] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("A & <B>") && !html.contains("a\"b&c") && !html.contains("<script"));
}

#[tokio::test]
async fn bad_authorization_requests_stay_here() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    for (key, value, error) in [
        ("client_id", "nobody", "invalid_client"),
        ("redirect_uri", "http://127.0.0.1/elsewhere", "invalid_request"),
        ("redirect_uri", "https://a.example/callback", "invalid_request"),
        ("response_type", "token", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("resource", "https://a.example", "invalid_target"),
    ] {
        let mut request = login.request();
        request.insert(key, value.to_owned());
        assert_eq!(
            refused(probe.http.get(probe.url("/oauth/authorize")).query(&request)).await,
            error,
            "{key}"
        );
        request.insert("user", ADA.to_string());
        assert_eq!(
            refused(probe.http.post(probe.url("/oauth/authorize/approve")).form(&request)).await,
            error
        );
    }
}

#[tokio::test]
async fn a_loopback_port_floats() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let mut request = login.request();
    request.insert("redirect_uri", "http://127.0.0.1:54321/callback".to_owned());
    let start = send(probe.http.get(probe.url("/oauth/authorize")).query(&request)).await;
    assert_eq!(start.status(), StatusCode::FOUND);
}

#[tokio::test]
async fn a_login_gives_tokens_for_the_users_workspace() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    for user in [ADA, GRACE] {
        let back = login.approve(&user.to_string()).await;
        assert_eq!((back["state"].as_str(), back["iss"].as_str()), ("a\"b&c", probe.double.url().as_str()));
        let tokens = ok(login.token(&login.exchange(&back["code"]))).await;
        assert_eq!(tokens["workspace_id"], TEAM_WORKSPACE.to_string());
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(3600)));
        let access = tokens["access_token"].as_str().expect("a token");
        assert_eq!(ok(probe.http.get(probe.url("/me/ls_user_id")).bearer_auth(access)).await, json!(user));
        let private = probe.http.get(probe.url("/sessions")).header("X-Tenant-Id", ADA_WORKSPACE.to_string());
        let expected = if user == ADA { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(send(private.bearer_auth(access)).await.status(), expected);
    }
}

#[tokio::test]
async fn a_denial_comes_back_as_access_denied() {
    let probe = Probe::start().await;
    let back = Login::new(&probe).await.approve("deny").await;
    assert_eq!(back["error"], "access_denied");
    assert!(!back.contains_key("code"));
}

#[tokio::test]
async fn a_code_works_once_and_only_for_who_asked() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let other = Login::new(&probe).await;
    let code = login.code().await;
    for (key, value, error) in [
        ("code_verifier", "x".repeat(43), "invalid_grant"),
        ("redirect_uri", "http://127.0.0.1/other".to_owned(), "invalid_grant"),
        ("client_id", other.client_id.clone(), "invalid_grant"),
        ("client_id", "nobody".to_owned(), "invalid_client"),
        ("code", format!("{code}x"), "invalid_grant"),
        ("grant_type", "password".to_owned(), "unsupported_grant_type"),
        ("resource", "https://a.example".to_owned(), "invalid_target"),
    ] {
        let mut form = login.exchange(&code);
        form.insert(key, value);
        assert_eq!(refused(login.token(&form)).await, error, "{key}");
    }
    ok(login.token(&login.exchange(&code))).await;
    assert_eq!(refused(login.token(&login.exchange(&code))).await, "invalid_grant");
}

#[tokio::test]
async fn a_token_without_the_resource_is_refused_by_the_api() {
    let probe = Probe::start().await;
    let mut login = Login::new(&probe).await;
    login.resource = None;
    let unbound = login.tokens().await;
    assert_eq!(login.api(&unbound["access_token"]).await, StatusCode::UNAUTHORIZED);
    let code = login.code().await;
    let mut form = login.exchange(&code);
    form.insert("resource", format!("{}/", probe.double.url()));
    let bound = ok(login.token(&form)).await;
    assert_eq!(login.api(&bound["access_token"]).await, StatusCode::OK);
}
