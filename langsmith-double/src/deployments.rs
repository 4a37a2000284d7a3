//! The kinds of deployment that tests run against, by name. [`Service`] has their differences and the sources.

use crate::service::Service;

/// A kind of deployment.
#[derive(Debug, Clone, Copy)]
pub struct Deployment {
    /// The name on the command line and in tests.
    pub name: &'static str,
    /// How the API behaves.
    pub service: Service,
    /// Whether the workspace has a data plane of its own.
    pub has_data_plane: bool,
}

/// Every deployment. The first one is the default of tests that are not about deployments.
pub const DEPLOYMENTS: [Deployment; 6] = [
    Deployment::whole("lenient", Service::LENIENT),
    Deployment::whole("ch-only", Service::CH_ONLY),
    Deployment::whole("dual", Service::DUAL),
    Deployment::whole("smithdb-only", Service::SMITHDB_ONLY),
    Deployment::whole("cloud", Service::CLOUD),
    Deployment { has_data_plane: true, ..Deployment::whole("byoc", Service::CLOUD) },
];

impl Deployment {
    const fn whole(name: &'static str, service: Service) -> Self {
        Self { name, service, has_data_plane: false }
    }

    /// The deployment with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        DEPLOYMENTS.into_iter().find(|deployment| deployment.name == name)
    }
}
