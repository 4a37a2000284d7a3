//! `GET /authorize/answer/{link}`: the login for the page on which an agent's question is answered. That page sends
//! browsers here that nobody, or somebody else, is logged in to.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use oauth::return_to::{ReturnTo, SealedLink};
use shared::web::request_id::RequestId;

use super::first_page;
use crate::browser::Browser;
use crate::error::AuthorizeError;
use crate::{App, ticket};

/// Shows the login page, also to a browser with a session.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Browser(cookie): Browser,
    Path(link): Path<String>,
) -> Result<Response, AuthorizeError> {
    let link = SealedLink::try_from(link).ok().filter(|_| app.deps.offers_agents);
    let link = link.ok_or(AuthorizeError::UnknownLogin)?;
    let login = ticket::Login::new(&app.deps, ReturnTo::Answer(link), None);
    first_page(&app, &id, login, cookie).await
}
