//! The state that a client keeps between calls. Ids belong to the caller who found them; see [`super::names`].

use primitives::clock::{SharedClock, Timestamp};

use crate::data_plane::KnownDataPlanes;
use crate::names::cache::Names;
use crate::projects::project_facts::KnownProjects;
use crate::runs::Offers;

/// The memory of one client and of its clones.
pub(crate) struct Memory {
    clock: SharedClock,
    pub(crate) names: Names,
    pub(crate) projects: KnownProjects,
    pub(crate) offers: Offers,
    pub(crate) data_planes: KnownDataPlanes,
}

impl Memory {
    pub(crate) fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            names: Names::new(),
            projects: KnownProjects::new(),
            offers: Offers::new(),
            data_planes: KnownDataPlanes::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
