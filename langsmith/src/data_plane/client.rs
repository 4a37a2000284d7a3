//! The HTTP client for data planes, and its rules.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use primitives::authority::is_loopback;
use primitives::ids::WorkspaceId;
use reqwest::{Client, Url};

use super::DataPlane;
use super::address::{Destination, Rules};
use super::error::{DataPlaneError, DataPlaneProblem};
use super::reach::Reach;
use super::resolver::Resolver;
use crate::UpstreamError;
use crate::transport::client::resolving_client;

/// The operator's settings for data planes, and this server's own address.
#[derive(Clone, Debug, Default)]
pub struct DataPlaneSettings {
    /// The public URL of this server, which no data plane may have.
    pub ourselves: Option<Url>,
    /// Whether a data plane may be in a private network.
    pub private: bool,
    /// Additional certificate authorities (PEM). The client for LangSmith itself has read the file once already.
    pub ca_file: Option<PathBuf>,
}

/// The data planes of one LangSmith.
#[derive(Debug)]
pub(crate) struct DataPlanes {
    rules: Rules,
    ca_file: Option<PathBuf>,
    /// Built at the first call to a data plane: most deployments have none, and should not pay for it at a cold start.
    client: OnceLock<Client>,
}

impl DataPlanes {
    pub(crate) fn new(langsmith: &Url, settings: DataPlaneSettings) -> Self {
        let DataPlaneSettings { ourselves, private, ca_file } = settings;
        let reach = Reach { loopback: is_loopback(langsmith), private };
        let rules = Rules { langsmith: langsmith.clone(), ourselves, reach };
        Self { rules, ca_file, client: OnceLock::new() }
    }

    /// The HTTP client for data planes.
    pub(crate) fn client(&self) -> Result<&Client, UpstreamError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let made = resolving_client(self.ca_file.as_deref(), Arc::new(Resolver(self.rules.reach)));
        let made = made.map_err(|error| {
            tracing::error!(%error, "there is no way to data planes");
            UpstreamError::Unreachable
        })?;
        Ok(self.client.get_or_init(|| made))
    }

    /// The URL at `address`, by the same rules: one of another server in LangSmith's lists. A private address is allowed if
    /// `is_chosen` says that the operator has named its host.
    pub(crate) fn plain(
        &self,
        address: &str,
        is_chosen: impl Fn(&Url) -> bool,
    ) -> Result<Url, DataPlaneProblem> {
        self.rules.plain(address, is_chosen)
    }

    /// The data plane at this address of LangSmith's list; `None` if that is LangSmith itself.
    pub(super) fn at(
        &self,
        workspace: Option<&WorkspaceId>,
        address: &str,
    ) -> Result<Option<DataPlane>, DataPlaneError> {
        let workspace = workspace.cloned();
        match self.rules.judge(address) {
            Ok(Destination::LangSmith) => Ok(None),
            Ok(Destination::DataPlane(place, origin)) => Ok(Some(DataPlane { workspace, place, origin })),
            Err(refused) => {
                Err(DataPlaneError { workspace, address: refused.shown, problem: refused.problem })
            }
        }
    }
}
