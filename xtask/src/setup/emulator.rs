//! MiniStack and the AWS command line, in their own environment: both pin the AWS SDK for Python, and so does SAM.

use super::{lock, python};
use crate::command::{Outcome, step};
use crate::paths;

/// Installs `tests/emulated/python/requirements.txt` unless it is installed already.
pub(crate) fn prepare() -> Outcome {
    step("emulator");
    let _held = lock()?;
    let requirements = paths::root().join("tests/emulated/python/requirements.txt");
    python::install("python-ministack", &requirements).map(drop)
}
