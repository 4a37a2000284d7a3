//! The writes of a push so far. A failure names them, because they stay.

use crate::toolset::CallError;
use crate::toolsets::langsmith::partial;

/// The writes, oldest first, in words.
#[derive(Debug, Default)]
pub(super) struct Done(Vec<String>);

impl Done {
    /// Adds a write.
    pub(super) fn add(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }

    /// A failure after these writes.
    pub(super) fn failed(&self, error: impl Into<CallError>) -> CallError {
        let error = error.into();
        if self.0.is_empty() {
            return error;
        }
        let done = format!("Done before that: {}.", self.0.join(", "));
        match error {
            CallError::Upstream(error) => partial::after(&error, &done),
            CallError::Tool(error) => error.with(&done).into(),
            error @ (CallError::PartiallyDone(_) | CallError::Protocol(_)) => error,
        }
    }
}
