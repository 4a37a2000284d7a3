//! `GET /oauth/authorize` and the form of the consent page. Standard: RFC 6749 section 4.1, RFC 7636, RFC 9207.
//! Description: the browser is redirected to a consent page. Assumed: without a choice the login is for the user's
//! first workspace.

use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::clients::Client;
use super::error::OAuthError;
use super::pkce;
use super::token::is_bound;
use super::tokens::Asked;
use crate::data::people::{self, User};
use crate::state::App;

/// The authorization request; the form of the consent page repeats it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AuthorizationRequest {
    pub(super) response_type: String,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) code_challenge_method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
}

/// The request and the user's decision: `user` is an id, `deny` refuses.
#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    #[serde(flatten)]
    request: AuthorizationRequest,
    user: String,
    workspace_id: Option<Uuid>,
}

impl AuthorizationRequest {
    /// Validates the request; nothing redirects before the client and its redirect URI are known.
    pub(super) fn check(&self, app: &App) -> Result<(Client, bool), OAuthError> {
        let client = Client::find(app, &self.client_id).ok_or(OAuthError::UnknownClient)?;
        if !client.allows(&self.redirect_uri) {
            return Err(OAuthError::InvalidRequest("redirect_uri is not registered"));
        }
        if self.response_type != "code" {
            return Err(OAuthError::InvalidRequest("response_type must be code"));
        }
        if self.code_challenge_method != "S256" || !pkce::is_challenge(&self.code_challenge) {
            return Err(OAuthError::InvalidRequest("an S256 code_challenge is needed"));
        }
        Ok((client, is_bound(app, self.resource.as_deref())?))
    }

    /// The redirect to the client with this parameter, `state` and `iss`.
    fn answered(&self, app: &App, key: &str, value: &str) -> Result<Response, OAuthError> {
        let mut url = Url::parse(&self.redirect_uri).map_err(|_| OAuthError::InvalidRedirectUri)?;
        url.query_pairs_mut().append_pair(key, value);
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        url.query_pairs_mut().append_pair("iss", &app.base);
        found(url.as_str())
    }
}

/// Redirects the browser to the consent page, as the platform does.
pub(super) async fn start(
    State(app): State<Arc<App>>,
    request: Result<Query<AuthorizationRequest>, QueryRejection>,
) -> Result<Response, OAuthError> {
    let Query(request) = request.map_err(|_| OAuthError::InvalidRequest("a parameter is missing"))?;
    request.check(&app)?;
    let mut url = Url::parse(&app.base).map_err(|_| OAuthError::InvalidRequest("no base URL"))?;
    url.set_path("/oauth/consent");
    for (key, value) in request.pairs() {
        url.query_pairs_mut().append_pair(key, value);
    }
    found(url.as_str())
}

impl AuthorizationRequest {
    /// Every parameter, for the consent page's URL and its hidden fields.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fixed = [
            ("response_type", &self.response_type),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", &self.code_challenge_method),
        ];
        let optional = [("state", &self.state), ("resource", &self.resource), ("scope", &self.scope)];
        let given = optional.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?)));
        fixed.into_iter().map(|(key, value)| (key, value.as_str())).chain(given)
    }
}

/// Handles the form of the consent page.
pub(super) async fn approve(
    State(app): State<Arc<App>>,
    form: Result<Form<Decision>, FormRejection>,
) -> Result<Response, OAuthError> {
    let Form(decision) = form.map_err(|_| OAuthError::InvalidRequest("a field is missing"))?;
    let request = decision.request;
    let (_, bound) = request.check(&app)?;
    if decision.user == "deny" {
        return request.answered(&app, "error", "access_denied");
    }
    let user = Uuid::try_parse(&decision.user).ok().and_then(people::user);
    let user = user.ok_or(OAuthError::InvalidRequest("unknown user"))?;
    let workspace = workspace(user, decision.workspace_id)?;
    let scope = request.scope.clone().unwrap_or_default();
    let is_offline = scope.split(' ').any(|scope| scope == "offline_access");
    let asked = Asked {
        challenge: request.code_challenge.clone(),
        redirect_uri: request.redirect_uri.clone(),
        refreshable: is_offline || !app.modes.offline_access_required,
        scope,
    };
    let code = app.tokens.code((user.id, workspace), request.client_id.clone(), bound, asked);
    request.answered(&app, "code", &code)
}

/// The chosen workspace, which must be one of the user's; by default their first one.
fn workspace(user: &User, chosen: Option<Uuid>) -> Result<Uuid, OAuthError> {
    let mut own = user.workspaces.iter().map(|workspace| workspace.id);
    let found = match chosen {
        None => own.next(),
        Some(id) => own.find(|own| *own == id),
    };
    found.ok_or(OAuthError::InvalidRequest("the workspace is not the user's"))
}

fn found(location: &str) -> Result<Response, OAuthError> {
    let location = HeaderValue::from_str(location).map_err(|_| OAuthError::InvalidRedirectUri)?;
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
}
