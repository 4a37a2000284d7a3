//! `cargo xtask smoke`: every tool against a live LangSmith. Run only on request.

use crate::command::cargo;
use std::process::ExitCode;

/// Passes the arguments to the program, and returns its exit code: 1 is a fault or a difference, 2 an error in the
/// arguments.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let mut program = cargo();
    // Folders in the arguments are relative to the current directory.
    if let Ok(here) = std::env::current_dir() {
        program.current_dir(here);
    }
    let status =
        program.args(["run", "--quiet", "--locked", "--package", "smoke", "--"]).args(arguments).status();
    let code = status.ok().and_then(|status| u8::try_from(status.code()?).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
