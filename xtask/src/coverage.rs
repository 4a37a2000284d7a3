//! `cargo xtask coverage`: cargo-llvm-cov counts the lines that tests run. Only those that need no other program are
//! counted: those beside the code, over HTTP, of contracts and of the whole system.

use std::process::Command;

use crate::command::{Outcome, run};
use crate::{paths, tools};

const CARGO_LLVM_COV: &str = "0.9.1";

/// The packages whose tests run.
const TESTED: [&str; 13] = [
    "primitives",
    "oauth",
    "langsmith",
    "agent-server",
    "shared",
    "metadata",
    "register",
    "authorize",
    "token",
    "mcp",
    "janitor",
    "contract",
    "e2e",
];

/// Code of tests and of tools for developers is not counted.
const NOT_COUNTED: &str = "/(tests|xtask|langsmith-double)/|tests?\\.rs$";

/// Runs the tests and writes the table; further arguments go to cargo-llvm-cov.
pub(crate) fn run_all(arguments: &[String]) -> Outcome {
    let llvm_cov = tools::installed("cargo-llvm-cov", CARGO_LLVM_COV)?;
    let report = paths::target().join("coverage");
    let tests = TESTED.iter().flat_map(|package| ["--package", package]);
    let mut command = Command::new(&llvm_cov);
    command.current_dir(paths::root()).args(["llvm-cov", "--no-report", "--no-fail-fast", "--locked"]);
    run(command.args(tests).args(arguments))?;
    let mut html = Command::new(&llvm_cov);
    html.current_dir(paths::root()).args(["llvm-cov", "report", "--html", "--output-dir"]).arg(&report);
    run(html.args(["--ignore-filename-regex", NOT_COUNTED]))?;
    let mut table = Command::new(&llvm_cov);
    table.current_dir(paths::root()).args(["llvm-cov", "report", "--summary-only"]);
    run(table.args(["--ignore-filename-regex", NOT_COUNTED]))
}
