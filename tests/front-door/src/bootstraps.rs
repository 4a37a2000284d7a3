//! The programs that `cargo xtask lambda` builds.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The variable for a folder of programs that are built already, such as the deployed ones.
const BUILT: &str = "LAMBDA_BOOTSTRAPS";

/// The program of a function. The first call of a test run builds all of them: a test of an outdated program proves
/// nothing.
pub fn bootstrap(function: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| std::env::var_os(BUILT).map_or_else(build, PathBuf::from));
    let program = folder.join(function).join("bootstrap");
    assert!(program.is_file(), "{} is missing: run cargo xtask lambda", program.display());
    program
}

fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo.args(["xtask", "lambda", "--dev"]).current_dir(&root).output().expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo xtask lambda --dev failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // This test's path is TARGET/debug/deps/suite-HASH.
    let here = std::env::current_exe().expect("a path");
    here.ancestors().nth(3).expect("the target folder").join("lambda/dev")
}
