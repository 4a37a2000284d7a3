//! `POST /oauth/token` and `POST /oauth/revoke`. Standard: RFC 6749 sections 4.1.3 and 6, RFC 7009. Description:
//! `workspace_id` beside the tokens; a revocation is always answered 200. Assumed: a trailing slash of a resource is
//! ignored.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::clients::Client;
use super::error::OAuthError;
use super::pkce;
use super::tokens::{Pair, Tokens};
use crate::modes::SelfRegistered;
use crate::state::App;

/// The form of a token request; the required fields depend on the grant type.
#[derive(Deserialize)]
pub(super) struct TokenForm {
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    code: Option<String>,
    code_verifier: Option<String>,
    redirect_uri: Option<String>,
    refresh_token: Option<String>,
    resource: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RevokeForm {
    token: String,
}

pub(super) async fn exchange(
    State(app): State<Arc<App>>,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Result<Response, OAuthError> {
    let Form(form) = form.map_err(|_| OAuthError::InvalidRequest("a form with grant_type is needed"))?;
    let client_id = form.client_id.clone().ok_or(OAuthError::InvalidRequest("client_id is missing"))?;
    let client = Client::find(&app, &client_id).ok_or(OAuthError::UnknownClient)?;
    if !client.is_authenticated_by(form.client_secret.as_deref()) {
        return Err(OAuthError::WrongSecret);
    }
    let bound = is_bound(&app, form.resource.as_deref())?;
    if bound && client.is_self_registered() && app.modes.self_registered == SelfRegistered::McpOnly {
        return Err(OAuthError::InvalidTarget);
    }
    let pair = match form.grant_type.as_str() {
        "authorization_code" => by_code(&app.tokens, form, &client_id, bound)?,
        "refresh_token" => {
            let token = form.refresh_token.ok_or(OAuthError::InvalidRequest("refresh_token is missing"))?;
            app.tokens.refresh(&token, &client_id, bound)?
        }
        _ => return Err(OAuthError::UnsupportedGrantType),
    };
    Ok(answer(&pair))
}

/// Redeems a code. A wrong client, redirect URI or verifier does not invalidate it.
fn by_code(tokens: &Tokens, form: TokenForm, client_id: &str, bound: bool) -> Result<Pair, OAuthError> {
    let code = form.code.ok_or(OAuthError::InvalidRequest("code is missing"))?;
    let verifier = form.code_verifier.ok_or(OAuthError::InvalidRequest("code_verifier is missing"))?;
    let code = Tokens::read_code(&code).ok_or(OAuthError::InvalidGrant("unknown code"))?;
    if code.login.client_id != client_id || form.redirect_uri.as_deref() != Some(&code.redirect_uri) {
        return Err(OAuthError::InvalidGrant("the code belongs to another client or redirect URI"));
    }
    if !pkce::fits(&verifier, &code.challenge) {
        return Err(OAuthError::InvalidGrant("code_verifier does not fit"));
    }
    tokens.spend_code(code, bound)
}

/// Whether `resource` names this API and not the platform's MCP resource (RFC 8707 section 2), ignoring a trailing
/// slash.
pub(super) fn is_bound(app: &App, resource: Option<&str>) -> Result<bool, OAuthError> {
    match resource.map(|resource| resource.trim_end_matches('/')) {
        None if app.modes.resource_required => Err(OAuthError::TargetRequired),
        None => Ok(false),
        Some(resource) if resource == app.base => Ok(true),
        Some(resource) if resource.strip_prefix(&app.base) == Some("/mcp") => Ok(false),
        Some(_) => Err(OAuthError::InvalidTarget),
    }
}

fn answer(pair: &Pair) -> Response {
    let body = json!({
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "expires_in": pair.expires_in,
        "token_type": "Bearer",
        "workspace_id": pair.workspace,
    });
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (headers, body.to_string()).into_response()
}

/// Always 200, also for unknown tokens and malformed forms, as the platform documents.
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    form: Result<Form<RevokeForm>, FormRejection>,
) -> StatusCode {
    if let Ok(Form(form)) = form {
        app.tokens.revoke(&form.token);
    }
    StatusCode::OK
}
