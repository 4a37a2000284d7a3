//! The deployment, the caller, organizations and workspaces.

pub(super) mod auth_info;
pub(super) mod info;
pub(super) mod me;
pub(super) mod orgs;
pub(super) mod settings;
pub(super) mod usage;
pub(super) mod workspaces;
