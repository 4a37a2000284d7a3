//! The state of a running double.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use uuid::Uuid;

use crate::agent_deployments::AgentDeployments;
use crate::data::World;
use crate::data_plane::{DataPlanes, is_of_organization};
use crate::faults::Faults;
use crate::modes::Modes;
use crate::oauth::registered::Registry;
use crate::oauth::tokens::Tokens;
use crate::record::Log;
use crate::reply::ApiError;
use crate::service::Service;
use crate::shelf::lock;

/// The state shared by all requests.
pub(crate) struct App {
    /// `http://127.0.0.1:PORT`, also the OAuth issuer and the resource identifier.
    pub(crate) base: String,
    pub(crate) world: World,
    pub(crate) modes: Modes,
    pub(crate) service: Service,
    pub(crate) clients: Registry,
    pub(crate) tokens: Tokens,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    stopping: watch::Receiver<bool>,
    revoked_keys: Mutex<BTreeSet<String>>,
    pub(crate) misspelled_issuer: AtomicBool,
    pub(crate) data_planes: DataPlanes,
    pub(crate) agent_deployments: AgentDeployments,
    pub(crate) control_plane: Option<Arc<App>>,
    /// The number of additional workspaces of every caller; they exist in lists only.
    pub(crate) more_workspaces: AtomicUsize,
    /// Workspaces of another organization: a list covers one organization only.
    pub(crate) other_organization: Mutex<BTreeSet<Uuid>>,
}

/// The part of the state that the options decide.
pub(crate) struct Parts {
    pub(crate) modes: Modes,
    pub(crate) service: Service,
    pub(crate) clients: Registry,
    pub(crate) tokens: Tokens,
    pub(crate) control_plane: Option<Arc<App>>,
}

impl App {
    /// The initial state.
    pub(crate) fn new(base: String, world: World, parts: Parts, stopping: watch::Receiver<bool>) -> Self {
        let Parts { modes, service, clients, tokens, control_plane } = parts;
        Self {
            base,
            world,
            modes,
            service,
            clients,
            tokens,
            stopping,
            faults: Faults::default(),
            log: Log::default(),
            revoked_keys: Mutex::default(),
            misspelled_issuer: AtomicBool::new(false),
            data_planes: DataPlanes::default(),
            agent_deployments: AgentDeployments::default(),
            control_plane,
            more_workspaces: AtomicUsize::new(0),
            other_organization: Mutex::default(),
        }
    }

    /// Waits until the double stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        // An error means that the sender is gone, which also means a stop.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Revokes an API key.
    pub(crate) fn revoke_key(&self, key: &str) {
        lock(&self.revoked_keys).insert(key.to_owned());
    }

    /// Whether an API key was revoked.
    pub(crate) fn is_revoked(&self, key: &str) -> bool {
        lock(&self.revoked_keys).contains(key)
    }

    /// Refuses access to the data of a workspace that is served elsewhere.
    pub(crate) fn has_data_of(&self, workspace: Uuid, path: &str) -> Result<(), ApiError> {
        let is_here = match &self.control_plane {
            None => self.data_planes.url(workspace).is_none(),
            Some(control) => {
                control.data_planes.url(workspace).is_some_and(|url| url.starts_with(&self.base))
            }
        };
        if is_here || is_of_organization(path) { Ok(()) } else { Err(ApiError::Elsewhere) }
    }
}
