//! The posts of our own pages.

use axum::body::Body;
use axum::http::HeaderMap;
use shared::secret::Secret;
use shared::web::body;
use shared::web::cookie::BrowserCookie;

use crate::error::AuthorizeError;
use crate::{Deps, ticket};

/// Longest form that is read, in bytes: a ticket lists the workspaces.
const MAX_BODY: usize = 64 * 1024;

/// The fields of all our forms.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) ticket: String,
    pub(crate) api_key: Option<Secret>,
    pub(crate) decision: String,
    pub(crate) workspace: Option<String>,
    pub(crate) scopes: Vec<String>,
}

/// A form that comes from the browser that its ticket was sealed for.
pub(crate) struct Posted<T> {
    pub(crate) ticket: T,
    pub(crate) browser: BrowserCookie,
    pub(crate) form: Form,
}

impl<T: ticket::Content> Posted<T> {
    pub(crate) async fn read(deps: &Deps, headers: &HeaderMap, body: Body) -> Result<Self, AuthorizeError> {
        let form = Form::read(headers, body).await?;
        let browser = BrowserCookie::read(&deps.public, headers);
        let (ticket, browser) = ticket::open(deps, browser, &form.ticket)?;
        Ok(Self { ticket, browser, form })
    }
}

impl Form {
    async fn read(headers: &HeaderMap, body: Body) -> Result<Self, AuthorizeError> {
        if !body::has_type(headers, "application/x-www-form-urlencoded") {
            return Err(AuthorizeError::WrongContentType);
        }
        let body = body::read(body, MAX_BODY).await?;
        let mut form = Self::default();
        for (name, value) in url::form_urlencoded::parse(&body) {
            let value = value.into_owned();
            match name.as_ref() {
                "ticket" => form.ticket = value,
                "api_key" => form.api_key = Some(Secret::new(value.trim())),
                "decision" => form.decision = value,
                "workspace" => form.workspace = Some(value),
                "scope" => form.scopes.push(value),
                _ => {}
            }
        }
        Ok(form)
    }
}
