//! Runs the test programs of the workspace two at a time.
//!
//! `cargo test` runs them one after another. Several wait for a browser, an emulator or a peer most of the time, so two
//! of them share a machine well. Their output does not mix: each one's is shown when it has ended.

use crate::command::{Outcome, cargo, output, step};
use crate::paths;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

const AT_ONCE: usize = 2;

/// The variable that decides which cases a property draws, and the usual value: two runs of one commit draw the same
/// cases. Set, it searches elsewhere.
const SEED: (&str, &str) = ("PROPTEST_RNG_SEED", "1");

/// Those that take a minute and more, the longest first: whatever is started last is waited for alone.
const LONGEST: [&str; 5] =
    ["emulated/suite", "clients/browser", "mcp/http", "front-door/every_call", "e2e/suite"];

/// A program of tests, as cargo has built it.
struct Program {
    /// The names of its package's folder and of its target.
    name: String,
    /// The folder of its package, which cargo also makes the working directory.
    folder: PathBuf,
    executable: PathBuf,
}

/// Builds the programs that `selection` names, and runs all of them, even after a failure, with one variable added to
/// their environment.
pub(crate) fn run_all(selection: &[&str], (variable, value): (&str, PathBuf)) -> Outcome {
    let environment = (variable, value.as_path());
    let built = output(cargo().arg("test").args(selection).args(["--no-run", "--message-format", "json"]))?;
    let mut programs: Vec<Program> = built.lines().filter_map(Program::read).collect();
    if programs.is_empty() {
        return Err("cargo names no program of tests".to_owned());
    }
    programs.sort_by_key(|program| {
        let place = LONGEST.iter().position(|name| *name == program.name);
        (place.unwrap_or(LONGEST.len()), program.name.clone())
    });
    step(&format!("tests: {} programs, {AT_ONCE} at a time", programs.len()));
    let logs = paths::target().join("tmp/tests");
    fs::create_dir_all(&logs).map_err(|error| format!("{}: {error}", logs.display()))?;
    let waiting = Mutex::new(VecDeque::from(programs));
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for worker in 0..AT_ONCE {
            let log = logs.join(format!("{worker}.log"));
            let (waiting, failures) = (&waiting, &failures);
            scope.spawn(move || {
                while let Some(program) = next(waiting) {
                    if let Err(error) = program.run(environment, &log) {
                        held(failures).push(error);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

fn next(waiting: &Mutex<VecDeque<Program>>) -> Option<Program> {
    held(waiting).pop_front()
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Program {
    /// Reads one of cargo's messages in JSON. None unless it is about a program of tests.
    fn read(message: &str) -> Option<Self> {
        let executable = PathBuf::from(text(message, "executable")?);
        let (_, profile) = message.split_once("\"profile\":{")?;
        let (profile, _) = profile.split_once('}')?;
        if !profile.contains("\"test\":true") {
            return None;
        }
        let folder = Path::new(text(message, "manifest_path")?).parent()?.to_owned();
        let package = folder.file_name()?.to_str()?;
        let name = format!("{package}/{}", text(message, "name")?);
        Some(Self { name, folder, executable })
    }

    /// Runs it, and then shows its output.
    fn run(&self, (variable, value): (&str, &Path), log: &Path) -> Outcome {
        let status = self.start(variable, value, log).map_err(|error| format!("{}: {error}", self.name))?;
        let said = fs::read(log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut terminal = std::io::stdout().lock();
        let shown =
            write!(terminal, "\n    {}: {status}\n", self.name).and_then(|()| terminal.write_all(&said));
        shown.map_err(|error| format!("{}: {error}", self.name))?;
        if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", self.name)) }
    }

    fn start(&self, variable: &str, value: &Path, log: &Path) -> std::io::Result<ExitStatus> {
        let log = File::create(log)?;
        Command::new(&self.executable)
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env(variable, value)
            .env(SEED.0, std::env::var_os(SEED.0).unwrap_or_else(|| SEED.1.into()))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .status()
    }
}

/// The text of a member. Cargo escapes nothing that a path here could have.
fn text<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = message.split_once(&format!("\"{name}\":\""))?;
    after.split_once('"').map(|(text, _)| text)
}
