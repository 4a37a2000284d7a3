//! LangSmith's OAuth server from its client's view.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use langsmith::oauth::ClientAuthentication;
use langsmith::{
    Credential, LangSmith, OAuthMetadata, OAuthTokenError, TokenSet, UpstreamError, http_client,
};
use langsmith_double::data::{ADA, ADA_KEY, TEAM_WORKSPACE};
use langsmith_double::{AuthKind, Double, FaultKind, Options};
use primitives::secret::{Secret, sha256};
use url::Url;

use crate::support::{client, double, inject, key};

const REDIRECT: &str = "http://localhost:8484/authorize/callback";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";

struct Login {
    double: Double,
    langsmith: LangSmith,
    metadata: OAuthMetadata,
    client_id: String,
}

async fn registered() -> Login {
    let double = double().await;
    let langsmith = client(&double, "");
    let metadata = langsmith.oauth_metadata().await.unwrap().unwrap();
    let client_id = langsmith.oauth_register(&metadata, REDIRECT).await.unwrap();
    Login { double, langsmith, metadata, client_id }
}

impl Login {
    /// A code, obtained through Ada's browser.
    async fn code(&self) -> String {
        let http = http_client(None).unwrap();
        let challenge = sha256(VERIFIER.as_bytes());
        let request = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", REDIRECT),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", &self.metadata.issuer),
            ("state", "s"),
        ];
        let mut form = request.to_vec();
        let (user, workspace) = (ADA.to_string(), TEAM_WORKSPACE.to_string());
        form.extend([("user", user.as_str()), ("workspace_id", workspace.as_str())]);
        let consent = format!("{}/oauth/authorize/approve", self.double.url());
        let answer = http.post(consent).form(&form).send().await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let back = Url::parse(&location).unwrap();
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    async fn exchange(&self, code: &str, verifier: &str) -> Result<TokenSet, OAuthTokenError> {
        self.langsmith.oauth_exchange(&self.metadata, self.client(), code, verifier, REDIRECT).await
    }

    async fn refresh(&self, token: &Secret) -> Result<TokenSet, OAuthTokenError> {
        self.langsmith.oauth_refresh(&self.metadata, self.client(), token).await
    }

    fn client(&self) -> ClientAuthentication<'_> {
        ClientAuthentication { client_id: &self.client_id, secret: None, resource: &self.metadata.issuer }
    }
}

/// Ada's access token, and the double that accepts it.
pub(crate) async fn access_token() -> (Double, Credential) {
    let login = registered().await;
    let tokens = login.exchange(&login.code().await, VERIFIER).await.unwrap();
    (login.double, Credential::Bearer(tokens.access_token))
}

#[tokio::test]
async fn a_code_becomes_tokens_that_work_and_refresh() {
    let login = registered().await;
    assert_eq!(login.metadata.issuer, login.double.url());
    let tokens = login.exchange(&login.code().await, VERIFIER).await.unwrap();
    assert_eq!(tokens.workspace_id.unwrap().as_str(), TEAM_WORKSPACE.to_string());
    assert!(tokens.expires_in.unwrap().as_secs() > 0);
    let refreshed = login.refresh(&tokens.refresh_token.unwrap()).await.unwrap();
    let credential = Credential::Bearer(refreshed.access_token);
    let user = login.langsmith.caller(&credential, None).ls_user_id().await.unwrap();
    assert_eq!(user.unwrap().as_str(), ADA.to_string());
    let last = login.double.handle().requests().pop().unwrap();
    assert_eq!((last.authorization, last.x_api_key), (AuthKind::Bearer, false));
}

#[tokio::test]
async fn a_dead_code_or_token_is_an_invalid_grant() {
    let login = registered().await;
    let code = login.code().await;
    assert_eq!(
        login.exchange(&code, &VERIFIER.replace('a', "b")).await.unwrap_err(),
        OAuthTokenError::InvalidGrant
    );
    assert_eq!(login.exchange("nonsense", VERIFIER).await.unwrap_err(), OAuthTokenError::InvalidGrant);
    let unknown = Secret::new(URL_SAFE_NO_PAD.encode("nonsense"));
    assert_eq!(login.refresh(&unknown).await.unwrap_err(), OAuthTokenError::InvalidGrant);
}

#[tokio::test]
async fn a_lost_registration_is_told_apart() {
    let mut login = registered().await;
    login.client_id = "nobody".to_owned();
    let refused = login.refresh(&Secret::new("x")).await.unwrap_err();
    assert_eq!(refused, OAuthTokenError::InvalidClient);
}

#[tokio::test]
async fn an_outage_says_nothing_about_the_grant() {
    let login = registered().await;
    for kind in [
        FaultKind::Status(500),
        FaultKind::Status(503),
        FaultKind::Status(400),
        FaultKind::RateLimited { retry_after_secs: Some(1) },
        FaultKind::Drop,
        FaultKind::Malformed,
        FaultKind::Html,
    ] {
        inject(&login.double, "/oauth/token", kind, Some(1));
        let error = login.refresh(&Secret::new("x")).await.unwrap_err();
        assert!(matches!(error, OAuthTokenError::Upstream(_)), "{kind:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_deployment_without_oauth_has_no_metadata() {
    let double = langsmith_double::start(Options { oauth: false, ..Options::default() }).await.unwrap();
    let langsmith = client(&double, "/api/v1");
    assert_eq!(langsmith.oauth_metadata().await, Ok(None));
    inject(&double, "well-known", FaultKind::Html, None);
    assert_eq!(langsmith.oauth_metadata().await, Ok(None));
    double.handle().clear_faults();
    inject(&double, "well-known", FaultKind::Status(503), None);
    assert_eq!(langsmith.oauth_metadata().await, Err(UpstreamError::Server { status: 503 }));
    assert!(langsmith.caller(&key(ADA_KEY), None).ls_user_id().await.is_ok());
}

/// A proxy may answer anything at one of the two locations.
#[tokio::test]
async fn the_metadata_are_found_where_the_other_place_fails() {
    let double = double().await;
    let langsmith = client(&double, "");
    for kind in [
        FaultKind::Status(401),
        FaultKind::Status(403),
        FaultKind::Status(302),
        FaultKind::Status(404),
        FaultKind::Status(503),
        FaultKind::RateLimited { retry_after_secs: None },
        FaultKind::Drop,
        FaultKind::Malformed,
        FaultKind::Html,
        FaultKind::Hang,
    ] {
        for path in ["/.well-known/", "/api/.well-known/"] {
            // The first matching rule applies, so this one keeps the other location working.
            let other = if path == "/.well-known/" { "/api/.well-known/" } else { "\0" };
            inject(&double, other, FaultKind::Slow(Duration::ZERO), None);
            inject(&double, path, kind, None);
            let found = langsmith.oauth_metadata().await.unwrap().unwrap();
            assert_eq!(found.issuer, double.url(), "{kind:?} at {path}");
            double.handle().clear_faults();
        }
    }
}

#[tokio::test]
async fn a_failure_in_both_places_is_one() {
    let double = double().await;
    inject(&double, "well-known", FaultKind::Status(403), None);
    assert_eq!(client(&double, "").oauth_metadata().await, Err(UpstreamError::Forbidden));
}

/// The hosted platform permits self-registered clients to reach its MCP resource only.
#[tokio::test]
async fn a_client_that_may_not_reach_the_api_is_told_apart() {
    let double = langsmith_double::start(Options::realistic()).await.unwrap();
    let langsmith = client(&double, "");
    let metadata = langsmith.oauth_metadata().await.unwrap().unwrap();
    let client_id = langsmith.oauth_register(&metadata, REDIRECT).await.unwrap();
    let login = Login { double, langsmith, metadata, client_id };
    let refused = login.exchange("any", VERIFIER).await.unwrap_err();
    assert_eq!(refused, OAuthTokenError::ClientNotAllowed);
}

#[tokio::test]
async fn a_secret_that_is_missing_or_wrong_is_an_invalid_client() {
    let mut login = registered().await;
    login.client_id = langsmith_double::CLIENT_ID.to_owned();
    assert_eq!(login.exchange("any", VERIFIER).await.unwrap_err(), OAuthTokenError::InvalidClient);
    let right = Secret::new(langsmith_double::CLIENT_SECRET);
    let client = ClientAuthentication { secret: Some(&right), ..login.client() };
    let outcome = login.langsmith.oauth_refresh(&login.metadata, client, &Secret::new("x")).await;
    assert_eq!(outcome.unwrap_err(), OAuthTokenError::InvalidGrant);
}
