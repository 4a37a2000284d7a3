//! The errors of the authorization flow, and their one mapping to a page or a redirect.

mod login;
mod page_text;

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::ALLOW;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use oauth::keys::KeyError;
use oauth::public_url::PublicUrl;
use oauth::request::{RequestError, RequestFault};
use oauth::return_to::ReturnTo;
use shared::store::StoreError;
use shared::vault::VaultError;
use shared::web::body::BodyError;
use shared::web::page::{self, ErrorPage, Link};
use shared::web::reply::retry_after;
use shared::web::request_id::RequestId;
use tokio::task::JoinError;

use crate::documents::DocumentFault;
use crate::redirect;

pub(crate) use login::LoginFault;

/// Why no code was issued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorizeError {
    #[error("the client is not registered")]
    UnknownClient,
    #[error("the client's document cannot be used: {0}")]
    Document(DocumentFault),
    #[error("the redirect URI is not the client's")]
    ForeignRedirectUri,
    #[error("the request is wrong: {}", .0.description)]
    Fault(Box<RequestFault>),
    #[error("the form is not one of ours")]
    Unreadable,
    #[error("the form is too old")]
    Expired(Box<ReturnTo>),
    #[error("the form comes from another browser or an ended session")]
    Outdated(Box<ReturnTo>),
    #[error("the browser sent no cookie with the form")]
    NoCookie(Box<ReturnTo>),
    #[error("the form was used before")]
    AlreadyUsed(Box<ReturnTo>),
    #[error("the login at LangSmith is unknown here")]
    UnknownLogin,
    #[error("{1}")]
    Login(Box<ReturnTo>, LoginFault),
    #[error("the method is not allowed here")]
    WrongMethod {
        /// The allowed methods.
        allow: &'static str,
    },
    /// The time until the next login may begin.
    #[error("too many logins begin")]
    TooManyLogins(Box<ReturnTo>, Duration),
    #[error("the body must be a form")]
    WrongContentType,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("a task of ours ended early")]
    Task(#[from] JoinError),
}

impl From<RequestError> for AuthorizeError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::RedirectUri => Self::ForeignRedirectUri,
            RequestError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// The response carries the error to [`show`], which knows the public URL and the request id.
impl IntoResponse for AuthorizeError {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Middleware: turns a handler's error into a page or a redirect.
pub(crate) async fn show(
    State(public): State<PublicUrl>,
    Extension(id): Extension<RequestId>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Arc<AuthorizeError>>() {
        Some(error) => error.answer(&public, &id),
        None => response,
    }
}

impl AuthorizeError {
    fn answer(&self, public: &PublicUrl, id: &RequestId) -> Response {
        match self {
            Self::Fault(fault) if redirect::is_awaited(&fault.redirect_uri) => {
                return redirect::fault(public, fault);
            }
            Self::Outdated(return_to) => return redirect::to_page(&return_to.path(public), None),
            _ => {}
        }
        let text = self.page(public);
        if text.status.is_server_error() {
            tracing::error!(error = %self, "a login failed");
        } else {
            tracing::info!(reason = %self, "a login was refused");
        }
        let page = ErrorPage {
            title: text.title,
            what: &text.what,
            todo: text.todo,
            request_id: id.as_str(),
            link: text.link.as_ref().map(|(label, url)| Link { label, url }),
        };
        let mut response = page::html(text.status, &page);
        match self {
            Self::WrongMethod { allow } => {
                response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
            }
            Self::TooManyLogins(_, wait) | Self::Document(DocumentFault::TooMany(wait)) => {
                retry_after(response.headers_mut(), *wait);
            }
            _ => {}
        }
        response
    }
}
