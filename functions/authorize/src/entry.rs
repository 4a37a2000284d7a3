//! `GET /authorize`: the login page or, with a session, the consent page. It writes nothing: link scanners and some
//! clients fetch the address before the browser does.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use oauth::request::RawRequest;
use shared::web::request_id::RequestId;

use crate::asking::client_and_session;
use crate::browser::Browser;
use crate::consent::{self, Choices, ConsentRequest};
use crate::error::AuthorizeError;
use crate::{App, login, ticket};

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Browser(cookie): Browser,
    RawQuery(query): RawQuery,
) -> Result<Response, AuthorizeError> {
    // Read here, not by an extractor: a repeated parameter is an error, which is answered at the client's redirect URI.
    let query = query.unwrap_or_default();
    let raw = RawRequest::read(url::form_urlencoded::parse(query.as_bytes()));
    let client_id = raw.client_id.clone().ok_or(AuthorizeError::UnknownClient)?;
    let (client, session) = client_and_session(&app, &client_id, cookie.as_ref()).await?;
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
