//! `cargo xtask`: the only way in which CI, and anybody else, sets up, tests and lints this repository.
//!
//! It has no dependencies, so that it builds in seconds before anything else does.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks on the terminal")]

mod bench;
mod command;
mod lint;
mod paths;
mod setup;

use command::{Outcome, cargo, step};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  setup   prepare target/test-env: Python and npm packages of real MCP clients, Node 22, Chromium
  test    setup, then every test of the workspace (further arguments go to `cargo test --workspace`)
  lint    formatting, clippy, documentation, dependency policy
  ci      lint, then test
  bench   release builds, then ratios against peers into docs/benchmarks.md (further arguments go to the program)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let outcome = match arguments.first().map(String::as_str) {
        Some("setup") => setup::run(),
        Some("test") => test(rest),
        Some("lint") => lint::run_all(),
        Some("ci") => lint::run_all().and_then(|()| test(rest)),
        Some("bench") => bench::run_all(rest),
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("no such command\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn test(arguments: &[String]) -> Outcome {
    setup::run()?;
    step("tests");
    command::run(cargo().args(["test", "--workspace"]).args(arguments))
}
