//! `cargo xtask emulator`: the tests that need MiniStack, which a plain `cargo test --workspace` leaves out.

use crate::command::{Outcome, cargo, run, step};
use crate::setup;

/// Sets up what is missing and runs them; further arguments go to `cargo test`.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    setup::emulator::prepare()?;
    step("tests in the emulator");
    run(cargo().args(["test", "--package", "emulated", "--features", "emulator"]).args(arguments))
}
