//! Prompt repositories and their commits.

pub(super) mod commits;
pub(super) mod likes;
pub(super) mod repo_tags;
pub(super) mod repos;
