//! `GET /authorize`: the login page or, with a session, the consent page. It writes nothing: link scanners and some
//! clients fetch the address before the browser does.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use shared::langsmith::oauth::Silent;
use shared::oauth::request::RawRequest;
use shared::oauth::return_to::ReturnTo;
use shared::web::cookie::BrowserCookie;
use shared::web::page::{self, FormTarget};
use shared::web::request_id::RequestId;
use url::Url;

use crate::error::AuthorizeError;
use crate::login::SESSION;
use crate::pages::{LoginPage, Purpose};
use crate::{App, consent, session, ticket};

const SILENCE: &str =
    "LangSmith's own sign-in does not answer just now. Use an API key, or open this page again in a moment.";

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    app.answer(&id, page_for(&app, &id, &query, &headers).await)
}

async fn page_for(
    app: &App,
    id: &RequestId,
    query: &str,
    headers: &HeaderMap,
) -> Result<Response, AuthorizeError> {
    let deps = &app.deps;
    let raw = RawRequest::read(url::form_urlencoded::parse(query.as_bytes()));
    let client_id = raw.client_id.clone().ok_or(AuthorizeError::UnknownClient)?;
    let cookie = BrowserCookie::read(&deps.public, headers);
    let now = deps.clock.now();
    let (client, session) =
        tokio::try_join!(deps.store.clients.get(&client_id), session::of(deps, cookie.as_ref()))?;
    let client = client.filter(|client| client.is_live(now)).ok_or(AuthorizeError::UnknownClient)?;
    let request = raw.check(&client, &deps.public)?;
    match (session, cookie) {
        (Some(session), Some(cookie)) => consent::page(app, id, request, &client, &session, &cookie),
        (_, cookie) => {
            let login = ticket::Login::new(&app.deps, request.into(), client.client_name.clone());
            login_page(app, id, login, cookie).await
        }
    }
}

/// The login page for a browser that may have no cookie yet.
pub(crate) async fn login_page(
    app: &App,
    id: &RequestId,
    login: ticket::Login,
    cookie: Option<BrowserCookie>,
) -> Result<Response, AuthorizeError> {
    let known = cookie.is_some();
    let cookie = cookie.unwrap_or_else(|| BrowserCookie::generate(app.deps.random.as_ref()));
    let mut response = login_form(app, id, (&ticket::seal(&app.deps, &cookie, &login)?, &login), None).await;
    if !known && let Some(line) = cookie.set(&app.deps.public, SESSION.as_secs()) {
        response.headers_mut().insert(SET_COOKIE, line);
    }
    Ok(response)
}

/// The login page around a ticket, first shown or shown again with a notice.
pub(crate) async fn login_form(
    app: &App,
    id: &RequestId,
    (ticket, login): (&str, &ticket::Login),
    notice: Option<&str>,
) -> Response {
    let (offered, silence) = match app.upstream.metadata_for_page().await {
        Ok(offered) => (offered, None),
        Err(Silent) => (None, Some(SILENCE)),
    };
    let target = offered.as_ref().and_then(|metadata| FormTarget::of(&metadata.authorization_endpoint));
    let page = LoginPage {
        purpose: match login.return_to {
            ReturnTo::Authorize(_) => {
                Purpose::Client(login.client_name.as_deref().unwrap_or("An app without a name"))
            }
            ReturnTo::Connections => Purpose::Connections,
        },
        langsmith: offered.is_some(),
        ticket,
        notice: notice.or(silence),
        request_id: id.as_str(),
        langsmith_host: &host_of(app.deps.langsmith.endpoint()),
        form_targets: target.as_slice(),
    };
    page::html(StatusCode::OK, &page)
}

/// Host and port, as a person reads an address.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("LangSmith");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
