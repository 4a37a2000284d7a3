//! The stack and its parts, in the emulator. `cargo xtask emulator` runs these tests.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a failed step is a failed test, and answers of our own machine need no bound"
)]

mod contracts;
mod end;
mod flow;
mod gaps;
mod gateway;
mod instances;
mod janitor;
mod logs;
mod page;
mod regions;
mod restore;
mod revived;
mod tear_down;
