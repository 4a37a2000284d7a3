//! `cargo xtask deployments`: the tests of `/mcp` against each kind of LangSmith deployment. `cargo xtask test` runs
//! them against the first one.
//!
//! A test that needs what a deployment lacks runs against the first one there, too. It passes and shows nothing, so
//! these tests are counted and named.

use crate::command::{self, Outcome, cargo, step};
use crate::paths;
use std::collections::BTreeSet;
use std::fs;

/// The double's names for them (langsmith-double/src/deployments.rs); one of its tests compares the lists.
const DEPLOYMENTS: [&str; 6] = ["lenient", "ch-only", "dual", "smithdb-only", "cloud", "byoc"];

/// Runs the tests for each kind, and fails with the names of those that failed.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    let (mut failed, mut counts) = (Vec::new(), Vec::new());
    // The tests run in another folder.
    let list = std::path::absolute(paths::target().join("tests-of-another-deployment.txt"));
    let list = list.map_err(|error| format!("the target folder: {error}"))?;
    for deployment in DEPLOYMENTS {
        step(deployment);
        let empty = fs::create_dir_all(paths::target()).and_then(|()| fs::write(&list, ""));
        empty.map_err(|error| format!("{}: {error}", list.display()))?;
        let mut tests = cargo();
        tests.args(["test", "--workspace", "--features", "emulated/emulator", "--test", "http"]);
        tests.args(arguments).env("LANGSMITH_DEPLOYMENT", deployment);
        if command::run(tests.env("LANGSMITH_DEPLOYMENT_REPLACED", &list)).is_err() {
            failed.push(deployment);
        }
        let replaced = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
        let replaced = distinct(&replaced);
        for test in &replaced {
            println!("    not against {deployment}: {test}");
        }
        counts.push(format!("{deployment} {}", replaced.len()));
    }
    println!("tests that need what the deployment lacks, and ran against lenient: {}", counts.join(", "));
    if failed.is_empty() { Ok(()) } else { Err(format!("tests failed against: {}", failed.join(", "))) }
}

/// The tests in a list to which each server that a test starts adds a line.
fn distinct(list: &str) -> BTreeSet<&str> {
    list.lines().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_with_several_servers_counts_once() {
        assert_eq!(distinct("b::y\na::x\nb::y\n"), BTreeSet::from(["a::x", "b::y"]));
        assert!(distinct("").is_empty());
    }
}
