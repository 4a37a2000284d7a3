//! All requirements for a change besides its tests.

use crate::command::{EVERYTHING, Outcome, cargo, run, step};
use crate::{advisories, paths, tools};
use std::path::PathBuf;
use std::process::Command;

const CARGO_DENY: &str = "0.20.2";

/// Formatting, clippy, documentation and dependency policy, cheapest first.
pub(crate) fn run_all() -> Outcome {
    step("formatting");
    run(cargo().args(["fmt", "--all", "--check"]))?;
    step("clippy");
    run(cargo().arg("clippy").args(EVERYTHING).args(["--", "-D", "warnings"]))?;
    step("documentation");
    run(cargo()
        .args(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings"))?;
    step("dependency policy");
    let deny = cargo_deny()?;
    run(Command::new(&deny).current_dir(paths::root()).args([
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]))?;
    advisories::check_if_reachable(&deny)
}

/// The pinned cargo-deny.
pub(crate) fn cargo_deny() -> Outcome<PathBuf> {
    tools::installed("cargo-deny", CARGO_DENY)
}
