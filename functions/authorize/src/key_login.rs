//! `POST /authorize/login/key`: login with an API key, for those without LangSmith's own login.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::langsmith::UpstreamError;
use shared::secret::Secret;
use shared::vault::StoredCredential;
use shared::web::cookie::BrowserCookie;
use shared::web::request_id::RequestId;

use crate::error::AuthorizeError;
use crate::form::Form;
use crate::{App, entry, login, ticket};

/// Longest key that is sent upstream, in characters.
const MAX_KEY: usize = 512;
const REFUSED: &str = "LangSmith does not accept this key. Check that it is complete and was not deleted.";
const MALFORMED: &str = "This does not look like a LangSmith API key. Copy the whole key, without spaces.";

pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match attempt(&app, &id, &headers, body).await {
        Ok(response) => response,
        Err(error) => error.respond(&app.deps.public, &id),
    }
}

async fn attempt(
    app: &App,
    id: &RequestId,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, AuthorizeError> {
    let form = Form::read(headers, body).await?;
    let cookie = BrowserCookie::read(&app.deps.public, headers);
    let login: ticket::Login = ticket::open(&app.deps, cookie.as_ref(), &form.ticket)?;
    let Some(key) = form.api_key.filter(is_shaped) else {
        return Ok(again(app, id, &form.ticket, &login, MALFORMED).await);
    };
    let credential = StoredCredential::ApiKey(key);
    match login::identify(&app.deps, &credential).await {
        Ok(person) => login::finish(&app.deps, login.request, person, &credential, None).await,
        Err(UpstreamError::Unauthorized | UpstreamError::Forbidden) => {
            Ok(again(app, id, &form.ticket, &login, REFUSED).await)
        }
        Err(error) => Err(AuthorizeError::Upstream(Box::new(login.request), error)),
    }
}

/// The same page with a notice, and the same ticket: nothing has changed.
async fn again(app: &App, id: &RequestId, ticket: &str, login: &ticket::Login, notice: &str) -> Response {
    entry::login_form(app, id, ticket, login.client_name.as_deref(), Some(notice)).await
}

/// A key goes into a header, so it is visible ASCII.
fn is_shaped(key: &Secret) -> bool {
    let key = key.expose();
    !key.is_empty() && key.len() <= MAX_KEY && key.bytes().all(|byte| byte.is_ascii_graphic())
}
