//! Black-box tests, one file per behaviour, in one binary, because linking the whole system takes most of the time.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed step is a failed test, and answers of our own server need no bound"
)]

mod amplification;
mod budgets;
mod connections;
mod credentials;
mod data_planes;
mod documents;
mod faults;
mod flow;
mod hostile;
mod interop;
mod isolation;
mod manners;
mod narrowed;
mod refresh;
mod refresh_scope;
mod registration;
mod resources;
mod server_scopes;
mod spelling;
mod theft;
mod upstream_login;
