//! Workspaces whose data is in their organization's own cloud: two doubles, one as LangSmith itself and one as the data
//! plane of a workspace.
//!
//! Documentation, "BYOC usage": API keys, people and billing belong to the control plane; traces, datasets, experiments
//! and other application data are in the data plane, and all API traffic of the workspace goes there, to paths below
//! `/api`. Description: `data_plane_url` of `GET /api/v1/workspaces`. Assumed: a data plane accepts every credential of
//! its workspace; LangSmith itself answers 403 for the data of such a workspace; a data plane serves no other workspace
//! (403), and nothing of the organization (404).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::reply::ApiError;
use crate::state::{App, lock};
use crate::{Double, Options, start};

/// Starts LangSmith itself and the data plane of one workspace, both with these options.
///
/// Fails if a port cannot be bound.
pub async fn start_byoc(options: Options, workspace: Uuid) -> std::io::Result<(Double, Double)> {
    let control = start(options.clone()).await?;
    let own = Options { port: 0, oauth: false, control_plane: Some(control.handle()), ..options };
    let data_plane = start(own).await?;
    control.handle().set_data_plane(workspace, Some(&data_plane.url()));
    Ok((control, data_plane))
}

/// The URLs of the data planes by workspace, as the list of workspaces states them.
#[derive(Default)]
pub(crate) struct DataPlanes(Mutex<BTreeMap<Uuid, String>>);

impl DataPlanes {
    pub(crate) fn set(&self, workspace: Uuid, url: Option<&str>) {
        let mut all = lock(&self.0);
        match url {
            Some(url) => all.insert(workspace, url.to_owned()),
            None => all.remove(&workspace),
        };
    }

    pub(crate) fn url(&self, workspace: Uuid) -> Option<String> {
        lock(&self.0).get(&workspace).cloned()
    }
}

/// Resources of the organization or of no workspace, by the start of their path below `/api/v1`.
const ORGANIZATION: [&str; 4] = ["/workspaces", "/orgs/", "/me/", "/settings"];

fn is_of_organization(path: &str) -> bool {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    ORGANIZATION.iter().any(|start| path.starts_with(start))
}

impl App {
    /// Refuses access to the data of a workspace that is served elsewhere.
    pub(crate) fn has_data_of(&self, workspace: Uuid, path: &str) -> Result<(), ApiError> {
        let is_here = match &self.control_plane {
            None => self.data_planes.url(workspace).is_none(),
            Some(control) => {
                control.0.data_planes.url(workspace).is_some_and(|url| url.starts_with(&self.base))
            }
        };
        if is_here || is_of_organization(path) { Ok(()) } else { Err(ApiError::Elsewhere) }
    }
}

/// A data plane serves LangSmith's API below `/api`, and nothing that belongs to the organization.
pub(crate) async fn apply(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if app.control_plane.is_some() && (!path.starts_with("/api/") || is_of_organization(path)) {
        return ApiError::NotFound("Page").into_response();
    }
    next.run(request).await
}
