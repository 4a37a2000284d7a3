//! One process a data directory: SQLite would let two in, and each would believe in its own keys and caches.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::StartError;

/// Holds the directory until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DataDirLock {
    _file: File,
}

impl DataDirLock {
    /// Creates the directory if need be, for its owner only, and takes it.
    pub(crate) fn take(directory: &Path) -> Result<Self, StartError> {
        let failed = |cause| StartError::DataDir { path: directory.to_owned(), cause };
        fs::create_dir_all(directory).map_err(failed)?;
        owner_only(directory).map_err(failed)?;
        let file = File::create(directory.join("lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StartError::DataDirLocked(directory.to_owned())),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }
}

#[cfg(unix)]
fn owner_only(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn owner_only(_: &Path) -> std::io::Result<()> {
    Ok(())
}
