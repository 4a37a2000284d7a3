//! One folder of the test environment, with a stamp of its inputs.

use crate::command::Outcome;
use crate::paths;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// A folder that is complete if, and only if, its stamp matches its inputs.
pub(crate) struct Part {
    folder: PathBuf,
    stamp: String,
}

impl Part {
    /// `name` is the folder below `target/test-env`; `inputs` are the files and facts that determine its content.
    pub(crate) fn new(name: &str, files: &[PathBuf], facts: &[String]) -> Outcome<Self> {
        let mut hasher = DefaultHasher::new();
        for file in files {
            read(file)?.hash(&mut hasher);
        }
        facts.hash(&mut hasher);
        // Virtual environments contain absolute paths: a moved checkout makes its own.
        paths::root().hash(&mut hasher);
        Ok(Self { folder: paths::test_env().join(name), stamp: format!("{:016x}", hasher.finish()) })
    }

    /// The folder of the part.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs `make` in an empty folder unless the part is complete. The stamp is written last: an interrupted run is
    /// repeated from the start.
    pub(crate) fn ensure(&self, make: impl FnOnce(&Path) -> Outcome) -> Outcome {
        let stamp = self.folder.join(".stamp");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == self.stamp) {
            return Ok(());
        }
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).map_err(|error| self.describe(&error))?;
        }
        fs::create_dir_all(&self.folder).map_err(|error| self.describe(&error))?;
        make(&self.folder)?;
        fs::write(&stamp, &self.stamp).map_err(|error| self.describe(&error))
    }

    fn describe(&self, error: &std::io::Error) -> String {
        format!("{}: {error}", self.folder.display())
    }
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// Points `target/test-env/bin/NAME` at a program, so that tests need not know its origin.
pub(crate) fn link(name: &str, program: &Path) -> Outcome {
    let link = paths::test_env().join("bin").join(name);
    if fs::read_link(&link).is_ok_and(|target| target == program) {
        return Ok(());
    }
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link).map_err(|error| format!("{}: {error}", link.display()))?;
    }
    std::os::unix::fs::symlink(program, &link).map_err(|error| format!("{}: {error}", link.display()))
}
