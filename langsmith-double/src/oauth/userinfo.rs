//! `GET /userinfo`. Standard: OIDC Core 1.0 sections 5.3 and 5.4. Public report: `langchain-ai/open-swe`,
//! `langsmith_oauth.py`, uses it to identify the user. Assumed: the names of the claims about the organization.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::credential::bearer;
use crate::data::people::User;
use crate::data::{ORGANIZATION, ORGANIZATION_NAME};
use crate::reply::{self, ApiError};
use crate::state::App;

pub(super) async fn read(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let token = bearer(&headers).ok_or(ApiError::Unauthorized)?;
    let (user, scopes) = app.tokens.claims(token).ok_or(ApiError::Unauthorized)?;
    let asked = |scope: &str| scopes.split(' ').any(|own| own == scope);
    if !asked("openid") {
        return Err(ApiError::Forbidden);
    }
    let email = asked("email");
    let claims = json!({
        "sub": subject(&app, user),
        "name": user.name,
        "email": email.then_some(user.email),
        "email_verified": email.then_some(true),
        "ls_org_id": ORGANIZATION,
        "ls_org_name": ORGANIZATION_NAME,
    });
    Ok(reply::value(StatusCode::OK, &claims))
}

fn subject(app: &App, user: &User) -> String {
    if app.modes.odd_subjects {
        let subject = format!("svc:{}|\u{202E}\"'é\u{0}{}", user.name, "x".repeat(255));
        return subject.chars().take(255).collect();
    }
    user.id.to_string()
}
