//! A measured program: started on its own port, observed through `/proc`, ended by its process id.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::sleep;
use url::Url;

use crate::{Outcome, clock};

/// On a busy machine, Python's imports take seconds.
const START_LIMIT: Duration = Duration::from_mins(1);

/// Linux counts processor time in hundredths of a second on every architecture (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A running program. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    name: &'static str,
    log: PathBuf,
}

impl Process {
    /// Starts a program; its output goes to files in `folder`, as under a service manager.
    pub(crate) fn start(name: &'static str, mut command: Command, folder: &Path) -> Outcome<Self> {
        let log = folder.join(format!("{name}.log"));
        let out = fs::File::create(&log)?;
        let child = command
            .stdin(Stdio::null())
            .stderr(out.try_clone()?)
            .stdout(out)
            .spawn()
            .map_err(|error| format!("{name} does not start: {error}"))?;
        Ok(Self { child, name, log })
    }

    /// Waits for a line of the program's output that `pick` accepts.
    pub(crate) async fn announces<T>(&mut self, pick: impl Fn(&str) -> Option<T>) -> Outcome<T> {
        let deadline = clock::now() + START_LIMIT;
        loop {
            let said = fs::read_to_string(&self.log)?;
            // The last line may be incomplete.
            let complete = said.rfind('\n').and_then(|end| said.get(..end)).unwrap_or_default();
            if let Some(found) = complete.lines().find_map(&pick) {
                return Ok(found);
            }
            if self.child.try_wait()?.is_some() || clock::now() >= deadline {
                return Err(format!("{} did not come up:\n{said}", self.name).into());
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for the line with `mark` that announces the URL, and returns the origin.
    pub(crate) async fn announces_url(&mut self, mark: &str) -> Outcome<Url> {
        self.announces(|line| {
            let from = line.contains(mark).then(|| line.find("http://"))??;
            let text = line.get(from..)?.split_whitespace().next()?;
            let mut url = Url::parse(text).ok().filter(|url| url.port().is_some())?;
            url.set_path("/");
            Some(url)
        })
        .await
    }

    /// Processor time so far, user and kernel mode together.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let stat = self.proc("stat")?;
        // proc_pid_stat(5): fields 14 and 15, counted from after the name, which may contain anything within its
        // parentheses.
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok());
        match (ticks(11), ticks(12)) {
            (Some(user), Some(system)) => Ok(TICK * (user + system)),
            _ => Err(format!("{}: /proc tells no processor time", self.name).into()),
        }
    }

    /// Current resident memory, in MiB.
    pub(crate) fn memory(&self) -> Outcome<f64> {
        self.status("VmRSS:")
    }

    /// Peak resident memory, in MiB.
    pub(crate) fn peak(&self) -> Outcome<f64> {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> Outcome<f64> {
        memory(self.child.id(), name).map_err(|error| format!("{}: {error}", self.name).into())
    }

    fn proc(&self, file: &str) -> Outcome<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", self.name).into())
    }
}

/// A size of a process, given `VmRSS:` or `VmHWM:`, in MiB.
pub(crate) fn memory(process: u32, name: &str) -> Outcome<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
    kib.map(|kib| f64::from(kib) / 1024.0).ok_or_else(|| "/proc tells no memory".into())
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have exited already, which shows as failed requests.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}
