//! `GET /authorize`: the login page or, with a session, the consent page. It writes nothing: link scanners and some
//! clients fetch the address before the browser does.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use shared::authority::authority;
use shared::ids::ClientId;
use shared::langsmith::oauth::Silent;
use shared::oauth::client::Client;
use shared::oauth::request::RawRequest;
use shared::oauth::return_to::ReturnTo;
use shared::store::BrowserSession;
use shared::web::cookie::BrowserCookie;
use shared::web::page;
use shared::web::request_id::RequestId;

use crate::consent::{self, Choices, ConsentRequest};
use crate::error::AuthorizeError;
use crate::login::SESSION;
use crate::pages::{LoginPage, Purpose};
use crate::{App, session, ticket};

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
    let (client, session) = asking(app, &client_id, cookie.as_ref()).await?;
    let request = raw.check(&client, &deps.public)?;
    match (session, cookie) {
        (Some(session), Some(cookie)) => {
            let asked = ConsentRequest { request, client: &client, session: &session, cookie: &cookie };
            consent::page(app, id, asked, &Choices::default())
        }
        (_, cookie) => {
            let login = ticket::Login::new(&app.deps, request.into(), client.client_name.clone());
            login_page(app, id, login, cookie).await
        }
    }
}

/// The client that asks, and the login of this browser if it has one. One round trip.
pub(crate) async fn asking(
    app: &App,
    client_id: &ClientId,
    cookie: Option<&BrowserCookie>,
) -> Result<(Client, Option<BrowserSession>), AuthorizeError> {
    let now = app.deps.clock.now();
    let (client, session) =
        tokio::try_join!(app.deps.store.clients.get(client_id), session::of(&app.deps, cookie))?;
    let client = client.filter(|client| client.is_live(now)).ok_or(AuthorizeError::UnknownClient)?;
    Ok((client, session))
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

/// The login page around a ticket, first shown or shown again with what is wrong with the key.
pub(crate) async fn login_form(
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
    let page = LoginPage {
        purpose: match login.return_to {
            ReturnTo::Authorize(_) => {
                Purpose::Client(login.client_name.as_deref().unwrap_or("An app without a name"))
            }
            ReturnTo::Connections => Purpose::Connections,
        },
        langsmith: offered.is_some(),
        ticket,
        notice,
        key_error,
        request_id: id.as_str(),
        langsmith_host: authority(app.deps.langsmith.endpoint()),
        keys_url: keys_url.as_deref(),
    };
    page::html(StatusCode::OK, &page)
}
