//! The texts of the error pages. A page says what happened and what to do. An unverified redirect URI is never followed
//! (RFC 6749 section 4.1.2.1), and a verified one on another machine only by a click: registration is open, so a link
//! to us would otherwise be an open redirector (RFC 9700 section 4.11.2).

use std::borrow::Cow;

use axum::http::StatusCode;
use oauth::public_url::PublicUrl;
use oauth::redirect::Destination;
use oauth::request::RequestFault;
use oauth::return_to::ReturnTo;
use shared::web::body::BodyError;

use super::AuthorizeError;
use crate::documents::DocumentFault;
use crate::{destination, redirect};

/// Fits both people who came from an app and those who came from the list of connections.
const START_AGAIN: &str = "Go back to your app, or to your list of connections, and start again.";

/// The texts of one page.
pub(super) struct PageText {
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    pub(super) what: Cow<'static, str>,
    pub(super) todo: &'static str,
    /// Label and address.
    pub(super) link: Option<(String, String)>,
}

pub(super) const fn page(
    status: StatusCode,
    title: &'static str,
    what: &'static str,
    todo: &'static str,
) -> PageText {
    PageText { status, title, what: Cow::Borrowed(what), todo, link: None }
}

impl PageText {
    fn retry(mut self, return_to: &ReturnTo, public: &PublicUrl) -> Self {
        self.link = Some(("Try again".to_owned(), return_to.path(public)));
        self
    }
}

/// A web client learns of its fault when the person follows the link. A private-use scheme is never linked: anybody may
/// register one, and the error page is reachable without consent.
fn fault(public: &PublicUrl, fault: &RequestFault) -> PageText {
    let destination = fault.redirect_uri.destination();
    let host = destination::name(&destination);
    let what = Cow::Owned(format!(
        "The app's request is not valid: {}. The error goes to {host}.",
        fault.description
    ));
    let link = match destination {
        Destination::Web(_) | Destination::Loopback(_) => {
            Some((format!("Return to {host}"), redirect::fault_url(public, fault)))
        }
        Destination::App { .. } => None,
    };
    let todo = if link.is_some() {
        "Return only if you know this address and have just started to connect the app yourself. If it happens \
         again, tell the app's developers."
    } else {
        "Go back to your app, if you have just started to connect it yourself. If it happens again, tell the \
         app's developers."
    };
    PageText { status: StatusCode::BAD_REQUEST, title: "Your app could not be connected", what, todo, link }
}

/// A document at an address that anybody may have chosen is no fault of this server.
fn document(fault: &DocumentFault) -> PageText {
    if let DocumentFault::TooMany(_) = fault {
        return page(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many apps are being connected",
            "This server limits how often it looks up the descriptions of apps.",
            "Wait a moment, then start again in your app.",
        );
    }
    PageText {
        status: StatusCode::BAD_REQUEST,
        title: "We cannot tell which app is asking",
        what: Cow::Owned(format!(
            "The app refers us to a description of itself, and we cannot use it: {fault}."
        )),
        todo: "Start again in your app. If it happens again, tell the app's developers.",
        link: None,
    }
}

impl AuthorizeError {
    pub(super) fn page(&self, public: &PublicUrl) -> PageText {
        match self {
            Self::Fault(found) => fault(public, found),
            Self::UnknownClient => page(
                StatusCode::BAD_REQUEST,
                "This app is not registered here",
                "The app's registration has expired or was made with another server, so we cannot tell who is asking.",
                "Remove the connection in your app and add it again. The app then registers again.",
            ),
            Self::Document(fault) => document(fault),
            Self::ForeignRedirectUri => page(
                StatusCode::BAD_REQUEST,
                "The app did not register this address",
                "The app asked us to send you to an address that is not in its registration. To be safe, we \
                 did not.",
                "Remove the connection in your app and add it again. If it happens again, tell the app's \
                 developers.",
            ),
            Self::Unreadable => page(
                StatusCode::BAD_REQUEST,
                "This form cannot be used",
                "It does not come from this server, or it was changed in transit.",
                START_AGAIN,
            ),
            Self::Expired(return_to) | Self::Outdated(return_to) => page(
                StatusCode::BAD_REQUEST,
                "This page is too old",
                "Our pages expire after ten minutes, so that nobody else can use one that you left open.",
                "Start again, here or in your app.",
            )
            .retry(return_to, public),
            Self::NoCookie(return_to) => page(
                StatusCode::BAD_REQUEST,
                "Your browser did not keep our cookie",
                "Signing in needs one cookie. It ties the pages to your browser, so that nobody else can use \
                 them.",
                "Allow cookies for this site, then start again.",
            )
            .retry(return_to, public),
            Self::AlreadyUsed(return_to) => page(
                StatusCode::BAD_REQUEST,
                "You have already answered",
                "The app has already received and used your answer.",
                "Go back to your app. If it is not connected there, start again.",
            )
            .retry(return_to, public),
            Self::UnknownLogin => page(
                StatusCode::BAD_REQUEST,
                "This sign-in cannot be continued",
                "It was started in another browser, was already completed, or took longer than ten minutes.",
                START_AGAIN,
            ),
            Self::Login(return_to, fault) => fault.page().retry(return_to, public),
            Self::Body(BodyError::Interrupted | BodyError::TooSlow) => page(
                StatusCode::BAD_REQUEST,
                "This form cannot be used",
                "It did not arrive in full.",
                "Check your connection, then go back and try again.",
            ),
            Self::WrongMethod { .. } => page(
                StatusCode::METHOD_NOT_ALLOWED,
                "There is no page at this address",
                "This address is a step of the sign-in. Only your app or a button on our pages can open it.",
                START_AGAIN,
            ),
            Self::TooManyLogins(return_to, _) => page(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many people are signing in",
                "This server limits the number of sign-ins per minute, so that nobody can use it to flood \
                 LangSmith.",
                "Wait a moment, then try again.",
            )
            .retry(return_to, public),
            Self::WrongContentType => page(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This form cannot be used",
                "It did not arrive as a web form.",
                START_AGAIN,
            ),
            Self::Body(BodyError::TooLarge) => page(
                StatusCode::PAYLOAD_TOO_LARGE,
                "This form cannot be used",
                "It is larger than any form of ours.",
                START_AGAIN,
            ),
            Self::Store(_) | Self::Vault(_) | Self::Key(_) | Self::Task(_) => page(
                StatusCode::SERVICE_UNAVAILABLE,
                "We cannot continue right now",
                "A part of this server did not respond. Nothing was lost.",
                "Wait a moment, then go back and try again.",
            ),
        }
    }
}
