//! Tracing projects, which the API calls sessions.

pub(super) mod session;
pub(super) mod sessions;
