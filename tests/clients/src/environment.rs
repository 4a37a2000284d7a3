//! Where `cargo xtask setup` put things.

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
/// If it is not there: the test cannot run, and must not pass.
pub(crate) fn prepared(path: &str) -> PathBuf {
    let file = root().join("target/test-env").join(path);
    assert!(file.exists(), "target/test-env/{path} is missing: run cargo xtask setup");
    file
}

/// The browser's binary.
pub fn chromium() -> PathBuf {
    prepared("bin/chromium")
}

/// The pictures that the docs show.
pub fn docs_pictures() -> PathBuf {
    root().join("docs/images")
}

/// Where pictures of pages are kept for people to look at.
///
/// # Panics
/// If the folder cannot be made.
pub fn screenshots() -> PathBuf {
    let folder = root().join("target/screenshots");
    if let Err(error) = std::fs::create_dir_all(&folder) {
        panic!("{}: {error}", folder.display());
    }
    folder
}
