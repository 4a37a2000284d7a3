//! Files that only their owner may read, in directories that may be open to others.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

/// The maximum length of a key file, in bytes; the rest is not read.
const LONGEST: u64 = 64 * 1024;

/// Opens an existing file for writing and keeps its mode, or creates it for its owner only.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    match fs::metadata(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Err(_) => {}
        Ok(found) => plain(&found)?,
    }
    options().create(true).truncate(false).open(path)
}

/// Creates a file that is restricted to its owner from the start; fails if it exists, whoever created it.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// Opens an existing file for writing and keeps its mode. Symbolic links are not followed: whoever planted one chose
/// its target.
pub(crate) fn open_own_name(path: &Path) -> io::Result<File> {
    plain(&fs::symlink_metadata(path)?)?;
    options().open(path)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The content of a file, if it is our own and nobody else may read or change it.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    // Opening a pipe would block until somebody writes into it.
    plain(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    #[cfg(unix)]
    check(&file.metadata()?)?;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Fails unless it is a regular file: no directory, pipe, socket or device.
fn plain(found: &Metadata) -> io::Result<()> {
    match found.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(io::Error::other("it is a directory, and should be a file")),
        kind if kind.is_symlink() => Err(io::Error::other("it is a symbolic link, and should be a file")),
        _ => Err(io::Error::other("it is a pipe, a socket or a device, and should be a file")),
    }
}

/// Checks the open file: another one may be at its path by now.
#[cfg(unix)]
fn check(file: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let (owner, us) = (file.uid(), us());
    if owner != us {
        return Err(io::Error::other(format!("it belongs to user {owner}, and this process is user {us}")));
    }
    closed_to(0o077, file)
}

/// The check for a file that an operator provides. One that belongs to another user, as a mounted secret does, may be
/// readable by others, because its mode is not ours to choose; a pipe has no meaningful mode.
#[cfg(unix)]
pub(crate) fn check_brought(file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(());
    }
    closed_to(if found.uid() == us() { 0o077 } else { 0o022 }, &found)
}

#[cfg(not(unix))]
pub(crate) fn check_brought(file: &File) -> io::Result<()> {
    file.metadata().map(drop)
}

#[cfg(unix)]
fn us() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(unix)]
fn closed_to(others: u32, file: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let mode = file.mode() & 0o7777;
    if mode & others == 0 {
        return Ok(());
    }
    Err(io::Error::other(format!("others may read or change it (mode {mode:04o}): chmod 600 it")))
}
