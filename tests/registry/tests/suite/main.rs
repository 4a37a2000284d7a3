//! The registry over HTTP.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed step is a failed test"
)]

mod callers;
mod cli;
mod instances;
mod providers;
mod proxy;
mod real_servers;
mod schema;
mod servers;
mod tools;
