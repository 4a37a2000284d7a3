//! Where things are.

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The committed side of the client tests: package lists, scripts.
pub(crate) fn clients() -> PathBuf {
    root().join("tests/clients")
}

/// The template, its parts, and what they are checked with.
pub(crate) fn infra() -> PathBuf {
    root().join("infra")
}

/// What `setup` prepares, and where the client tests look for it.
pub(crate) fn test_env() -> PathBuf {
    root().join("target/test-env")
}

/// Tools that this repository installs for itself.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}
