//! MiniStack as a process.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use shared::aws::Aws;
use shared::config::Config;

/// A MiniStack process. It ends when this is dropped or this process exits.
#[derive(Debug)]
pub struct Emulator {
    /// Its URL.
    pub url: String,
    /// Its process group, which includes the functions' instances.
    pub group: u32,
    /// A folder that is removed with it.
    pub folder: PathBuf,
    keeper: Child,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ended = self.keeper.wait();
    }
}

impl Emulator {
    /// The emulator shared by the tests of this process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Emulator> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A separate emulator.
    pub fn start() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("emulator-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let folder = root().join("target/tmp").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut keeper = script("emulator.py")
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python runs");
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).expect("MiniStack starts");
        let group = told["group"].as_u64().and_then(|group| u32::try_from(group).ok()).unwrap();
        Self { url: told["url"].as_str().unwrap().to_owned(), group, folder, keeper }
    }

    /// The SDK's variables, as in a function in this region, and more.
    pub fn variables(&self, region: &str, more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let common = [
            ("AWS_REGION", region),
            ("AWS_ENDPOINT_URL", &self.url),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_CALL_TIMEOUT_MS", "10000"),
        ];
        let all = common.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        all.collect()
    }

    /// The configuration of these variables.
    pub fn config(&self, region: &str, more: &[(&str, &str)]) -> Config {
        let all = self.variables(region, more);
        Config::new(move |name| all.get(name).cloned())
    }

    /// SDK clients for a region.
    pub fn aws(&self, region: &str) -> Aws {
        Aws::new(&self.config(region, &[])).unwrap()
    }
}

/// One of our scripts, run by the Python of the emulator's environment.
pub fn script(name: &str) -> Command {
    let mut command = Command::new(program("python"));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    command.arg(here.join("python").join(name)).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// A program of the emulator's environment.
pub fn program(name: &str) -> PathBuf {
    let program = root().join("target/test-env/python-ministack/bin").join(name);
    assert!(program.exists(), "{} is missing: run cargo xtask emulator", program.display());
    program
}

/// The workspace root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The output of a program, which must succeed.
pub fn run(command: &mut Command) -> Vec<u8> {
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}:\n{}\n{errors}", String::from_utf8_lossy(&output.stdout));
    output.stdout
}
