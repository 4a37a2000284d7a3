//! The end of tokens: rotation, expiry, revocation; a restart of the double ends none.

use langsmith_double::Options;
use reqwest::StatusCode;
use serde_json::Value;

use crate::client::{Probe, ok, send};
use crate::login::{Login, refused};

fn text<'a>(tokens: &'a Value, key: &str) -> &'a str {
    tokens[key].as_str().expect("a token")
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let first = login.tokens().await;
    let second = ok(login.refresh(text(&first, "refresh_token"))).await;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(login.api(&second["access_token"]).await, StatusCode::OK);
    assert_eq!(refused(login.refresh(text(&first, "refresh_token"))).await, "invalid_grant");
    ok(login.refresh(text(&second, "refresh_token"))).await;
}

#[tokio::test]
async fn of_parallel_refreshes_one_wins() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let tokens = login.tokens().await;
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        racers.spawn(login.refresh(text(&tokens, "refresh_token")).send());
    }
    let answers = racers.join_all().await;
    let won =
        answers.into_iter().filter(|answer| answer.as_ref().is_ok_and(|answer| answer.status().is_success()));
    assert_eq!(won.count(), 1);
}

#[tokio::test]
async fn a_refresh_token_belongs_to_its_client() {
    let probe = Probe::start().await;
    let (login, other) = (Login::new(&probe).await, Login::new(&probe).await);
    let tokens = login.tokens().await;
    assert_eq!(refused(other.refresh(text(&tokens, "refresh_token"))).await, "invalid_grant");
    ok(login.refresh(text(&tokens, "refresh_token"))).await;
}

#[tokio::test]
async fn access_tokens_expire_on_demand_and_by_their_life() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let tokens = login.tokens().await;
    probe.double.handle().expire_access_tokens();
    assert_eq!(login.api(&tokens["access_token"]).await, StatusCode::UNAUTHORIZED);
    let fresh = ok(login.refresh(text(&tokens, "refresh_token"))).await;
    assert_eq!(login.api(&fresh["access_token"]).await, StatusCode::OK);
    probe.double.handle().set_access_ttl(0);
    let short = ok(login.refresh(text(&fresh, "refresh_token"))).await;
    assert_eq!(short["expires_in"], 0);
    assert_eq!(login.api(&short["access_token"]).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn ending_a_user_ends_their_logins_and_no_others() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let tokens = login.tokens().await;
    probe.double.handle().revoke_oauth_user("Grace");
    assert_eq!(login.api(&tokens["access_token"]).await, StatusCode::OK);
    probe.double.handle().revoke_oauth_user("Ada");
    assert_eq!(login.api(&tokens["access_token"]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(refused(login.refresh(text(&tokens, "refresh_token"))).await, "invalid_grant");
    let again = login.tokens().await;
    assert_eq!(login.api(&again["access_token"]).await, StatusCode::OK);
}

#[tokio::test]
async fn revocation_always_answers_200() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let revoke = async |token: &str| {
        send(probe.http.post(probe.url("/oauth/revoke")).form(&[("token", token)])).await.status()
    };
    let tokens = login.tokens().await;
    assert_eq!(revoke("garbage").await, StatusCode::OK);
    assert_eq!(revoke(text(&tokens, "access_token")).await, StatusCode::OK);
    assert_eq!(login.api(&tokens["access_token"]).await, StatusCode::UNAUTHORIZED);
    let tokens = ok(login.refresh(text(&tokens, "refresh_token"))).await;
    assert_eq!(revoke(text(&tokens, "refresh_token")).await, StatusCode::OK);
    assert_eq!(login.api(&tokens["access_token"]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(refused(login.refresh(text(&tokens, "refresh_token"))).await, "invalid_grant");
}

#[tokio::test]
async fn clients_and_tokens_outlive_a_restart() {
    let before = Probe::start().await;
    let login = Login::new(&before).await;
    let (client_id, tokens) = (login.client_id.clone(), login.tokens().await);
    before.double.stop().await;
    let after = Probe::with(Options::default()).await;
    let login = Login { probe: &after, client_id, resource: None };
    assert_eq!(login.api(&tokens["access_token"]).await, StatusCode::OK);
    ok(login.refresh(text(&tokens, "refresh_token"))).await;
}

#[tokio::test]
async fn secrets_lists_everything_issued() {
    let probe = Probe::start().await;
    let login = Login::new(&probe).await;
    let code = login.code().await;
    let tokens = ok(login.token(&login.exchange(&code))).await;
    let secrets = probe.double.handle().secrets();
    for secret in [
        langsmith_double::data::SERVICE_KEY,
        &code,
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
    ] {
        assert!(secrets.iter().any(|known| known == secret));
    }
}
