//! Projects, their runs and the feedback on them: the sample data and the additions of requests.

mod feedback;
mod intake;
mod ledger;
mod new_feedback;
mod run_fields;
mod usage;
mod waiting;

pub(crate) use feedback::{StoredFeedback, Verdict};
pub(crate) use intake::{Intake, Terms};
pub(crate) use ledger::Ledger;
pub(crate) use new_feedback::NewFeedback;
pub(crate) use run_fields::RunFields;

use std::sync::{PoisonError, RwLock};

/// All projects of all workspaces. Queries run concurrently; a write is atomic.
#[derive(Default)]
pub(crate) struct Projects(RwLock<Ledger>);

impl Projects {
    /// Reads the store.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the store.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}
