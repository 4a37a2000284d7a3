//! `POST /v2/runs/query`: the same runs as `/runs/query`, newest first, under other names. Description: the body, whose
//! default range is the last day, and problem details (RFC 9457) as refusals.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock;
use crate::data::moment::zoned;
use crate::json::{body, refused};
use crate::reply::{self, ApiError};
use crate::routes::runs::first_api::find;
use crate::routes::runs::item::Selects;
use crate::routes::runs::query::read_cursor;
use crate::routes::runs::query::{Body, Query, RunType};
use crate::service::Queries;
use crate::state::App;

const MAX_PAGE_SIZE: usize = 1000;

/// The raw body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BodyV2 {
    cursor: Option<String>,
    filter: Option<String>,
    has_error: Option<bool>,
    ids: Option<Vec<Uuid>>,
    is_root: Option<bool>,
    max_start_time: Option<String>,
    min_start_time: Option<String>,
    page_size: Option<usize>,
    project_ids: Option<Vec<Uuid>>,
    reference_examples: Option<Vec<Uuid>>,
    run_type: Option<String>,
    selects: Vec<String>,
    trace_filter: Option<String>,
    trace_id: Option<Uuid>,
    tree_filter: Option<String>,
}

/// A refusal as problem details (RFC 9457), as everywhere in this version of the API.
pub(crate) struct Problem(ApiError);

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let detail = self.0.to_string();
        let status = self.0.into_response().status();
        let title = status.canonical_reason().unwrap_or_default();
        let body =
            json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail});
        reply::value(status, &body)
    }
}

pub(crate) async fn query(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    caller.may("runs:read")?;
    app.service.queries.second()?;
    if app.service.queries == Queries::SmithDbOnly && !headers.contains_key("x-tenant-id") {
        return Err(ApiError::Forbidden.into());
    }
    let body: BodyV2 = body(&bytes)?;
    let selects = Selects::parse(&body.selects)
        .map_err(|name| ApiError::BadRequest(format!("selects: unknown field {name:?}")))?;
    let query = body.check()?;
    let text = app.world.projects.read(|ledger| {
        let (runs, next) = find(ledger, caller.workspace.id, &query)?;
        Ok::<_, ApiError>(selects.answer(&runs, next.as_deref()))
    })?;
    Ok(reply::raw(text))
}

impl BodyV2 {
    /// The equivalent query of the first API.
    fn check(self) -> Result<Query, ApiError> {
        let projects = self.project_ids.filter(|projects| !projects.is_empty());
        let projects = projects.ok_or_else(|| ApiError::BadRequest("project_ids is required".to_owned()))?;
        let now = clock::now();
        let mut query = Body {
            id: self.ids,
            trace: self.trace_id,
            run_type: self.run_type.as_deref().map(run_type).transpose()?,
            session: Some(projects),
            reference_example: self.reference_examples,
            start_time: self.min_start_time.or_else(|| Some(zoned(now - Duration::DAY))),
            end_time: self.max_start_time.or_else(|| Some(zoned(now))),
            error: self.has_error,
            is_root: self.is_root,
            filter: self.filter,
            trace_filter: self.trace_filter,
            tree_filter: self.tree_filter,
            ..Body::default()
        }
        .check()?;
        query.limit = match self.page_size.unwrap_or(100) {
            size @ 1..=MAX_PAGE_SIZE => size,
            _ => return Err(ApiError::BadRequest("page_size must be between 1 and 1000".to_owned())),
        };
        query.cursor = self.cursor.as_deref().map(read_cursor).transpose()?;
        Ok(query)
    }
}

fn run_type(name: &str) -> Result<RunType, ApiError> {
    let known = name.chars().all(|letter| letter.is_ascii_uppercase());
    let parsed = serde_json::from_value(json!(name.to_lowercase())).ok();
    parsed.filter(|_| known).ok_or_else(|| refused("run_type", "unknown run type"))
}
