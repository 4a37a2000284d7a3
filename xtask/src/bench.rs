//! `cargo xtask bench [lambda]`: release builds, the peers, and the program that measures them.

use crate::command::{Outcome, cargo, run, step};
use crate::lambda;
use crate::paths;
use crate::setup;
use std::process::Command;

/// The only release builds of the chores; in one call, because separate builds would compile most crates anew.
const PROGRAMS: [&str; 6] = ["-p", "local", "-p", "langsmith-double", "-p", "bench"];

/// Measures everything and writes the tables to `docs/benchmarks.md`; passes further arguments to the program.
pub(crate) fn run_all(arguments: &[String]) -> Outcome {
    let peers = setup::bench::prepare()?;
    step("release builds");
    run(cargo().args(["build", "--release", "--locked", "--no-default-features"]).args(PROGRAMS))?;
    step("measurements");
    let built = paths::target().join("release");
    run(Command::new(built.join("bench"))
        .arg("servers")
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
        .arg("--fastmcp-provider")
        .arg(paths::root().join("tests/bench/python/provider.py"))
        .arg("--page")
        .arg(paths::root().join("docs/benchmarks.md"))
        .arg("--scratch")
        .arg(paths::root().join("target/tmp"))
        .args(arguments))
}

/// Measures the functions' programs; passes further arguments to the program.
pub(crate) fn run_lambda(arguments: &[String]) -> Outcome {
    let python = setup::bench::prepare_lambda()?;
    lambda::build(&[])?;
    let programs = lambda::build_hello()?;
    step("release build");
    run(cargo().args(["build", "--release", "--locked", "-p", "bench"]))?;
    step("measurements");
    let bench = paths::root().join("tests/bench");
    run(Command::new(paths::target().join("release/bench"))
        .env("LAMBDA_BOOTSTRAPS", programs)
        .arg("lambda")
        .arg("--python")
        .arg(python)
        .arg("--scripts")
        .arg(bench.join("python"))
        .arg("--page")
        .arg(paths::root().join("docs/benchmarks.md"))
        .args(arguments))
}
