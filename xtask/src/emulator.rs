//! `cargo xtask emulator`: the tests that need MiniStack, which a plain `cargo test --workspace` leaves out.

use crate::command::{Outcome, cargo, run, step};
use crate::lambda;
use crate::setup;

/// Sets up the emulator and runs the tests; passes further arguments to `cargo test`.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    setup::emulator::prepare()?;
    let mut tests = cargo();
    tests.args(["test", "--package", "emulated", "--features", "emulator"]).args(arguments);
    let tests = lambda::started_by(&mut tests)?;
    step("tests in the emulator");
    run(tests)
}
