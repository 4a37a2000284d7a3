//! Logs in like a client and a person: registration, login with a key, consent, code, tokens. Each login creates its
//! own grant.

use std::collections::BTreeMap;

use hyper::Method;
use oauth::pkce::CodeChallenge;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::Outcome;
use crate::connection::{Answer, Connection, Prepared};
use crate::page::Form;

/// The double's demo key.
pub(crate) const API_KEY: &str = "lsv2_pt_demo";

pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1/callback";
/// The headers of a registration.
pub(crate) const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
/// Any verifier will do: nobody eavesdrops on this loopback connection.
pub(crate) const VERIFIER: &str = "a-verifier-of-the-benchmark-with-43-characters";
pub(crate) const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];
/// More pages than any login has.
const MAX_STEPS: usize = 8;

/// A client's tokens after a login.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

#[derive(Deserialize)]
struct Registered {
    client_id: String,
}

/// The registration metadata.
pub(crate) fn registration() -> String {
    let registration = json!({
        "client_name": "Bench", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none",
    });
    registration.to_string()
}

/// A client together with the person's browser.
pub(crate) struct Login {
    server: Url,
    connection: Connection,
    pub(crate) client_id: String,
    cookies: BTreeMap<String, String>,
}

impl Login {
    /// Registers a client.
    pub(crate) async fn register(server: &Url) -> Outcome<Self> {
        let mut connection = Connection::open(server).await?;
        let request = Prepared::new(Method::POST, "/register", &JSON, registration())?;
        let Registered { client_id } = serde_json::from_slice(&connection.send(&request).await?.body)?;
        Ok(Self { server: server.clone(), connection, client_id, cookies: BTreeMap::new() })
    }

    /// A new grant: the first one asks for the key, further ones only for consent.
    pub(crate) async fn grant(&mut self) -> Outcome<Tokens> {
        let code = self.code().await?;
        let body = exchange(&self.client_id, &code);
        let answer = self.connection.send(&Prepared::new(Method::POST, "/token", &FORM, body)?).await?;
        serde_json::from_slice(&answer.body).map_err(|_| format!("/token answered {}", answer.text()).into())
    }

    /// The path and query where the login starts.
    pub(crate) fn start(&self) -> Outcome<String> {
        let challenge = CodeChallenge::of(VERIFIER)?;
        let query = encode(&[
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", REDIRECT_URI),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("state", "bench"),
        ]);
        Ok(format!("/authorize?{query}"))
    }

    /// An authorization code, from the redirect of the person's browser.
    pub(crate) async fn code(&mut self) -> Outcome<String> {
        let mut answer = self.visit(Method::GET, &self.start()?, String::new()).await?;
        for _ in 0..MAX_STEPS {
            answer = if let Some(location) = answer.header("location") {
                let location = self.server.join(location)?;
                if let Some((_, code)) = location.query_pairs().find(|(name, _)| name == "code") {
                    return Ok(code.into_owned());
                }
                let target = location.as_str().trim_start_matches(self.server.as_str().trim_end_matches('/'));
                self.visit(Method::GET, target, String::new()).await?
            } else {
                self.fill_in(&answer.text()).await?
            };
        }
        Err("the login does not come to an end".into())
    }

    async fn fill_in(&mut self, page: &str) -> Outcome<Answer> {
        let (form, choices) = if let Some(form) = Form::find(page, "/authorize/consent") {
            (form, &[("decision", "allow"), ("workspace", "*")][..])
        } else if let Some(form) = Form::find(page, "/authorize/login/key") {
            (form, &[("api_key", API_KEY)][..])
        } else {
            return Err(format!("a page without a form to fill in:\n{page}").into());
        };
        self.visit(Method::POST, &form.action, form.body(choices)).await
    }

    async fn visit(&mut self, method: Method, target: &str, body: String) -> Outcome<Answer> {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let origin = self.server.origin().ascii_serialization();
        let mut request =
            Prepared::new(method.clone(), target, &[], body)?.with_header("cookie", &cookies.join("; "))?;
        if method == Method::POST {
            request = request.with_header("content-type", FORM[0].1)?.with_header("origin", &origin)?;
        }
        let answer = self.connection.send(&request).await?;
        for line in answer.headers.get_all("set-cookie") {
            let pair = line.to_str()?.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }
}

/// The form body that exchanges a code.
pub(crate) fn exchange(client_id: &str, code: &str) -> String {
    encode(&[
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT_URI),
    ])
}

/// Encodes pairs as a form or a query.
pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
