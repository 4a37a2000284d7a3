//! `cargo xtask mutants`: cargo-mutants changes one function at a time, and a test has to notice. It covers the code whose
//! mistakes would let somebody in, or lose rows: OAuth, the store, authentication and paging.

use std::fs;
use std::process::Command;

use crate::command::{Outcome, run, step};
use crate::{paths, tools};

const CARGO_MUTANTS: &str = "27.1.0";

/// Each part: its name, its package, its files, and the arguments of its unit tests.
const PARTS: [(&str, &str, &str, &[&str]); 4] = [
    ("oauth", "oauth", "oauth/src/**/*.rs", &[]),
    ("store", "shared", "shared/src/store/**/*.rs", &["--features", "aws-vault,lambda"]),
    ("auth", "mcp", "functions/mcp/src/auth/**/*.rs", &[]),
    ("paging", "mcp", "functions/mcp/src/toolset/paging/**/*.rs", &["--lib"]),
];

/// Mutates all parts, or the one that is the first of `arguments`; the others are for cargo-mutants, such as
/// `--file oauth/src/scope.rs`. Survivors are listed, and in `target/mutants/<part>`.
pub(crate) fn run_all(arguments: &[String]) -> Outcome {
    let mutants = tools::installed("cargo-mutants", CARGO_MUTANTS)?;
    let wanted = arguments.first().filter(|first| PARTS.iter().any(|(part, ..)| part == first));
    let further = if wanted.is_some() { arguments.get(1..).unwrap_or_default() } else { arguments };
    let reports = paths::target().join("mutants");
    fs::create_dir_all(&reports).map_err(|error| format!("{}: {error}", reports.display()))?;
    let mut survived = Vec::new();
    for (part, package, files, tests) in PARTS {
        if wanted.is_some_and(|wanted| wanted != part) {
            continue;
        }
        step(part);
        let mut command = Command::new(&mutants);
        command.current_dir(paths::root()).args(["mutants", "--package", package, "--file", files]);
        command.arg("--output").arg(reports.join(part));
        // A loop without an end is noticed by its time; on a busy machine, a slow test is not taken for one.
        command.args(["--timeout-multiplier", "5", "--minimum-test-timeout", "60"]).args(further);
        command.arg("--").args(tests);
        if let Err(error) = run(&mut command) {
            survived.push(format!("{part}: {error}"));
        }
    }
    if survived.is_empty() {
        Ok(())
    } else {
        Err(format!("mutants survived, or could not be made:\n{}", survived.join("\n")))
    }
}
