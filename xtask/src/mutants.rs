//! `cargo xtask mutants`: cargo-mutants changes one function at a time, and a test has to notice. It covers the code
//! whose mistakes would let somebody in, or lose rows: OAuth, the store, authentication and paging.

use std::fs;
use std::process::Command;

use crate::command::{Outcome, run, step};
use crate::{paths, tools};

const CARGO_MUTANTS: &str = "27.1.0";

/// A part of the code, and the tests that have to notice its mutants.
struct Part {
    name: &'static str,
    package: &'static str,
    files: &'static str,
    /// The packages of the tests: the store's are contracts, and authentication is tested through the whole system.
    tests: &'static str,
    /// Only tests whose names contain one of these run; all, if there are none.
    named: &'static [&'static str],
}

const PARTS: [Part; 4] = [
    Part { name: "oauth", package: "oauth", files: "oauth/src/**/*.rs", tests: "oauth", named: &[] },
    Part {
        name: "store",
        package: "shared",
        files: "shared/src/store/**/*.rs",
        tests: "shared,contract",
        named: &[],
    },
    Part {
        name: "auth",
        package: "mcp",
        files: "functions/mcp/src/auth/**/*.rs",
        tests: "mcp,e2e",
        named: &[
            "amplification",
            "auth",
            "connections",
            "credentials",
            "isolation",
            "refresh",
            "theft",
            "upstream_login",
        ],
    },
    Part {
        name: "paging",
        package: "mcp",
        files: "functions/mcp/src/toolset/paging/**/*.rs",
        tests: "mcp",
        named: &["paging"],
    },
];

/// Mutates all parts, or the one that is the first of `arguments`; the others are for cargo-mutants, such as
/// `--shard 0/4`. Survivors are listed, and in `target/mutants/<part>`.
pub(crate) fn run_all(arguments: &[String]) -> Outcome {
    let mutants = tools::installed("cargo-mutants", CARGO_MUTANTS)?;
    let wanted = arguments.first().filter(|first| PARTS.iter().any(|part| part.name == *first));
    let further = if wanted.is_some() { arguments.get(1..).unwrap_or_default() } else { arguments };
    let reports = paths::target().join("mutants");
    fs::create_dir_all(&reports).map_err(|error| format!("{}: {error}", reports.display()))?;
    let mut survived = Vec::new();
    for Part { name, package, files, tests, named } in PARTS {
        if wanted.is_some_and(|wanted| wanted != name) {
            continue;
        }
        step(name);
        let mut command = Command::new(&mutants);
        command.current_dir(paths::root()).args([
            "mutants",
            "--package",
            package,
            "--file",
            files,
            "--test-package",
            tests,
        ]);
        command.arg("--output").arg(reports.join(name));
        // A loop without an end is noticed by its time; on a busy machine, a slow test is not taken for one.
        command.args(["--timeout-multiplier", "5", "--minimum-test-timeout", "60"]).args(further);
        command.args(["--", "--"]).args(named);
        if let Err(error) = run(&mut command) {
            survived.push(format!("{name}: {error}"));
        }
    }
    if survived.is_empty() {
        Ok(())
    } else {
        Err(format!("mutants survived, or could not be made:\n{}", survived.join("\n")))
    }
}
