//! One process per data directory: SQLite would admit two, and each would trust its own keys and caches.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::created_files::CreatedFiles;
use crate::{StartError, owner_only};

/// Holds the lock until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DataDirLock {
    _file: File,
}

impl DataDirLock {
    /// Creates the directory if necessary, accessible by its owner only, and locks it.
    pub(crate) fn acquire(directory: &Path, made: &mut CreatedFiles) -> Result<Self, StartError> {
        let failed = |path: &Path, cause| StartError::DataDir { path: path.to_owned(), cause };
        create(directory, made).map_err(|cause| failed(directory, cause))?;
        let path = directory.join("lock");
        let failed = |cause| failed(&path, cause);
        loop {
            let (file, new) = open(&path).map_err(failed)?;
            match file.try_lock() {
                // A failed start removed its file in the meantime: the next process would lock a new one.
                Ok(()) if !is_at(&file, &path) => {}
                Ok(()) => {
                    if new {
                        made.add(&path);
                    }
                    made.under(file.try_clone().map_err(failed)?);
                    return Ok(Self { _file: file });
                }
                // The holder needs the file, even if we created it.
                Err(TryLockError::WouldBlock) => return Err(StartError::DataDirLocked(directory.to_owned())),
                Err(TryLockError::Error(cause)) => {
                    if new {
                        made.add(&path);
                    }
                    return Err(failed(cause));
                }
            }
        }
    }
}

/// Opens the file; returns whether it is new. Nothing is created or truncated through a planted symbolic link.
fn open(path: &Path) -> io::Result<(File, bool)> {
    loop {
        match owner_only::create(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (file, true)),
        }
        match owner_only::open_own_name(path) {
            // A failed start has just removed it.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return opened.map(|file| (file, false)),
        }
    }
}

/// An existing directory keeps its mode: others may use it, too. The key files in it are restricted to their owner in
/// any case.
fn create(directory: &Path, made: &mut CreatedFiles) -> io::Result<()> {
    if directory.exists() && !directory.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    let above: Vec<_> = directory.ancestors().filter(|path| !path.as_os_str().is_empty()).collect();
    above.into_iter().rev().for_each(|path| made.note(path));
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Whether the open file is still the one at the path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let of = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
    matches!((file.metadata(), fs::symlink_metadata(path)), (Ok(ours), Ok(theirs)) if of(&ours) == of(&theirs))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
