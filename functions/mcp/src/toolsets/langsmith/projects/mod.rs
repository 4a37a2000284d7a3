//! Tracing projects.

pub(crate) mod list_projects;
