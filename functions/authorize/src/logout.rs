//! `POST /authorize/logout`: "Not you? Sign in differently". Grants stay; only this browser forgets.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::web::cookie::{self, BrowserCookie};
use shared::web::request_id::RequestId;

use crate::error::AuthorizeError;
use crate::form::Form;
use crate::{App, redirect, ticket};

pub(crate) async fn logout(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match end(&app, &headers, body).await {
        Ok(response) => response,
        Err(error) => error.respond(&app.deps.public, &id),
    }
}

async fn end(app: &App, headers: &HeaderMap, body: Body) -> Result<Response, AuthorizeError> {
    let form = Form::read(headers, body).await?;
    let browser = BrowserCookie::read(&app.deps.public, headers);
    let consent: ticket::Consent = ticket::open(&app.deps, browser.as_ref(), &form.ticket)?;
    if let Some(browser) = browser {
        app.deps.store.sessions.close(&browser.hash()).await?;
    }
    Ok(redirect::within(&consent.request.path(), cookie::clear(&app.deps.public)))
}
