//! Workspaces whose data is in their organization's own cloud ("bring your own cloud"). LangSmith's list of workspaces
//! names the data plane of each (`data_plane_url`), and all traffic of the workspace goes there; resources of the
//! organization stay at LangSmith (LangSmith's documentation, "BYOC usage").
//!
//! A credential is sent only to the address in that list: no caller chooses a data plane. The list is kept with a
//! login, sealed, and remembered for a few minutes by the hash of the credential. A data plane that cannot be used is
//! an error that names it, never a fallback to LangSmith itself, which would hold none of the workspace's data, or
//! other data.

mod address;
mod client;
mod error;
mod failure;
mod known;
mod list;
mod listed;
mod reach;
mod resolve;
mod resolver;

use primitives::ids::WorkspaceId;

pub use self::address::shown_data_plane;
pub use self::client::DataPlaneSettings;
pub(super) use self::client::DataPlanes;
pub use self::error::{DataPlaneError, DataPlaneProblem};
pub(super) use self::known::KnownDataPlanes;
pub use self::listed::ListedDataPlanes;
pub(super) use self::resolver::RefusedAddress;

use crate::transport::endpoint::Place;

/// The data plane of a workspace, with a validated address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataPlane {
    workspace: Option<WorkspaceId>,
    place: Place,
    origin: String,
}

impl DataPlane {
    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// Scheme, host and port, for error texts.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn failed(&self, problem: DataPlaneProblem) -> DataPlaneError {
        DataPlaneError { workspace: self.workspace.clone(), address: Some(self.origin.clone()), problem }
    }
}
