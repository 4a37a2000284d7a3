//! Redirects: to the client with a code or an error, and between these pages.

use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use oauth::public_url::PublicUrl;
use oauth::redirect::{Destination, RedirectUri};
use oauth::request::RequestFault;

/// The URL that delivers the code (RFC 6749 section 4.1.2), with `iss` against mix-up (RFC 9207 section 2).
pub(crate) fn code_url(public: &PublicUrl, to: &RedirectUri, state: Option<&str>, code: &str) -> String {
    let mut parameters = vec![("code", code)];
    parameters.extend(state.map(|state| ("state", state)));
    parameters.push(("iss", public.issuer()));
    to.with_query(&parameters)
}

/// Whether a fault may be delivered without user interaction: only to a native app's own listener, which waits for the
/// response and is not a site to which a link could lure people (RFC 9700 section 4.11.2).
pub(crate) fn is_awaited(to: &RedirectUri) -> bool {
    matches!(to.destination(), Destination::Loopback(_))
}

/// Redirects with an error for the client.
pub(crate) fn fault(public: &PublicUrl, fault: &RequestFault) -> Response {
    see_other(&fault_url(public, fault))
}

/// The URL that delivers an error (RFC 6749 section 4.1.2.1). Errors carry `iss`, too (RFC 9207 section 2).
pub(crate) fn fault_url(public: &PublicUrl, fault: &RequestFault) -> String {
    let mut parameters = vec![("error", fault.code.as_str()), ("error_description", fault.description)];
    parameters.extend(fault.state.as_deref().map(|state| ("state", state)));
    parameters.push(("iss", public.issuer()));
    fault.redirect_uri.with_query(&parameters)
}

/// A redirect between these pages, with a cookie if one is to be set.
pub(crate) fn to_page(path: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = see_other(path);
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// 303, so that a form's POST becomes a GET (RFC 9700 section 4.12 warns of 307).
pub(crate) fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::try_from(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
