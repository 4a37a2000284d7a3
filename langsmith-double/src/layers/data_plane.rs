//! The paths of a data plane. Documentation: "BYOC usage", all API traffic of the workspace goes to paths below `/api`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::data_plane::is_of_organization;
use crate::reply::ApiError;
use crate::state::App;

/// A data plane serves LangSmith's API below `/api`, and nothing that belongs to the organization.
pub(crate) async fn apply(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if app.control_plane.is_some() && (!path.starts_with("/api/") || is_of_organization(path)) {
        return ApiError::NotFound("Page").into_response();
    }
    next.run(request).await
}
