//! Workspaces whose data lies in their organization's own cloud ("bring your own cloud"). LangSmith's list of workspaces
//! names the data plane of each (`data_plane_url`), and all traffic of the workspace goes there; what belongs to the
//! organization stays at LangSmith (LangSmith's documentation, "BYOC usage").
//!
//! A credential goes where that list says, and nowhere else: no caller names a data plane. What the list says is kept with
//! a login, sealed, and remembered for a few minutes by the credential's hash. A data plane that cannot be used is an error
//! that names it: LangSmith itself would hold nothing of the workspace's, or something else.

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

pub use self::address::shown_data_plane;
pub use self::client::DataPlaneSettings;
pub(super) use self::client::DataPlanes;
pub use self::error::{DataPlaneError, DataPlaneProblem};
pub(super) use self::known::KnownDataPlanes;
pub use self::listed::ListedDataPlanes;
pub(super) use self::resolver::RefusedAddress;

use super::endpoint::Place;
use crate::ids::WorkspaceId;

/// The data plane of a workspace, whose address may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataPlane {
    workspace: Option<WorkspaceId>,
    place: Place,
    shown: String,
}

impl DataPlane {
    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// Its scheme, host and port, as errors name it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    fn failed(&self, problem: DataPlaneProblem) -> DataPlaneError {
        DataPlaneError { workspace: self.workspace.clone(), address: Some(self.shown.clone()), problem }
    }
}
