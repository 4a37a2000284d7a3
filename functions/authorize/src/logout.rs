//! `POST /authorize/logout`, "Not you? Sign in differently", and `POST /connections/logout`. Grants stay; only this
//! browser forgets.

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
use crate::ticket::Content;
use crate::{App, redirect};

/// Logs out from the page with this kind of ticket, and goes back to what the page was for.
pub(crate) async fn logout<T: Content>(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    app.answer(&id, end::<T>(&app, &headers, body).await)
}

async fn end<T: Content>(app: &App, headers: &HeaderMap, body: Body) -> Result<Response, AuthorizeError> {
    let Posted { ticket, browser, .. } = Posted::<T>::read(&app.deps, headers, body).await?;
    app.deps.store.sessions.close(&browser.hash()).await?;
    Ok(redirect::within(&ticket.return_to().path(), cookie::clear(&app.deps.public)))
}
