//! `GET` and `POST /api/v1/mcp/proxy`: a request to a registered server, with its stored headers.

mod answer;
mod headers;
mod request;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use outbound::{GuardedRequest, GuardedUrl, Limits};
use primitives::deadline::Deadline;
use primitives::server_permissions::ServerPermission;
use shared::servers::{AccessFailure, Caller, ServerId};

use crate::Deps;
use crate::api::ApiError;
use crate::error::{FieldError, ToolCacheError};
use request::ProxyRequest;

/// The maximum size of an answer, in bytes: Lambda's own limit is 6 MB, in base64.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

pub(crate) async fn read(
    State(deps): State<Arc<Deps>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let caller = invoker(&deps, &headers).await?;
    Ok(pass(&deps, &caller, ProxyRequest::of_query(query.as_deref())?).await?)
}

pub(crate) async fn send(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let caller = invoker(&deps, &headers).await?;
    Ok(pass(&deps, &caller, ProxyRequest::of_body(body).await?).await?)
}

async fn invoker(deps: &Deps, headers: &HeaderMap) -> Result<Arc<Caller>, ToolCacheError> {
    let caller = deps.callers.identify(headers).await?;
    if caller.may(ServerPermission::Invoke) { Ok(caller) } else { Err(ToolCacheError::NotPermitted) }
}

/// Sends the request to the server that has exactly this URL: to any other, we would be an open proxy.
async fn pass(deps: &Deps, caller: &Caller, asked: ProxyRequest) -> Result<Response, ToolCacheError> {
    let url = GuardedUrl::parse(&asked.url, deps.policy).map_err(|refused| {
        let place = vec![asked.place, "url"];
        ToolCacheError::Fields(vec![FieldError::new(place, "value_error", refused.to_string())])
    })?;
    let server = deps.servers.servers.at_url(&caller.workspace, &url.canonical()).await?;
    let server = server.ok_or(ToolCacheError::UnknownServer)?;
    let id = ServerId::parse(&server.owner).ok_or(ToolCacheError::UnknownServer)?;
    let address = deps.servers.address(&caller.workspace, id).await.map_err(|failure| match failure {
        AccessFailure::Gone => ToolCacheError::UnknownServer,
        AccessFailure::Store(error) => error.into(),
        AccessFailure::Vault(error) => error.into(),
    })?;
    tracing::info!(
        target: "audit",
        event = "mcp_server_called",
        workspace = %caller.workspace,
        server = %id,
        method = %asked.method,
    );
    let headers = headers::sent(&asked.headers, &address.headers);
    let request = GuardedRequest::new(asked.method, &address.url).headers(headers).body(asked.body);
    let deadline = Deadline::after(Duration::from_secs(asked.timeout));
    let limits = Limits { body: MAX_ANSWER, deadline, idle: Duration::from_secs(asked.timeout) };
    let answer = deps.servers.client.send(request, limits).await?;
    answer::of(answer, asked.timeout).await
}
