//! Data of the organization and not of one workspace: these calls never go to a data plane.

pub(crate) mod get_billing_usage;
pub(crate) mod list_workspaces;
