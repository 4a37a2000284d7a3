//! Projects, and what is remembered of one.

pub(crate) mod project;
pub(crate) mod project_facts;
