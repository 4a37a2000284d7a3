//! The errors that prevent the start. Each is one line that names the flag to change.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::settings::SettingError;

/// A failed start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is already in use.
    #[error(
        "cannot listen on {address}: {cause}; choose another port with --port or another address with --host"
    )]
    Listen {
        /// The address to listen on.
        address: SocketAddr,
        /// The system error.
        cause: std::io::Error,
    },
    /// Another process uses the data directory.
    #[error("{0} is in use by another process; choose another directory with --data-dir")]
    DataDirLocked(PathBuf),
    /// The data directory cannot be used.
    #[error("cannot use {path}: {cause}; choose another directory with --data-dir")]
    DataDir {
        /// The file or directory.
        path: PathBuf,
        /// The system error.
        cause: std::io::Error,
    },
    /// A key file in the data directory is damaged.
    #[error("{path} is damaged: {cause}; restore it, or start anew with another --data-dir")]
    KeyFile {
        /// The damaged key file.
        path: PathBuf,
        /// The reason.
        cause: oauth::keys::KeyError,
    },
    /// A key file that others can access, or that cannot be read.
    #[error("{path} cannot be used: {cause}")]
    KeyFileUnusable {
        /// The key file.
        path: PathBuf,
        /// Why it cannot be used.
        cause: std::io::Error,
    },
    /// There is a database, but not the root key under which its secrets are sealed.
    #[error("{0} has a database but no root-key; restore the key, or start anew with another --data-dir")]
    RootKeyMissing(PathBuf),
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The embedded database failed.
    #[error("the database in --data-dir failed: {0}")]
    Database(String),
    /// The double of `--demo` could not start.
    #[error("--demo: {0}")]
    Demo(std::io::Error),
    /// A component could not be initialized.
    #[error("cannot start: {0}")]
    Internal(String),
}
