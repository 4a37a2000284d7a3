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
        create(directory).map_err(failed)?;
        let file = File::create(directory.join("lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StartError::DataDirLocked(directory.to_owned())),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }
}

/// A directory that is there already keeps its mode: it may be one that others use, too. The key files in it are for
/// their owner only in any case.
fn create(directory: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
