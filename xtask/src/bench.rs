//! `cargo xtask bench`: release builds, the peers, and the program that measures them.

use crate::command::{Outcome, cargo, run, step};
use crate::paths;
use crate::setup;
use std::process::Command;

/// The only release builds that the chores make; in one call, because built alone each would compile most crates anew.
const PROGRAMS: [&str; 6] = ["-p", "local", "-p", "langsmith-double", "-p", "bench"];

/// Measures everything and writes the tables to `docs/benchmarks.md`; further arguments go to the program.
pub(crate) fn run_all(arguments: &[String]) -> Outcome {
    let peers = setup::bench::prepare()?;
    step("release builds");
    run(cargo().args(["build", "--release", "--locked"]).args(PROGRAMS))?;
    step("measurements");
    let built = paths::root().join("target/release");
    run(Command::new(built.join("bench"))
        .arg("--server")
        .arg(built.join("langsmith-remote-mcp"))
        .arg("--double")
        .arg(built.join("langsmith-double"))
        .arg("--python")
        .arg(peers.python)
        .arg("--node")
        .arg(peers.node)
        .arg("--provider")
        .arg(peers.provider)
        .arg("--page")
        .arg(paths::root().join("docs/benchmarks.md"))
        .arg("--scratch")
        .arg(paths::root().join("target/tmp"))
        .args(arguments))
}
