//! The two pages of the login: sign in, then consent.
//!
//! They work without script, so everything is a form; and no control that can take the focus has an `id`, because a
//! page that opens ours with `#id` would focus it and could trick someone who holds Enter into pressing Allow.

mod consent;
mod login;
mod signed_in;

pub(crate) use consent::{ConsentPage, ScopeOption, WorkspaceOption};
pub(crate) use login::{LoginPage, Purpose};

#[cfg(test)]
mod tests;
