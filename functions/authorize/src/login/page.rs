//! The login page: first shown, or shown again with the problem of a key.

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use langsmith::oauth::Silent;
use oauth::document::DocumentUrl;
use oauth::return_to::ReturnTo;
use primitives::authority::authority;
use shared::web;
use shared::web::cookie::BrowserCookie;
use shared::web::request_id::RequestId;

use super::open_session::SESSION;
use super::view::{LoginPage, Purpose};
use crate::error::AuthorizeError;
use crate::{App, ticket};

const SILENCE: &str =
    "Sign-in with LangSmith is not available right now. Use an API key, or open this page again in a moment.";

/// The login page for a browser that may have no cookie yet.
pub(crate) async fn first_page(
    app: &App,
    id: &RequestId,
    login: ticket::Login,
    cookie: Option<BrowserCookie>,
) -> Result<Response, AuthorizeError> {
    let known = cookie.is_some();
    let cookie = cookie.unwrap_or_else(|| BrowserCookie::generate(app.deps.random.as_ref()));
    let mut response = page(app, id, (&ticket::seal(&app.deps, &cookie, &login)?, &login), None).await;
    if !known && let Some(line) = cookie.set(&app.deps.public, SESSION.as_secs()) {
        response.headers_mut().insert(SET_COOKIE, line);
    }
    Ok(response)
}

/// The login page around a ticket, first shown or shown again with the problem of the key.
pub(super) async fn page(
    app: &App,
    id: &RequestId,
    (ticket, login): (&str, &ticket::Login),
    key_error: Option<&str>,
) -> Response {
    let (offered, notice) = match app.upstream.metadata_for_page().await {
        Ok(offered) => (offered, None),
        Err(Silent) => (None, Some(SILENCE)),
    };
    let keys_url = app.deps.langsmith.web_root().map(|root| format!("{root}/settings"));
    let client_host = match &login.return_to {
        ReturnTo::Authorize(request) => DocumentUrl::authority_of(&request.client_id),
        ReturnTo::Connections | ReturnTo::Answer(_) => None,
    };
    let page = LoginPage {
        purpose: match login.return_to {
            ReturnTo::Authorize(_) => Purpose::Client {
                host: client_host.as_deref(),
                name: login.client_name.as_deref().unwrap_or("An app without a name"),
            },
            ReturnTo::Connections => Purpose::Connections,
            ReturnTo::Answer(_) => Purpose::Answer,
        },
        langsmith: offered.is_some(),
        ticket,
        notice,
        key_error,
        request_id: id.as_str(),
        langsmith_host: authority(app.deps.langsmith.endpoint()),
        keys_url: keys_url.as_deref(),
    };
    web::page::html(StatusCode::OK, &page)
}
