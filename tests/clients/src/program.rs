//! Runs a third-party program for a bounded time.

use crate::environment::{clients_folder, prepared};
use std::ffi::OsStr;
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// Generous for two busy cores; a program that exceeds it hangs.
const LIMIT: Duration = Duration::from_mins(10);

/// A script of this crate or a program of the test environment, ready to run.
#[derive(Debug)]
pub struct Program {
    command: Command,
    name: String,
    home: TempDir,
}

impl Program {
    /// `python/SCRIPT` in the virtual environment `python-GENERATION`.
    pub fn python(generation: &str, script: &str) -> Self {
        let interpreter = prepared(&format!("python-{generation}/bin/python"));
        Self::new(Command::new(interpreter), script).arg(clients_folder().join("python").join(script))
    }

    /// `node/SCRIPT` with the packages of the lock file.
    pub fn node(script: &str) -> Self {
        // The script is reached through a link next to the packages: Node resolves packages from the script's apparent
        // location.
        Self::new(Command::new(prepared("bin/node")), script)
            .args(["--preserve-symlinks", "--preserve-symlinks-main"])
            .arg(prepared("npm/node").join(script))
    }

    /// The official conformance suite.
    pub fn conformance() -> Self {
        let suite = prepared("npm/node_modules/@modelcontextprotocol/conformance/dist/index.js");
        Self::new(Command::new(prepared("bin/node")), "conformance").arg(suite)
    }

    fn new(mut command: Command, name: &str) -> Self {
        let home = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder for {name}: {error}"));
        command
            // Leftovers of a program, such as a browser's crash reports, are removed with it.
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .env("XDG_CACHE_HOME", home.path())
            .env("TMPDIR", home.path())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHON", prepared("python-mcp2/bin/python"))
            .env("FAKE_BROWSER", clients_folder().join("python/fake_browser.py"))
            // Loopback must not go through the machine's proxy.
            .env("NO_PROXY", "*")
            .env("no_proxy", "*")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Self { command, name: name.to_owned(), home }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds several arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs to the end, successfully or not.
    ///
    /// # Panics
    /// If the program does not start or does not end in time.
    pub async fn output(mut self) -> Output {
        match timeout(LIMIT, self.command.output()).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => panic!("{} did not start: {error}", self.name),
            Err(elapsed) => panic!("{}: {elapsed} ({LIMIT:?})", self.name),
        }
    }

    /// Runs to the end and returns the standard output.
    ///
    /// # Panics
    /// If the program fails; the message has all of its output.
    pub async fn succeed(self) -> String {
        let name = self.name.clone();
        let output = self.output().await;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {}\n{stdout}\n{stderr}", output.status);
        stdout
    }

    /// Runs to the end and parses the last line of output as JSON.
    ///
    /// # Panics
    /// If the program fails or its last line is something else.
    pub async fn report(self) -> serde_json::Value {
        let name = self.name.clone();
        let stdout = self.succeed().await;
        let last = stdout.lines().last().unwrap_or_default();
        match serde_json::from_str(last) {
            Ok(report) => report,
            Err(error) => panic!("{name}: its last line is not JSON ({error}):\n{stdout}"),
        }
    }

    /// Starts the program and reads its output as it comes.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(mut self) -> Running {
        let mut child = match self.command.stdin(Stdio::piped()).stderr(Stdio::inherit()).spawn() {
            Ok(child) => child,
            Err(error) => panic!("{} did not start: {error}", self.name),
        };
        let Some(stdout) = child.stdout.take() else { panic!("{} has no output", self.name) };
        Running {
            child,
            lines: BufReader::new(stdout).lines(),
            seen: String::new(),
            name: self.name,
            _home: self.home,
        }
    }
}

/// A running program and its output so far; dropping it ends it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    seen: String,
    name: String,
    _home: TempDir,
}

impl Running {
    /// The result of `pick` for the first following line for which it is `Some`.
    ///
    /// # Panics
    /// If the program ends or hangs before that.
    pub async fn wait_for<T>(&mut self, pick: impl Fn(&str) -> Option<T>) -> T {
        while let Some(line) = self.next_line().await {
            if let Some(found) = pick(&line) {
                return found;
            }
        }
        panic!("{} ended too early:\n{}", self.name, self.seen)
    }

    /// Writes a line to the program's input.
    ///
    /// # Panics
    /// If the program does not read it.
    pub async fn tell(&mut self, line: &str) {
        let Some(stdin) = &mut self.child.stdin else { panic!("{} has no input", self.name) };
        if let Err(error) = stdin.write_all(format!("{line}\n").as_bytes()).await {
            panic!("{} does not listen: {error}\n{}", self.name, self.seen);
        }
    }

    /// Reads to the end and returns whether the program succeeded, and all of its output.
    ///
    /// # Panics
    /// If it does not end in time.
    pub async fn end(mut self) -> (bool, String) {
        while self.next_line().await.is_some() {}
        match timeout(LIMIT, self.child.wait()).await {
            Ok(Ok(status)) => (status.success(), self.seen),
            other => panic!("{} did not end ({other:?}):\n{}", self.name, self.seen),
        }
    }

    async fn next_line(&mut self) -> Option<String> {
        let line = match timeout(LIMIT, self.lines.next_line()).await {
            Ok(Ok(line)) => line?,
            other => panic!("{} hangs ({other:?}):\n{}", self.name, self.seen),
        };
        self.seen.push_str(&line);
        self.seen.push('\n');
        Some(line)
    }
}
