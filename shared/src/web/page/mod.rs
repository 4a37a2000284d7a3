//! Every HTML page is rendered by [`html`], so that none can miss the layout, the content security policy or a header.
//!
//! The pages carry no script. Their only style sheet is inlined and allowed in the policy by its hash, so that a page
//! is one request and needs no asset route. The rules are those of the OAuth security best practice (RFC 9700 section
//! 4.16: no framing) and of the MCP security guide for consent pages.

mod csp;
mod display_name;
mod error;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

pub use csp::{Forms, csp};
pub use display_name::display_name;
pub use error::{ErrorPage, Link};

/// The style sheet of all pages, inlined into each.
const STYLE: &str = include_str!("../../../templates/style.css");

/// The content of a page, inside `<main>`.
pub trait Page: Template {
    /// The title of the browser tab, before the product's name.
    fn title(&self) -> &str;

    /// The targets of the responses to the page's forms.
    fn forms(&self) -> Forms {
        Forms::Here
    }

    /// The link that the browser opens automatically once the page shows. This needs no script: the `Refresh` header
    /// (HTML section 7.6.2) is as old as redirects, and keeps the page visible if the link opens an app.
    fn opens(&self) -> Option<&str> {
        None
    }
}

/// The response that shows `page`.
pub fn html(status: StatusCode, page: &impl Page) -> Response {
    let Ok(policy) = HeaderValue::try_from(csp(page.forms())) else { return unrenderable() };
    let Ok(body) = document(page) else { return unrenderable() };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(refresh) = page.opens().and_then(|url| HeaderValue::try_from(format!("0;url={url}")).ok()) {
        headers.insert(header::REFRESH, refresh);
    }
    response
}

/// `no-store` because a page contains a ticket; `no-referrer` because its address contains the client's `state`.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// The whole document, starting with the doctype.
fn document(page: &impl Page) -> Result<String, askama::Error> {
    Layout { title: page.title(), style: STYLE, content: page }.render()
}

/// The layout around a page; `content` is already escaped.
#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a, P: Page> {
    title: &'a str,
    style: &'static str,
    content: &'a P,
}

/// The response when a page cannot be rendered, without details that could contain a person's data.
fn unrenderable() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be shown. Go back to your app and try again.\n")
        .into_response()
}

#[cfg(test)]
mod tests;
