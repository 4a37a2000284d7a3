//! `POST /authorize/logout`, "Not you? Sign in differently", and `POST /connections/logout`. They end the session of
//! this browser only; grants stay.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use shared::web::cookie;

use crate::error::AuthorizeError;
use crate::form::Posted;
use crate::ticket::Content;
use crate::{App, redirect};

/// Logs out from the page with this kind of ticket, and returns to the page's purpose.
pub(crate) async fn logout<T: Content>(
    State(app): State<Arc<App>>,
    Posted { ticket, browser, .. }: Posted<T>,
) -> Result<Response, AuthorizeError> {
    app.deps.store.sessions.close(&browser.hash()).await?;
    Ok(redirect::to_page(&ticket.return_to().path(&app.deps.public), cookie::clear(&app.deps.public)))
}
