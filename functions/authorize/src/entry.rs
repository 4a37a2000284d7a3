//! `GET /authorize`: the login page or, with a session, the consent page. It writes nothing: link scanners and some
//! clients fetch the address before the browser does.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use oauth::client::Client;
use oauth::request::RawRequest;
use primitives::ids::ClientId;
use shared::store::BrowserSession;
use shared::web::cookie::BrowserCookie;
use shared::web::request_id::RequestId;

use crate::browser::Browser;
use crate::consent::{self, Choices, ConsentRequest};
use crate::error::AuthorizeError;
use crate::{App, login, session, ticket};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Browser(cookie): Browser,
    RawQuery(query): RawQuery,
) -> Result<Response, AuthorizeError> {
    let query = query.unwrap_or_default();
    let raw = RawRequest::read(url::form_urlencoded::parse(query.as_bytes()));
    let client_id = raw.client_id.clone().ok_or(AuthorizeError::UnknownClient)?;
    let (client, session) = asking(&app, &client_id, cookie.as_ref()).await?;
    let request = raw.check(&client, &app.deps.public)?;
    match (session, cookie) {
        (Some(session), Some(cookie)) => {
            let asked = ConsentRequest { request, client: &client, session: &session, cookie: &cookie };
            consent::page(&app, &id, asked, &Choices::default())
        }
        (_, cookie) => {
            let login = ticket::Login::new(&app.deps, request.into(), client.client_name.clone());
            login::first_page(&app, &id, login, cookie).await
        }
    }
}

/// The requesting client, and the session of this browser if it has one. One round trip.
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
