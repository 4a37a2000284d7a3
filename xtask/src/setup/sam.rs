//! SAM and the linter, whose translator the tests of the template use.

use super::{lock, python};
use crate::command::{Outcome, step};
use crate::paths;
use std::path::PathBuf;

/// The folder of the programs, created if missing or outdated.
pub(crate) fn programs() -> Outcome<PathBuf> {
    step("SAM");
    let _held = lock()?;
    prepare()
}

/// Installs `infra/requirements-sam.txt` into `target/test-env/python-sam`.
pub(super) fn prepare() -> Outcome<PathBuf> {
    let mut programs = python::install("python-sam", &paths::infra().join("requirements-sam.txt"))?;
    programs.pop();
    Ok(programs)
}
