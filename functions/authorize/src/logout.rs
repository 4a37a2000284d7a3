//! `POST /authorize/logout`: "Not you? Sign in differently". Grants stay; only this browser forgets.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::web::cookie;
use shared::web::request_id::RequestId;

use crate::error::AuthorizeError;
use crate::form::Posted;
use crate::ticket::{self, Content as _};
use crate::{App, redirect};

pub(crate) async fn logout(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    app.answer(&id, end(&app, &headers, body).await)
}

async fn end(app: &App, headers: &HeaderMap, body: Body) -> Result<Response, AuthorizeError> {
    let Posted { ticket, browser, .. } = Posted::<ticket::Consent>::read(&app.deps, headers, body).await?;
    app.deps.store.sessions.close(&browser.hash()).await?;
    Ok(redirect::within(&ticket.return_to().path(), cookie::clear(&app.deps.public)))
}
