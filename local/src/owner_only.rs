//! Files that only their owner may read, in directories that others may open.

use std::fs::{File, OpenOptions};
use std::path::Path;

/// Opens a file for writing, as it is; makes it for its owner only if it is not there.
pub(crate) fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
