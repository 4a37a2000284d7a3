//! The errors of the page, and their one mapping to what the person sees.

use axum::response::{IntoResponse, Redirect, Response};
use http::header::ALLOW;
use http::{HeaderValue, StatusCode};
use shared::store::StoreError;
use shared::web::body::BodyError;
use shared::web::page::{self, ErrorPage, Link};
use shared::web::request_id::RequestId;

use crate::toolset::{ErrorKind, SetError, ToolError};

/// Why a page is not shown, or answers are not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("the link is not one of ours, or too old")]
    Link,
    #[error("nobody is logged in")]
    LoggedOut { link: String },
    #[error("somebody else is logged in")]
    OtherPerson { link: String },
    #[error("the consent has ended, or does not cover agents")]
    Ended,
    #[error("there is no open question")]
    NothingOpen,
    #[error("the form is not one of this page")]
    Form,
    #[error("the method is not allowed")]
    WrongMethod,
    #[error("the body must be a form")]
    WrongContentType,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("a part of ours does not answer")]
    Unavailable,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the Agent Server did, or did not.
    #[error("{0}")]
    Server(String),
}

/// A problem, and the request in which it occurred.
#[derive(Debug)]
pub(crate) struct AnswerError {
    pub(super) problem: Problem,
    pub(super) id: RequestId,
}

impl From<ToolError> for Problem {
    fn from(error: ToolError) -> Self {
        Self::Server(error.message)
    }
}

impl From<SetError> for Problem {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Tool(error) => error.into(),
            SetError::Credential { url } => {
                let there = url.map_or_else(String::new, |url| format!(" Enter another one at {url}"));
                Self::Server(format!("It does not accept your credential.{there}"))
            }
            SetError::UnknownTool | SetError::UnknownTask | SetError::RequestState => Self::NothingOpen,
        }
    }
}

/// What the person can correct in the form; otherwise the problem.
pub(super) fn refusal(error: SetError) -> Result<String, Problem> {
    match error {
        SetError::Tool(error) if error.kind == ErrorKind::Invalid => Ok(error.message),
        error => Err(error.into()),
    }
}

/// Status, title, what happened, what to do.
type Text<'a> = (StatusCode, &'static str, &'a str, &'static str);

impl Problem {
    fn text(&self) -> Text<'_> {
        match self {
            Self::Link => (
                StatusCode::NOT_FOUND,
                "There is no question behind this link",
                "The link is incomplete, or older than a day.",
                "Ask your app for the agent's question again.",
            ),
            // A browser without a login is led to it before.
            Self::LoggedOut { .. } | Self::OtherPerson { .. } => (
                StatusCode::FORBIDDEN,
                "This question is for somebody else",
                "You are signed in as another person than the one for whom the agent works.",
                "Sign in as that person, if that is you.",
            ),
            Self::Ended => (
                StatusCode::FORBIDDEN,
                "The app has no access any more",
                "The connection of the app that started the agent has ended, or may not run agents.",
                "Connect the app again, and ask it to start the agent again.",
            ),
            Self::NothingOpen => (
                StatusCode::CONFLICT,
                "There is nothing to answer",
                "The question was answered before, or the agent was stopped.",
                "Go back to your app: it can get the result.",
            ),
            Self::Form => (
                StatusCode::BAD_REQUEST,
                "This form cannot be used",
                "It is older than an hour, or does not come from this page in this browser.",
                "Open the link of the question again.",
            ),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "There is no page at this address",
                "Only a link to a question leads here.",
                "Go back to your app.",
            ),
            Self::WrongContentType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This form cannot be used",
                "It did not arrive as a web form.",
                "Open the link of the question again.",
            ),
            Self::Body(BodyError::TooLarge) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "The answer is too long",
                "A form may have 64 KB.",
                "Go back and shorten it.",
            ),
            Self::Body(BodyError::Interrupted | BodyError::TooSlow) => (
                StatusCode::BAD_REQUEST,
                "This form cannot be used",
                "It did not arrive in full.",
                "Check your connection, then go back and try again.",
            ),
            Self::Unavailable | Self::Store(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "We cannot continue right now",
                "A part of this server did not respond. Nothing was lost.",
                "Wait a moment, then go back and try again.",
            ),
            Self::Server(what) => (
                StatusCode::BAD_GATEWAY,
                "The agent's server could not be asked",
                what,
                "Wait a moment, then open the link again, or go back to your app.",
            ),
        }
    }

    fn link(&self) -> Option<(&'static str, String)> {
        match self {
            Self::OtherPerson { link } => Some(("Sign in as someone else", login(link))),
            _ => None,
        }
    }
}

/// Where the authorization server logs a person in for a link.
fn login(link: &str) -> String {
    format!("/authorize/answer/{link}")
}

impl IntoResponse for AnswerError {
    fn into_response(self) -> Response {
        let Self { problem, id } = self;
        if let Problem::LoggedOut { link } = &problem {
            return Redirect::to(&login(link)).into_response();
        }
        let (status, title, what, todo) = problem.text();
        if matches!(problem, Problem::Unavailable | Problem::Store(_)) {
            tracing::error!(error = %problem, "a question cannot be shown");
        } else {
            tracing::info!(reason = %problem, "a question is not shown");
        }
        let link = problem.link();
        let page = ErrorPage {
            title,
            what,
            todo,
            request_id: id.as_str(),
            link: link.as_ref().map(|(label, url)| Link { label, url }),
        };
        let mut response = page::html(status, &page);
        if matches!(problem, Problem::WrongMethod) {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
        }
        response
    }
}
