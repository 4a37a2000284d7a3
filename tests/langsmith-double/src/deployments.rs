//! The kinds of deployment that tests run against, by name. What each is like, and where that is written: [`Service`].

use crate::service::Service;

/// A kind of deployment.
#[derive(Debug, Clone, Copy)]
pub struct Deployment {
    /// As programs and tests are told.
    pub name: &'static str,
    /// How it serves what it holds.
    pub service: Service,
    /// Whether the data of a workspace is at a data plane of its own.
    pub has_data_plane: bool,
}

/// All of them. The first one is that of tests which are about none in particular.
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

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        DEPLOYMENTS.into_iter().find(|deployment| deployment.name == name)
    }
}
