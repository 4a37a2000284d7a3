//! An OAuth client: registration, PKCE, code exchange, refresh, revocation.

use std::collections::BTreeMap;

use primitives::secret::sha256;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::browser::{Browser, Choice, Page};

/// The PKCE verifier of every request.
pub const VERIFIER: &str = "a-verifier-that-has-at-least-forty-three-characters";

/// A registered client.
#[derive(Clone)]
pub struct OAuthClient {
    /// Its id.
    pub id: String,
    origin: String,
    resource: &'static str,
    redirect_uri: String,
    http: reqwest::Client,
}

/// The login method.
#[derive(Clone, Copy, Debug)]
pub enum Login {
    /// With an API key.
    Key(&'static str),
    /// Via LangSmith, as this user.
    LangSmith(Uuid),
}

/// The answer of a machine endpoint.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null if empty.
    pub body: Value,
}

/// The tokens of a successful answer.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

impl Answer {
    /// The body's `error`.
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    /// The tokens of a successful answer.
    pub fn tokens(&self) -> Tokens {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let text = |name: &str| self.body[name].as_str().unwrap().to_owned();
        Tokens { access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// Reads the answer of a machine endpoint, which is never HTML.
pub async fn answer(response: reqwest::Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("a JSON body") };
    Answer { status, headers, body }
}

/// The base of all HTTP clients here. None of them uses TLS, and reading the system's certificates would take longer
/// than all the rest of a test.
pub(crate) fn plain() -> reqwest::ClientBuilder {
    reqwest::Client::builder().redirect(Policy::none()).no_proxy().tls_certs_only([])
}

/// An HTTP client without cookies and redirects.
pub fn http() -> reqwest::Client {
    plain().build().unwrap()
}

impl OAuthClient {
    /// Registers a client with one redirect URI.
    pub async fn register(origin: &str, redirect_uri: &str) -> Self {
        let metadata = json!({
            "client_name": "Test client",
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
        });
        Self::register_as(origin, &metadata, redirect_uri).await.0
    }

    /// Registers a client with this metadata, and returns the answer as well.
    pub async fn register_as(origin: &str, metadata: &Value, redirect_uri: &str) -> (Self, Value) {
        let http = http();
        let registered =
            answer(http.post(format!("{origin}/register")).json(metadata).send().await.unwrap()).await;
        assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
        let client = Self::known(origin, registered.body["client_id"].as_str().unwrap(), redirect_uri);
        (client, registered.body)
    }

    /// A client that the server knows by this identifier.
    pub fn known(origin: &str, id: &str, redirect_uri: &str) -> Self {
        let (id, origin, redirect_uri) = (id.to_owned(), origin.to_owned(), redirect_uri.to_owned());
        Self { id, origin, resource: "/mcp", redirect_uri, http: http() }
    }

    /// The same client with another redirect URI.
    #[must_use]
    pub fn redirected_to(mut self, redirect_uri: &str) -> Self {
        redirect_uri.clone_into(&mut self.redirect_uri);
        self
    }

    /// The same client, which wants access to the resource at this path.
    #[must_use]
    pub fn at(self, resource: &'static str) -> Self {
        Self { resource, ..self }
    }

    /// The parameters of an authorization request.
    pub fn parameters(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("response_type", "code".to_owned()),
            ("client_id", self.id.clone()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("state", "a state & more".to_owned()),
            ("code_challenge", sha256(VERIFIER.as_bytes())),
            ("code_challenge_method", "S256".to_owned()),
            ("resource", format!("{}{}", self.origin, self.resource)),
        ])
    }

    /// The URL of an authorization request.
    pub fn authorize_url(&self) -> String {
        self.authorize_url_with(&self.parameters())
    }

    /// The URL of an authorization request with these parameters.
    pub fn authorize_url_with(&self, parameters: &BTreeMap<&'static str, String>) -> String {
        Url::parse_with_params(&format!("{}/authorize", self.origin), parameters).unwrap().into()
    }

    /// Performs login and consent, and returns the redirect.
    pub async fn authorize(&self, browser: &Browser, login: Login, choice: &Choice) -> Url {
        let page = browser.open(&self.authorize_url()).await.expect("a page");
        let consent =
            if page.has_form("/authorize/consent") { page } else { self.log_in(browser, &page, login).await };
        browser.decide(&consent, choice).await
    }

    async fn log_in(&self, browser: &Browser, page: &Page, login: Login) -> Page {
        match login {
            Login::Key(key) => browser.use_key(page, key).await,
            Login::LangSmith(user) => browser.continue_with_langsmith(page, user).await,
        }
        .expect("the consent page")
    }

    /// The code of a redirect, after the checks that clients must make (RFC 9207 included).
    pub fn code(&self, redirect: &Url) -> String {
        let query: BTreeMap<_, _> = redirect.query_pairs().into_owned().collect();
        assert!(redirect.as_str().starts_with(&self.redirect_uri), "{redirect}");
        assert_eq!(query.get("state").map(String::as_str), Some("a state & more"));
        assert_eq!(query.get("iss"), Some(&self.origin));
        query.get("code").unwrap_or_else(|| panic!("no code in {redirect}")).clone()
    }

    /// Posts to the token endpoint.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        answer(self.http.post(format!("{}/token", self.origin)).form(fields).send().await.unwrap()).await
    }

    /// Exchanges a code.
    pub async fn exchange(&self, code: &str) -> Answer {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", &self.id),
            ("code", code),
            ("code_verifier", VERIFIER),
            ("redirect_uri", &self.redirect_uri),
        ])
        .await
    }

    /// Refreshes the tokens.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("client_id", &self.id), ("refresh_token", token)])
            .await
    }

    /// Refreshes with a `scope` parameter.
    pub async fn refresh_for(&self, token: &str, scope: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("client_id", &self.id), ("refresh_token", token)];
        self.token(&[&fields[..], &[("scope", scope)]].concat()).await
    }

    /// Revokes a token.
    pub async fn revoke(&self, token: &str) -> Answer {
        let fields = [("token", token), ("client_id", self.id.as_str())];
        answer(self.http.post(format!("{}/revoke", self.origin)).form(&fields).send().await.unwrap()).await
    }

    /// Logs in and exchanges the code.
    pub async fn connect(&self, browser: &Browser, login: Login) -> Tokens {
        let redirect = self.authorize(browser, login, &Choice::default()).await;
        self.exchange(&self.code(&redirect)).await.tokens()
    }
}
