//! The stack in MiniStack: the templates in the form that CloudFormation gets, the real programs behind its API
//! Gateway, and its DynamoDB, Secrets Manager and KMS for all that uses them.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops there, and says why"
)]

mod deployment;
mod domain;
mod emulator;
mod package;

pub use deployment::{Deployment, Options, turn};
pub use emulator::{Emulator, program, root, run, script};
