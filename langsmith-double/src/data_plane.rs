//! Workspaces whose data is in their organization's own cloud: two doubles, one as LangSmith itself and one as the data
//! plane of a workspace.
//!
//! Documentation, "BYOC usage": API keys, people and billing belong to the control plane; traces, datasets, experiments
//! and other application data are in the data plane, and all API traffic of the workspace goes there, to paths below
//! `/api`. Description: `data_plane_url` of `GET /api/v1/workspaces`. Assumed: a data plane accepts every credential of
//! its workspace; LangSmith itself answers 403 for the data of such a workspace; a data plane serves no other workspace
//! (403), and nothing of the organization (404).

use std::collections::BTreeMap;
use std::sync::Mutex;

use uuid::Uuid;

use crate::shelf::lock;

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
const ORGANIZATION: [&str; 6] = ["/auth/", "/workspaces", "/orgs/", "/me/", "/settings", "/api-host/"];

/// Whether a path leads to such a resource.
pub(crate) fn is_of_organization(path: &str) -> bool {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    ORGANIZATION.iter().any(|start| path.starts_with(start))
}
