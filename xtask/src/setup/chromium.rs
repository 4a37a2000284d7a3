//! The browser: from `CHROMIUM`, else from PATH, else from the distribution.

use super::part::link;
use crate::command::{Outcome, output, run, step};
use std::path::{Path, PathBuf};
use std::process::Command;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Finds or installs Chromium and links it as `bin/chromium`.
pub(crate) fn prepare() -> Outcome {
    let binary = match from_environment()?.or_else(from_path) {
        Some(found) => found,
        None => from_distribution()?,
    };
    output(Command::new(&binary).arg("--version"))
        .map_err(|error| format!("Chromium at {} does not run: {error}", binary.display()))?;
    link("chromium", &binary)
}

fn from_environment() -> Outcome<Option<PathBuf>> {
    match std::env::var_os("CHROMIUM").map(PathBuf::from) {
        Some(path) if path.is_file() => Ok(Some(path)),
        Some(path) => Err(format!("CHROMIUM names {}, which is not a file", path.display())),
        None => Ok(None),
    }
}

fn from_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

fn from_distribution() -> Outcome<PathBuf> {
    const HELP: &str = "Chromium is needed: install it, or name its binary in CHROMIUM";
    if !Path::new("/usr/bin/apt-get").exists() {
        return Err(HELP.to_owned());
    }
    step("Chromium from the distribution");
    let install = |words: &[&str]| match output(Command::new("id").arg("-u")) {
        Ok(id) if id == "0" => run(Command::new("apt-get").args(words)),
        _ => run(Command::new("sudo").args(["--non-interactive", "apt-get"]).args(words)),
    };
    install(&["update", "--quiet"])
        .and_then(|()| install(&["install", "--yes", "--quiet", "--no-install-recommends", "chromium"]))
        .map_err(|error| format!("{HELP} ({error})"))?;
    from_path().ok_or_else(|| HELP.to_owned())
}
