//! Annotation queues.

pub(super) mod queue;
pub(super) mod runs;
