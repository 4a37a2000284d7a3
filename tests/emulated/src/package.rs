//! The files uploaded to S3 before a deployment.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::emulator::{Emulator, program, root, run};

/// The files that an environment's deployment uploads to S3, built once.
pub(crate) fn package(emulator: &Emulator, environment: &str) -> PathBuf {
    static MADE: Mutex<()> = Mutex::new(());
    let _one = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = emulator.folder.join(environment);
    if !folder.exists() {
        let bootstrap = front_door::bootstrap("mcp");
        std::fs::create_dir(&folder).unwrap();
        let programs = bootstrap.ancestors().nth(2).unwrap();
        let mut command = Command::new(program("python"));
        command.arg(root().join("infra/emulated.py")).arg(environment).arg(programs).arg(&folder);
        run(command.env("PYTHONDONTWRITEBYTECODE", "1"));
    }
    folder
}
