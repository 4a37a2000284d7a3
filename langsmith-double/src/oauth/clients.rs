//! Clients, and dynamic registration. Standard: RFC 7591. Description: public clients, 8 KB at most, redirect URIs that
//! are loopback, https or native; a client's page data at `/oauth/client/{id}`. Assumed: the schemes that are not
//! native.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::{Host, Url};

use super::error::OAuthError;
use super::registered::Registered;
use super::seal::{open, seal};
use crate::modes::SelfRegistered;
use crate::reply;
use crate::state::App;

const MAX_BODY: usize = 8 * 1024;
const PREFIX: &str = "lsd_client_";

/// The client metadata of a registration request.
#[derive(Deserialize)]
struct Registration {
    client_name: Option<String>,
    client_uri: Option<String>,
    logo_uri: Option<String>,
    policy_uri: Option<String>,
    tos_uri: Option<String>,
    redirect_uris: Vec<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
}

/// A registered client; its id encodes it.
#[derive(Serialize, Deserialize)]
pub(super) struct Client {
    name: String,
    uri: Option<String>,
    redirect_uris: Vec<String>,
    /// Unique to the registration.
    stamp: i64,
    /// Set if the organization registered the client.
    #[serde(skip)]
    registered: Option<Registered>,
}

impl Client {
    /// The client with this id, unless it was forgotten.
    pub(super) fn find(app: &App, id: &str) -> Option<Self> {
        if let Some(registered) = app.clients.find(id) {
            let (name, redirect_uris) = ("LangSmith Remote MCP".to_owned(), registered.redirect_uris.clone());
            return Some(Self { name, uri: None, redirect_uris, stamp: 0, registered: Some(registered) });
        }
        open(PREFIX, id).filter(|client: &Self| !app.tokens.forgets(client.stamp))
    }

    /// Whether the client was dynamically registered.
    pub(super) const fn is_self_registered(&self) -> bool {
        self.registered.is_none()
    }

    /// Whether this is the client's secret (RFC 6749 section 2.3.1). A public client has none.
    pub(super) fn is_authenticated_by(&self, secret: Option<&str>) -> bool {
        let own = self.registered.as_ref().and_then(|registered| registered.secret.as_deref());
        own.is_none() || own == secret
    }

    /// The name on the consent page.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the client registered this redirect URI. A loopback redirect URI may have any port (RFC 8252 section
    /// 7.3).
    pub(super) fn allows(&self, redirect_uri: &str) -> bool {
        let floating = |text: &str| -> Option<Url> {
            let mut url = Url::parse(text).ok()?;
            if url.scheme() == "http" && is_loopback(&url) {
                url.set_port(None).ok()?;
            }
            Some(url)
        };
        let asked = floating(redirect_uri);
        asked.is_some() && self.redirect_uris.iter().any(|own| floating(own) == asked)
    }
}

pub(super) async fn register(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, OAuthError> {
    if app.modes.self_registered == SelfRegistered::Closed {
        return Err(OAuthError::RegistrationClosed);
    }
    if body.len() > MAX_BODY {
        return Err(OAuthError::TooLarge);
    }
    let registration: Registration = serde_json::from_slice(&body)
        .map_err(|_| OAuthError::InvalidClientMetadata("a JSON object with redirect_uris is needed"))?;
    if registration.token_endpoint_auth_method.as_deref().is_some_and(|method| method != "none") {
        return Err(OAuthError::InvalidClientMetadata("only public clients are supported"));
    }
    if registration.redirect_uris.is_empty() || !registration.redirect_uris.iter().all(|uri| is_allowed(uri))
    {
        return Err(OAuthError::InvalidRedirectUri);
    }
    Ok(issue(&app, registration))
}

fn issue(app: &App, registration: Registration) -> Response {
    let stamp = app.tokens.stamp();
    let client = Client {
        name: registration.client_name.unwrap_or_else(|| "Unnamed client".to_owned()),
        uri: registration.client_uri,
        redirect_uris: registration.redirect_uris,
        stamp,
        registered: None,
    };
    let code_only = || vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
    let mut answer = json!({
        "client_id": seal(PREFIX, &client),
        "client_id_issued_at": stamp / 1_000_000,
        "client_name": client.name,
        "redirect_uris": client.redirect_uris,
        "grant_types": registration.grant_types.unwrap_or_else(code_only),
        "response_types": registration.response_types.unwrap_or_else(|| vec!["code".to_owned()]),
        "token_endpoint_auth_method": "none",
    });
    let links = [
        ("client_uri", client.uri),
        ("logo_uri", registration.logo_uri),
        ("policy_uri", registration.policy_uri),
        ("tos_uri", registration.tos_uri),
    ];
    if let Value::Object(fields) = &mut answer {
        fields.extend(links.into_iter().filter_map(|(key, link)| Some((key.to_owned(), json!(link?)))));
    }
    (StatusCode::CREATED, Json(answer)).into_response()
}

pub(super) async fn read(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    match Client::find(&app, &id) {
        None => reply::value(
            StatusCode::NOT_FOUND,
            &json!({"error": "invalid_client", "error_description": OAuthError::UnknownClient.to_string()}),
        ),
        Some(client) => {
            let body = json!({"client_id": id, "client_name": client.name, "client_uri": client.uri});
            reply::value(StatusCode::OK, &body)
        }
    }
}

fn is_allowed(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    if url.fragment().is_some() {
        return false;
    }
    match url.scheme() {
        "http" => is_loopback(&url),
        "https" => url.host().is_some(),
        "javascript" | "data" | "file" | "vbscript" | "about" | "blob" => false,
        _ => true,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn redirect_uris_follow_the_platforms_rule() {
        for uri in [
            "http://127.0.0.1/cb",
            "http://localhost:8484/cb",
            "http://[::1]:1/",
            "https://a.example/cb",
            "cursor://x/y",
        ] {
            assert!(is_allowed(uri), "{uri}");
        }
        for uri in ["http://a.example/cb", "https://a.example/cb#x", "javascript:alert(1)", "/cb", ""] {
            assert!(!is_allowed(uri), "{uri}");
        }
    }
}
