//! The organization: its workspaces, the user, the identity of a credential, and billing.

pub(crate) mod auth_info;
pub(crate) mod usage;
pub(crate) mod users;
pub(crate) mod workspaces;
