//! Files that only their owner may read, in directories that others may open.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// The longest key file that is read.
const LONGEST: u64 = 64 * 1024;

/// Opens a file for writing, as it is; makes it for its owner only if it is not there.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    options().create(true).truncate(false).open(path)
}

/// Makes a file that is for its owner only from its first byte on; one that is there is not used, whoever made it.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
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
    let file = File::open(path)?;
    #[cfg(unix)]
    check(&file.metadata()?)?;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Asks about the file that is open: under its name there may be another one by now.
#[cfg(unix)]
fn check(file: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let (owner, us, mode) = (file.uid(), rustix::process::geteuid().as_raw(), file.mode() & 0o7777);
    if owner != us {
        return Err(io::Error::other(format!("it belongs to user {owner}, and this process is user {us}")));
    }
    if mode & 0o077 != 0 {
        return Err(io::Error::other(format!(
            "others may read or change it (mode {mode:04o}): chmod 600 it"
        )));
    }
    Ok(())
}
