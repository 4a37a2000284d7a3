//! Files that only their owner may read, in directories that others may open.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

/// The longest key file that is read.
const LONGEST: u64 = 64 * 1024;

/// Opens a file for writing, as it is; makes it for its owner only if it is not there.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    match fs::metadata(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Err(_) => {}
        Ok(found) => plain(&found)?,
    }
    options().create(true).truncate(false).open(path)
}

/// Makes a file that is for its owner only from its first byte on; one that is there is not used, whoever made it.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// Opens a file that is there for writing, as it is. A link is not followed: whoever has put it there chose its target.
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

/// The text of a file, if it is our own and nobody else may read or change it.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    // To open a pipe would be to wait for whoever writes into it.
    plain(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    #[cfg(unix)]
    check(&file.metadata()?)?;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Whether it is a file, and no directory, pipe, socket or device.
fn plain(found: &Metadata) -> io::Result<()> {
    match found.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(io::Error::other("it is a directory, and should be a file")),
        kind if kind.is_symlink() => Err(io::Error::other("it is a symbolic link, and should be a file")),
        _ => Err(io::Error::other("it is a pipe, a socket or a device, and should be a file")),
    }
}

/// Asks about the file that is open: under its name there may be another one by now.
#[cfg(unix)]
fn check(file: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let (owner, us) = (file.uid(), us());
    if owner != us {
        return Err(io::Error::other(format!("it belongs to user {owner}, and this process is user {us}")));
    }
    closed_to(0o077, file)
}

/// The same for a file that an operator brings. One that belongs to another user, as a mounted secret does, may be open
/// for reading, because its mode is not ours to choose; a pipe has no mode that tells anything.
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
