//! The state that a client keeps between calls. Ids belong to the caller who found them; see [`super::names`].

use std::sync::OnceLock;

use primitives::clock::{SharedClock, Timestamp};

use super::data_plane::KnownDataPlanes;
use super::names::Names;
use super::project_facts::KnownProjects;
use super::runs::{Flags, Offers};

/// The memory of one client and of its clones.
pub(super) struct Memory {
    clock: SharedClock,
    pub(super) names: Names,
    pub(super) projects: KnownProjects,
    pub(super) offers: Offers,
    /// The flags of LangSmith itself, once the process has read them.
    pub(super) flags: OnceLock<Flags>,
    pub(super) data_planes: KnownDataPlanes,
}

impl Memory {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            names: Names::new(),
            projects: KnownProjects::new(),
            offers: Offers::new(),
            flags: OnceLock::new(),
            data_planes: KnownDataPlanes::new(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
