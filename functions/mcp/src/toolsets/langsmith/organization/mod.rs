//! Tools about the organization of the login, not one workspace: usage and the list of workspaces. They go to LangSmith
//! itself and never to a data plane. A tool that works in one workspace belongs to its subject.

pub(crate) mod get_billing_usage;
pub(crate) mod list_workspaces;
