//! `GET /v1/deepagents/openapi.json`: the description of this API and of the tools cache. Public, like the API itself.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};

const DESCRIPTION: &str = include_str!("../openapi/openapi.json");

pub(crate) async fn openapi() -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, DESCRIPTION).into_response()
}
