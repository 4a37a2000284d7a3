//! Programs of other people's, built from crates.io in a pinned version.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{Outcome, cargo, output, run};
use crate::paths;

/// The program of this crate, which has the crate's name; the first call builds it, which takes minutes.
pub(crate) fn installed(krate: &str, version: &str) -> Outcome<PathBuf> {
    let binary = paths::tools().join("bin").join(krate);
    // `cargo-mutants` tells its version only as a command of Cargo's.
    let is_there = || output(Command::new(&binary).args([krate.trim_start_matches("cargo-"), "--version"]));
    let is_there = binary.exists() && is_there()?.ends_with(version);
    if !is_there {
        // Unoptimised: these run for seconds, and optimising one takes longer than all its runs.
        run(cargo()
            .args(["install", krate, "--debug", "--locked", "--version", version, "--root"])
            .arg(paths::tools())
            .env("CARGO_PROFILE_DEV_DEBUG", "false"))?;
    }
    Ok(binary)
}
