//! What can go wrong on the way to a code, and its one mapping to a page or a redirect. A page says what happened and
//! what to do; an unproven redirect URI is never followed (RFC 6749 section 4.1.2.1).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::langsmith::UpstreamError;
use shared::oauth::keys::KeyError;
use shared::oauth::public_url::PublicUrl;
use shared::oauth::request::{AuthorizeRequest, RequestError, RequestFault};
use shared::store::StoreError;
use shared::web::body::BodyError;
use shared::web::page::{self, ErrorPage};
use shared::web::request_id::RequestId;

use crate::redirect;

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorizeError {
    #[error("the client is not registered")]
    UnknownClient,
    #[error("the redirect URI is not the client's")]
    ForeignRedirectUri,
    #[error("the request is wrong: {}", .0.description)]
    Fault(Box<RequestFault>),
    #[error("the form is not one of ours")]
    Unreadable,
    #[error("the form is too old")]
    Expired(Box<AuthorizeRequest>),
    #[error("the form comes from another browser or an ended session")]
    Outdated(Box<AuthorizeRequest>),
    #[error("the form was used before")]
    AlreadyUsed(Box<AuthorizeRequest>),
    #[error("nothing was allowed")]
    NothingChosen(Box<AuthorizeRequest>),
    #[error("the login at LangSmith is unknown here")]
    UnknownLogin,
    #[error("LangSmith did not log the person in")]
    LoginRefused(Box<AuthorizeRequest>),
    #[error("the account has no workspace")]
    NoWorkspace(Box<AuthorizeRequest>),
    #[error("LangSmith failed: {1}")]
    Upstream(Box<AuthorizeRequest>, UpstreamError),
    #[error("the body must be a form")]
    WrongContentType,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<RequestError> for AuthorizeError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::RedirectUri => Self::ForeignRedirectUri,
            RequestError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// The words of an error page.
struct Words {
    status: StatusCode,
    title: &'static str,
    what: &'static str,
    todo: &'static str,
    retry: Option<String>,
}

const fn words(status: StatusCode, title: &'static str, what: &'static str, todo: &'static str) -> Words {
    Words { status, title, what, todo, retry: None }
}

impl Words {
    fn retry(mut self, request: &AuthorizeRequest) -> Self {
        self.retry = Some(request.path());
        self
    }
}

impl AuthorizeError {
    /// The answer.
    pub(crate) fn respond(self, public: &PublicUrl, id: &RequestId) -> Response {
        let words = match &self {
            Self::Fault(fault) => return redirect::fault(public, fault),
            Self::Outdated(request) => return redirect::within(&request.path(), None),
            other => other.words(),
        };
        if words.status.is_server_error() {
            tracing::error!(error = %self, "a login failed");
        } else {
            tracing::info!(reason = %self, "a login was refused");
        }
        let page = ErrorPage {
            title: words.title,
            what: words.what,
            todo: words.todo,
            request_id: id.as_str(),
            retry_url: words.retry.as_deref(),
        };
        page::html(words.status, &page).into_response()
    }

    fn words(&self) -> Words {
        match self {
            Self::UnknownClient => words(
                StatusCode::BAD_REQUEST,
                "This app is not registered here",
                "The app's registration has expired or was made with another server, so we cannot tell who is asking.",
                "Remove the connection in your app and add it again. It registers anew then.",
            ),
            Self::ForeignRedirectUri => words(
                StatusCode::BAD_REQUEST,
                "This address is not the app's",
                "The app asked us to send you to an address that it did not register. We do not follow it.",
                "Remove the connection in your app and add it again. If it happens again, tell the app's makers.",
            ),
            Self::Unreadable | Self::Fault(_) => words(
                StatusCode::BAD_REQUEST,
                "This form cannot be used",
                "It was not made by this server, or it was changed on the way.",
                "Go back to your app and connect again.",
            ),
            Self::Expired(request) | Self::Outdated(request) => words(
                StatusCode::BAD_REQUEST,
                "This page is too old",
                "Pages for signing in are good for ten minutes only, so that nobody can use one that you left open.",
                "Start again, here or in your app.",
            )
            .retry(request),
            Self::AlreadyUsed(request) => words(
                StatusCode::BAD_REQUEST,
                "You have already answered",
                "Your answer was passed on to the app, and it has used it.",
                "Go back to your app. If it is not connected there, start again.",
            )
            .retry(request),
            Self::NothingChosen(request) => words(
                StatusCode::BAD_REQUEST,
                "Nothing was allowed",
                "You chose to allow the app, but no permission or no workspace was ticked.",
                "Start again and leave at least one permission ticked, or deny the app.",
            )
            .retry(request),
            Self::UnknownLogin => words(
                StatusCode::BAD_REQUEST,
                "This sign-in cannot be continued",
                "It was started in another browser, was already completed, or took longer than ten minutes.",
                "Go back to your app and connect again.",
            ),
            Self::LoginRefused(request) => words(
                StatusCode::BAD_REQUEST,
                "LangSmith did not sign you in",
                "LangSmith sent you back without a sign-in. You may have cancelled it there.",
                "Try again, or use an API key.",
            )
            .retry(request),
            Self::NoWorkspace(request) => words(
                StatusCode::FORBIDDEN,
                "There is no workspace to connect",
                "This LangSmith account or key can open no workspace.",
                "Ask for access in LangSmith, or sign in with another account.",
            )
            .retry(request),
            Self::Upstream(request, _) => words(
                StatusCode::BAD_GATEWAY,
                "LangSmith does not answer",
                "We could not reach LangSmith just now, or its answer made no sense. Nothing was lost.",
                "Wait a moment and try again.",
            )
            .retry(request),
            Self::Body(BodyError::Interrupted | BodyError::TooSlow) => words(
                StatusCode::BAD_REQUEST,
                "This form cannot be used",
                "It did not arrive as a whole.",
                "Check your connection, then go back and try again.",
            ),
            Self::WrongContentType => words(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This form cannot be used",
                "It did not arrive as a web form.",
                "Go back to your app and connect again.",
            ),
            Self::Body(BodyError::TooLarge) => words(
                StatusCode::PAYLOAD_TOO_LARGE,
                "This form cannot be used",
                "It is larger than any form of ours.",
                "Go back to your app and connect again.",
            ),
            Self::Store(_) | Self::Key(_) => words(
                StatusCode::SERVICE_UNAVAILABLE,
                "We cannot continue just now",
                "A part of this service did not answer. Nothing was lost.",
                "Wait a moment, then go back and try again.",
            ),
        }
    }
}
