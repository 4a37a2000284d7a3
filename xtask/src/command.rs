//! Runs other programs: prints their command lines, and names the ones that fail.

use crate::paths;
use std::ffi::OsStr;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

/// The targets of `cargo build` and `cargo clippy`. The tests in the emulator are behind a feature.
pub(crate) const EVERYTHING: [&str; 5] =
    ["--workspace", "--all-targets", "--features", "emulated/emulator", "--locked"];

/// Success, or one message for the terminal.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// Announces a part of the work, with the seconds since the first one: the slowest part is seen at a glance.
pub(crate) fn step(name: &str) {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    let seconds = FIRST.get_or_init(now).elapsed().as_secs();
    println!("==> {name} ({seconds} s)");
}

#[expect(clippy::disallowed_methods, reason = "how long a part of a run takes is told by the real clock")]
fn now() -> Instant {
    Instant::now()
}

/// The cargo that runs this program, at the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(paths::root());
    command
}

/// Runs a command to its end with the terminal's output, printing its line first.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let line = line(command);
    println!("    {line}");
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` ended with {status}")),
        Err(error) => Err(format!("`{line}` did not start: {error}")),
    }
}

/// A command that runs beside others. It ends with this value, so that an error elsewhere is told at once.
pub(crate) struct Beside {
    line: String,
    child: Child,
}

impl Beside {
    /// Starts a command, printing its line first.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let line = line(command);
        println!("    {line} &");
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("`{line}` did not start: {error}"))?;
        Ok(Self { line, child })
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Outcome {
        let line = &self.line;
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{line}` ended with {status}")),
            Err(error) => Err(format!("`{line}`: {error}")),
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It has ended already, unless something else failed.
        let _unless_ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The standard output of a command, or the error.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let line = line(command);
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("`{line}` did not start: {error}"))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{line}` ended with {}: {}", output.status, stderr.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn line(command: &Command) -> String {
    let words: Vec<&str> =
        std::iter::once(command.get_program()).chain(command.get_args()).map(display).collect();
    words.join(" ")
}

/// Paths within the workspace are shown relative to it.
fn display(word: &OsStr) -> &str {
    let word = word.to_str().unwrap_or("?");
    let root = paths::root().to_str().unwrap_or_default();
    word.strip_prefix(root).map_or(word, |inside| inside.trim_start_matches('/'))
}
