//! A running `langsmith-remote-mcp`: started, awaited by its output, and ended by its own process id.

use std::ffi::OsStr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const BINARY: &str = env!("CARGO_BIN_EXE_langsmith-remote-mcp");
/// After this long, a line of the log is missing rather than late.
const MISSING: Duration = Duration::from_mins(2);
/// The last line that a started process prints.
const READY: &str = "Press Ctrl-C to stop.";

/// A serving process. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    /// Its output up to readiness.
    pub(crate) banner: String,
    stdout: BufReader<ChildStdout>,
    stderr: JoinHandle<String>,
    log: watch::Receiver<String>,
}

/// The result of a process that has exited.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The command, without the settings of the person who runs the tests.
pub(crate) fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    for variable in ["LANGSMITH_ENDPOINT", "LANGSMITH_CLIENT_ID", "LANGSMITH_CLIENT_SECRET"] {
        command.env_remove(variable);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command that exits by itself.
pub(crate) async fn run(mut command: Command) -> Ended {
    let output = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Process {
    /// Starts a command and waits until it is ready.
    pub(crate) async fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let (seen, log) = watch::channel(String::new());
        let stderr = tokio::spawn(async move {
            let mut line = String::new();
            while lines.read_line(&mut line).await.unwrap() > 0 {
                seen.send_modify(|text| text.push_str(&line));
                line.clear();
            }
            seen.borrow().clone()
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        while !banner.contains(READY) {
            let length = stdout.read_line(&mut banner).await.unwrap();
            assert_ne!(length, 0, "it ended with {}", child.wait().await.unwrap());
        }
        Self { child, banner, stdout, stderr, log }
    }

    /// The value in the banner's line with this label.
    pub(crate) fn line(&self, label: &str) -> &str {
        let mut lines = self.banner.lines().map(str::trim);
        lines.find_map(|line| line.strip_prefix(label)).unwrap_or_else(|| panic!("{}", self.banner)).trim()
    }

    /// The first line of the log with this text; waits for it.
    pub(crate) async fn logged(&self, text: &str) -> String {
        self.logged_with(&[text]).await
    }

    /// The first line of the log with all of these texts; waits for it, but not so long that a missing line holds up
    /// the run.
    pub(crate) async fn logged_with(&self, texts: &[&str]) -> String {
        let mut log = self.log.clone();
        let is_wanted = |line: &&str| texts.iter().all(|text| line.contains(text));
        let is_there = |log: &String| log.lines().any(|line| is_wanted(&line));
        let Ok(found) = timeout(MISSING, log.wait_for(is_there)).await else {
            panic!("no line with {texts:?}: {}", *self.log.borrow());
        };
        found.unwrap().lines().find(is_wanted).unwrap().to_owned()
    }

    /// The public URL, without a final slash.
    pub(crate) fn url(&self) -> &str {
        self.line("MCP URL").strip_suffix("/mcp").unwrap()
    }

    /// Kills it at once, without any chance to clean up.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends a signal, `INT` or `TERM`, and waits for the exit.
    pub(crate) async fn end(mut self, signal: &str) -> Ended {
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().await.unwrap().success());
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).await.unwrap();
        let status = self.child.wait().await.unwrap();
        Ended { status, stdout, stderr: self.stderr.await.unwrap() }
    }
}
