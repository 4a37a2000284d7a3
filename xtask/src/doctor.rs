//! `cargo xtask doctor`: examines a deployment, or a local server, by its URL.

use crate::command::cargo;
use std::process::ExitCode;

/// Passes the arguments to the program, and returns its exit code: 1 is a fault of the deployment, 2 an error in the
/// arguments.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let mut program = cargo();
    // Files in the arguments are relative to the current directory.
    if let Ok(here) = std::env::current_dir() {
        program.current_dir(here);
    }
    let status =
        program.args(["run", "--quiet", "--locked", "--package", "doctor", "--"]).args(arguments).status();
    let code = status.ok().and_then(|status| u8::try_from(status.code()?).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
