//! The root key and the signing key of one machine: files that only their owner may read.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use oauth::keys::{KeyError, RootKey, SigningKey};
use primitives::random::Random;

use crate::created_files::CreatedFiles;
use crate::{StartError, owner_only};

/// The process's key material.
pub(crate) struct Keys {
    pub(crate) root: RootKey,
    pub(crate) signing: SigningKey,
}

impl Keys {
    /// The keys of a data directory, created at the first start.
    pub(crate) fn of(
        directory: &Path,
        database: &Path,
        random: &dyn Random,
        made: &mut CreatedFiles,
    ) -> Result<Self, StartError> {
        let signing = || SigningKey::generate().map_err(|error| StartError::Internal(error.to_string()));
        // A new root key would silently log everybody out and make every sealed credential unreadable.
        if database.exists() && !directory.join("root-key").exists() {
            return Err(StartError::RootKeyMissing(directory.to_owned()));
        }
        Ok(Self {
            root: stored(&directory.join("root-key"), made, RootKey::from_text, || {
                Ok(RootKey::generate(random).to_text())
            })?,
            signing: stored(&directory.join("signing-key"), made, SigningKey::from_text, || {
                Ok(signing()?.to_text())
            })?,
        })
    }

    /// Keys that are discarded with the process.
    pub(crate) fn fresh(random: &dyn Random) -> Result<Self, StartError> {
        let signing = SigningKey::generate().map_err(|error| StartError::Internal(error.to_string()))?;
        Ok(Self { root: RootKey::generate(random), signing })
    }
}

fn stored<K>(
    path: &Path,
    made: &mut CreatedFiles,
    read: impl FnOnce(&str) -> Result<K, KeyError>,
    generate: impl FnOnce() -> Result<String, StartError>,
) -> Result<K, StartError> {
    let text = match owner_only::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let text = generate()?;
            made.note(path);
            made.note(&half_of(path));
            write_once(path, &text).map_err(|cause| StartError::DataDir { path: path.to_owned(), cause })?;
            text
        }
        Err(cause) => return Err(StartError::KeyFileUnusable { path: path.to_owned(), cause }),
    };
    read(&text).map_err(|cause| StartError::KeyFile { path: path.to_owned(), cause })
}

/// Writes a file atomically: even if the process is killed, it exists completely or not at all.
fn write_once(path: &Path, text: &str) -> std::io::Result<()> {
    let half = half_of(path);
    // Left by a killed start, or planted by somebody who wants to read the key: never write into an existing file.
    match fs::remove_file(&half) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = owner_only::create(&half)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&half, path)?;
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

fn half_of(path: &Path) -> PathBuf {
    path.with_extension("half")
}
