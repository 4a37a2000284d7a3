//! The browser behind a request.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use shared::web::cookie::BrowserCookie;

use crate::App;

/// The browser's cookie, if the request carries one of ours.
pub(crate) struct Browser(pub(crate) Option<BrowserCookie>);

impl FromRequestParts<Arc<App>> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self(BrowserCookie::read(&app.deps.public, &head.headers)))
    }
}
