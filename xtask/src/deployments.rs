//! `cargo xtask deployments`: the tests of `/mcp` against each kind of LangSmith deployment. `cargo xtask test` runs
//! them against the first one.

use crate::command::{self, Outcome, cargo, step};

/// The double's names for them (langsmith-double/src/deployments.rs); one of its tests compares the lists.
const DEPLOYMENTS: [&str; 6] = ["lenient", "ch-only", "dual", "smithdb-only", "cloud", "byoc"];

/// Runs the tests for each kind, and fails with the names of those that failed.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    let mut failed = Vec::new();
    for deployment in DEPLOYMENTS {
        step(deployment);
        let mut tests = cargo();
        tests.args(["test", "--workspace", "--features", "emulated/emulator", "--test", "http"]);
        let run = command::run(tests.args(arguments).env("LANGSMITH_DEPLOYMENT", deployment));
        if run.is_err() {
            failed.push(deployment);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("tests failed against: {}", failed.join(", "))) }
}
