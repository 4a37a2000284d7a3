//! People who open the URL of the MCP endpoint in a browser. They get the page with instructions for connecting an app.

use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, CACHE_CONTROL, LOCATION, VARY};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use oauth::public_url::PublicUrl;
use shared::web::headers::{API_KEYS, non_empty_values, wants_page};

/// Whether the request comes from a browser and has no credential. A client that probes with GET does not list
/// `text/html`, and must get the challenge.
pub(super) fn asks(method: &Method, headers: &HeaderMap) -> bool {
    let [key, other] = API_KEYS;
    let has_credential = non_empty_values(headers, [AUTHORIZATION, key, other]).next().is_some();
    wants_page(method, headers) && !has_credential
}

/// Redirects to the home page.
pub(super) fn lead_home(public: &PublicUrl) -> Response {
    let Ok(home) = HeaderValue::try_from(public.join("/")) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let no_store = HeaderValue::from_static("no-store");
    let vary = HeaderValue::from_static("accept");
    (StatusCode::SEE_OTHER, [(LOCATION, home), (CACHE_CONTROL, no_store), (VARY, vary)]).into_response()
}
