//! What came before the run that it belongs to.
//!
//! SDK: the beginning and the end of a run go in requests that may overtake each other, and the platform puts them together.
//! Assumed: until the beginning is there, nobody sees the run.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::{NewFeedback, RunFields};

/// The rest of one run.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    pub(crate) patches: Vec<RunFields>,
    /// With the time at which it came, and whether its score is kept to four decimals.
    pub(crate) feedback: Vec<(NewFeedback, OffsetDateTime, bool)>,
}

/// By workspace and run.
#[derive(Default)]
pub(super) struct Waiting(BTreeMap<(Uuid, Uuid), Rest>);

impl Waiting {
    /// The rest of a run, to be added to.
    pub(super) fn of(&mut self, workspace: Uuid, run: Uuid) -> &mut Rest {
        self.0.entry((workspace, run)).or_default()
    }

    /// The rest of a run that has come.
    pub(super) fn take(&mut self, workspace: Uuid, run: Uuid) -> Rest {
        self.0.remove(&(workspace, run)).unwrap_or_default()
    }
}
