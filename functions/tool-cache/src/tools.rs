//! `GET` and `DELETE /api/v1/mcp/tools`, and `GET /v1/deepagents/mcp/tools`.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;
use shared::web::reply;

use crate::Deps;
use crate::api::ApiError;
use crate::deepagents::DeepagentsError;
use crate::error::ToolCacheError;
use crate::find::{self, Urls};
use crate::query::ToolsQuery;
use crate::view::ToolsView;

pub(crate) async fn of_api(
    State(deps): State<Arc<Deps>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(tools(&deps, &headers, query.as_deref(), Urls::Any).await?)
}

pub(crate) async fn of_deepagents(
    State(deps): State<Arc<Deps>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, DeepagentsError> {
    Ok(tools(&deps, &headers, query.as_deref(), Urls::Registered).await?)
}

async fn tools(
    deps: &Deps,
    headers: &HeaderMap,
    query: Option<&str>,
    urls: Urls,
) -> Result<Response, ToolCacheError> {
    let caller = deps.callers.identify(headers).await?;
    let served = find::tools(deps, &caller, &ToolsQuery::parse(query)?, urls).await?;
    Ok(reply::json(StatusCode::OK, &ToolsView::of(&served)))
}

pub(crate) async fn forget(
    State(deps): State<Arc<Deps>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let caller = deps.callers.identify(&headers).await?;
    find::forget(&deps, &caller, &ToolsQuery::parse(query.as_deref())?).await?;
    Ok(reply::json(StatusCode::OK, &Value::Null))
}
