//! The pages of the login: sign in, consent, for some apps the way back; and the list of connections.
//!
//! They work without script, so everything is a form; and no control that can take the focus has an `id`, because a
//! page that opens ours with `#id` would focus it and could trick someone who holds Enter into pressing Allow.

mod connections;
mod consent;
mod finish;
mod login;
mod moment;
mod signed_in;

pub(crate) use connections::{ConnectionRow, ConnectionsPage, EndedAllPage, EndedPage, EndedRow};
pub(crate) use consent::{ConsentPage, Missing, ScopeOption, WorkspaceOption};
pub(crate) use finish::{Decided, FinishPage, Opened};
pub(crate) use login::{LoginPage, Purpose};
pub(crate) use moment::Moment;

#[cfg(test)]
mod connections_tests;
#[cfg(test)]
mod tests;
