//! What a start makes on the disk, so that one that fails leaves nothing behind.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Files and directories that were not there before. They go again when this is dropped, the last one first.
#[derive(Debug, Default)]
pub(crate) struct CreatedFiles {
    paths: Vec<PathBuf>,
    lock: Option<File>,
}

impl CreatedFiles {
    /// Notes what is about to be made, unless it is there.
    pub(crate) fn note(&mut self, path: &Path) {
        if fs::symlink_metadata(path).is_err() {
            self.paths.push(path.to_owned());
        }
    }

    /// Notes what has just been made.
    pub(crate) fn add(&mut self, path: &Path) {
        self.paths.push(path.to_owned());
    }

    /// Holds a lock until everything has gone again: whoever takes it next must not find what goes.
    pub(crate) fn under(&mut self, lock: File) {
        self.lock = Some(lock);
    }

    /// Everything stays: the start has succeeded.
    pub(crate) fn keep(mut self) {
        self.paths.clear();
    }
}

impl Drop for CreatedFiles {
    fn drop(&mut self) {
        for path in self.paths.iter().rev() {
            // A directory that somebody else has put something into stays.
            let _not_made = match fs::symlink_metadata(path) {
                Ok(found) if found.is_dir() => fs::remove_dir(path),
                _ => fs::remove_file(path),
            };
        }
        drop(self.lock.take());
    }
}
