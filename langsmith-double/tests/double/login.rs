//! A scripted login: the roles of a browser and an OAuth client.

use std::collections::BTreeMap;

use langsmith_double::data::ADA;
use reqwest::{RequestBuilder, StatusCode, Url};
use serde_json::{Value, json};

use crate::client::{Probe, answer, ok, send};

pub(crate) const REDIRECT: &str = "http://127.0.0.1/callback";
/// The code verifier and challenge of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An OAuth client of a double.
pub(crate) struct Login<'a> {
    pub(crate) probe: &'a Probe,
    pub(crate) client_id: String,
    pub(crate) resource: Option<String>,
}

impl<'a> Login<'a> {
    pub(crate) async fn new(probe: &'a Probe) -> Self {
        let body = json!({"client_name": "A & <B>", "redirect_uris": [REDIRECT]});
        let client =
            answer(probe.http.post(probe.url("/oauth/register")).json(&body), StatusCode::CREATED).await;
        let client_id = client["client_id"].as_str().expect("an id").to_owned();
        Self { probe, client_id, resource: Some(probe.double.url()) }
    }

    /// The parameters of a valid authorization request.
    pub(crate) fn request(&self) -> BTreeMap<&'static str, String> {
        let fixed = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", REDIRECT),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", "a\"b&c"),
        ];
        let mut request: BTreeMap<_, _> = fixed.map(|(key, value)| (key, value.to_owned())).into();
        request.extend(self.resource.clone().map(|resource| ("resource", resource)));
        request
    }

    /// Submits the form of the consent page and returns the parameters of the redirect.
    pub(crate) async fn approve(&self, user: &str) -> BTreeMap<String, String> {
        let mut form = self.request();
        form.insert("user", user.to_owned());
        let response =
            send(self.probe.http.post(self.probe.url("/oauth/authorize/approve")).form(&form)).await;
        assert_eq!(response.status(), StatusCode::FOUND);
        let location = response.headers()["location"].to_str().expect("a URL");
        assert!(location.starts_with(REDIRECT));
        Url::parse(location).expect("a URL").query_pairs().into_owned().collect()
    }

    pub(crate) async fn code(&self) -> String {
        self.approve(&ADA.to_string()).await["code"].clone()
    }

    /// The parameters of a valid token request.
    pub(crate) fn exchange(&self, code: &str) -> BTreeMap<&'static str, String> {
        let fixed = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("code", code),
            ("code_verifier", VERIFIER),
            ("redirect_uri", REDIRECT),
        ];
        fixed.map(|(key, value)| (key, value.to_owned())).into()
    }

    pub(crate) fn token(&self, form: &BTreeMap<&'static str, String>) -> RequestBuilder {
        self.probe.http.post(self.probe.url("/oauth/token")).form(form)
    }

    pub(crate) fn refresh(&self, token: &str) -> RequestBuilder {
        let fixed =
            [("grant_type", "refresh_token"), ("client_id", &self.client_id), ("refresh_token", token)];
        self.token(&fixed.map(|(key, value)| (key, value.to_owned())).into())
    }

    /// Completes a login and returns the tokens.
    pub(crate) async fn tokens(&self) -> Value {
        let code = self.code().await;
        ok(self.token(&self.exchange(&code))).await
    }

    /// The status of an API request with an access token.
    pub(crate) async fn api(&self, access_token: &Value) -> StatusCode {
        let token = access_token.as_str().expect("a token");
        let request = self.probe.http.get(self.probe.url("/api/v1/me/ls_user_id")).bearer_auth(token);
        send(request).await.status()
    }
}

pub(crate) async fn refused(request: RequestBuilder) -> String {
    let body = answer(request, StatusCode::BAD_REQUEST).await;
    assert!(body["error_description"].is_string());
    body["error"].as_str().expect("an error").to_owned()
}
