//! The folders of the repository.

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The committed part of the client tests: package lists, scripts.
pub(crate) fn clients() -> PathBuf {
    root().join("tests/clients")
}

/// The template, its parts, and their checks.
pub(crate) fn infra() -> PathBuf {
    root().join("infra")
}

/// The environment that `setup` prepares for the client tests.
pub(crate) fn test_env() -> PathBuf {
    root().join("target/test-env")
}

/// The tools that this repository installs for itself.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}
