//! The tools about the organization of the login.

#[cfg(test)]
mod get_billing_usage;
#[cfg(test)]
mod list_workspaces;
