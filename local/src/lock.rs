//! One process a data directory: SQLite would let two in, and each would believe in its own keys and caches.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::created_files::CreatedFiles;
use crate::{StartError, owner_only};

/// Holds the directory until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DataDirLock {
    _file: File,
}

impl DataDirLock {
    /// Creates the directory if need be, for its owner only, and takes it.
    pub(crate) fn take(directory: &Path, made: &mut CreatedFiles) -> Result<Self, StartError> {
        let failed = |path: &Path, cause| StartError::DataDir { path: path.to_owned(), cause };
        create(directory, made).map_err(|cause| failed(directory, cause))?;
        let path = directory.join("lock");
        let failed = |cause| failed(&path, cause);
        loop {
            let (file, new) = open(&path).map_err(failed)?;
            match file.try_lock() {
                // A start that failed meanwhile took its file away: whoever comes next would lock another one.
                Ok(()) if !is_at(&file, &path) => {}
                Ok(()) => {
                    if new {
                        made.add(&path);
                    }
                    made.under(file.try_clone().map_err(failed)?);
                    return Ok(Self { _file: file });
                }
                // Whoever holds it needs the file, even if it was made here.
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

/// Opens the file, and tells whether it is new. Nothing is made or emptied behind a link that somebody has put there.
fn open(path: &Path) -> io::Result<(File, bool)> {
    loop {
        match owner_only::create(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (file, true)),
        }
        match owner_only::open_own_name(path) {
            // A start that failed has just taken it away.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return opened.map(|file| (file, false)),
        }
    }
}

/// A directory that is there already keeps its mode: it may be one that others use, too. The key files in it are for
/// their owner only in any case.
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

/// Whether the open file is the one that others find under the name.
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
