//! The stand-in for the platform's login and consent page: one button per user, no script.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::authorize::AuthorizationRequest;
use super::error::OAuthError;
use crate::data::people::{USERS, User};
use crate::state::App;

#[derive(Template)]
#[template(path = "consent.html")]
struct Page<'a> {
    client: &'a str,
    fields: Vec<(&'static str, &'a str)>,
    users: &'a [User],
}

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

pub(super) async fn page(
    State(app): State<Arc<App>>,
    request: Result<Query<AuthorizationRequest>, QueryRejection>,
) -> Result<Response, OAuthError> {
    let Query(request) = request.map_err(|_| OAuthError::InvalidRequest("a parameter is missing"))?;
    let (client, _) = request.check(&app)?;
    let page = Page { client: client.name(), fields: request.pairs().collect(), users: &USERS };
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-store")];
    Ok(match page.render() {
        Ok(html) => (headers, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    })
}
