//! Patches and feedback that arrive before their run.
//!
//! SDK: the beginning and the end of a run are separate requests that may overtake each other, and the platform merges
//! them. Assumed: a run is invisible until its beginning arrives.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::{NewFeedback, RunFields};

/// The patches and feedback waiting for one run.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    pub(crate) patches: Vec<RunFields>,
    /// Each with its arrival time, and whether its score is rounded to four decimals.
    pub(crate) feedback: Vec<(NewFeedback, OffsetDateTime, bool)>,
}

/// The waiting patches and feedback, by workspace and run.
#[derive(Default)]
pub(super) struct Waiting(BTreeMap<(Uuid, Uuid), Rest>);

impl Waiting {
    /// The entry of a run, to be extended.
    pub(super) fn of(&mut self, workspace: Uuid, run: Uuid) -> &mut Rest {
        self.0.entry((workspace, run)).or_default()
    }

    /// Removes the entry of a run that has arrived.
    pub(super) fn remove(&mut self, workspace: Uuid, run: Uuid) -> Rest {
        self.0.remove(&(workspace, run)).unwrap_or_default()
    }
}
