//! The tool of tracing projects.

#[cfg(test)]
mod list_projects;
