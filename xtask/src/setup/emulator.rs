//! MiniStack and the AWS command line, in an environment of their own: both pin the AWS SDK for Python, and SAM does.

use super::{lock, python};
use crate::command::{Outcome, step};
use crate::paths;

/// Installs `tests/emulated/python/requirements.txt` unless it is there.
pub(crate) fn prepare() -> Outcome {
    step("emulator");
    let _held = lock()?;
    let requirements = paths::root().join("tests/emulated/python/requirements.txt");
    python::install("python-ministack", &requirements).map(drop)
}
