//! The paths of the environment that `cargo xtask setup` prepares.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The folder of this crate, with the scripts and baselines.
pub fn clients_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the prepared environment.
///
/// # Panics
/// If it is missing: the test cannot run, and must not pass.
pub(crate) fn prepared(path: &str) -> PathBuf {
    let file = root().join("target/test-env").join(path);
    assert!(file.exists(), "target/test-env/{path} is missing: run cargo xtask setup");
    file
}

/// The browser's binary.
pub fn chromium() -> PathBuf {
    prepared("bin/chromium")
}

/// The pictures in the docs.
pub fn docs_pictures() -> PathBuf {
    root().join("docs/images")
}

/// The folder of page pictures for people to look at.
///
/// # Panics
/// If the folder cannot be created.
pub fn screenshots() -> PathBuf {
    let folder = root().join("target/screenshots");
    if let Err(error) = std::fs::create_dir_all(&folder) {
        panic!("{}: {error}", folder.display());
    }
    folder
}
