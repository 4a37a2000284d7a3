//! Where things are.

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The committed side of the client tests: package lists, scripts.
pub(crate) fn clients() -> PathBuf {
    root().join("tests/clients")
}

/// What `setup` prepares, and where the client tests look for it.
pub(crate) fn test_env() -> PathBuf {
    root().join("target/test-env")
}

/// Tools that this repository installs for itself.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}
