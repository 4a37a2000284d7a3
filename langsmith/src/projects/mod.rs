//! Projects, and cached facts about them.

pub(crate) mod project;
pub(crate) mod project_facts;
