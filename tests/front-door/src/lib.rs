//! API Gateway, Lambda, DynamoDB, Secrets Manager and KMS in one process, as far as this project uses them, and strict
//! where AWS is strict, so that what passes here works when deployed.
//!
//! The programs are the real ones. They use our own Lambda Runtime API; HTTP requests become REST API proxy events by
//! the routes, the authorizer and the gateway responses of `infra/template.yaml`; their variables are the template's,
//! and calls that their role does not allow are refused.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops there, and says why"
)]

mod access;
pub mod aws;
mod bootstraps;
mod deployer;
mod deployment;
mod event;
mod fault;
mod function;
mod gateway;
mod guard;
mod instance;
mod log;
mod reply;
mod role;
mod services;
mod stack;

pub use bootstraps::bootstrap;
pub use function::{Failure, Function};
pub use instance::{Instance, Program, StartFailure};
pub use log::Log;
pub use stack::{FrontDoor, Options};
