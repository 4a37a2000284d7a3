//! The organization: its workspaces, the user, and billing.

pub(crate) mod usage;
pub(crate) mod users;
pub(crate) mod workspaces;
