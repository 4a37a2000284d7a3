//! The files that a start creates, so that a failed start leaves nothing behind.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Newly created files and directories. Dropping this removes them, the last one first.
#[derive(Debug, Default)]
pub(crate) struct CreatedFiles {
    paths: Vec<PathBuf>,
    lock: Option<File>,
}

impl CreatedFiles {
    /// Records a path that is about to be created, unless it exists.
    pub(crate) fn note(&mut self, path: &Path) {
        if fs::symlink_metadata(path).is_err() {
            self.paths.push(path.to_owned());
        }
    }

    /// Records a path that has just been created.
    pub(crate) fn add(&mut self, path: &Path) {
        self.paths.push(path.to_owned());
    }

    /// Holds a lock until everything is removed: the next holder must not find files that are about to disappear.
    pub(crate) fn under(&mut self, lock: File) {
        self.lock = Some(lock);
    }

    /// Keeps everything: the start has succeeded.
    pub(crate) fn keep(mut self) {
        self.paths.clear();
    }
}

impl Drop for CreatedFiles {
    fn drop(&mut self) {
        for path in self.paths.iter().rev() {
            // A directory that now contains other files stays.
            let _not_made = match fs::symlink_metadata(path) {
                Ok(found) if found.is_dir() => fs::remove_dir(path),
                _ => fs::remove_file(path),
            };
        }
        drop(self.lock.take());
    }
}
