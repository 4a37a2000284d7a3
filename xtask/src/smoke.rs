//! `cargo xtask smoke`: every tool against a live LangSmith. Nobody runs it but who asks for it.

use crate::command::cargo;
use std::process::ExitCode;

/// Hands the arguments to the program, and its exit code on: 1 is a fault or a difference, 2 a mistake in the arguments.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let mut program = cargo();
    // A folder that an argument names is looked for where the command was typed.
    if let Ok(here) = std::env::current_dir() {
        program.current_dir(here);
    }
    let status =
        program.args(["run", "--quiet", "--locked", "--package", "smoke", "--"]).args(arguments).status();
    let code = status.ok().and_then(|status| u8::try_from(status.code()?).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
