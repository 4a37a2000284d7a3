//! `cargo xtask smoke --key-env NAME`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks on the terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use primitives::clock::SystemClock;
use primitives::random::SystemRandom;
use primitives::secret::Secret;
use shared::key_shape::may_be_key;
use smoke::{Endpoint, Names, Options, smoke};
use uuid::Uuid;

/// clap's own exit code for invalid arguments.
const USAGE: u8 = 2;

/// Drives every tool against a live LangSmith with a throwaway dataset, projects and a prompt, compares what it answers
/// with the double, and deletes what it made.
#[derive(Parser)]
#[command(
    name = "smoke",
    bin_name = "cargo xtask smoke",
    after_help = "Exit codes: 0 if every call worked and nothing differs in what the server reads; 1 otherwise, or if something \
                  is left behind; 2 if the arguments cannot be used."
)]
struct Arguments {
    /// Environment variable with a LangSmith API key that may write
    #[arg(long, value_name = "NAME")]
    key_env: String,

    /// The LangSmith to ask
    #[arg(long, value_name = "URL", default_value = "https://api.smith.langchain.com")]
    endpoint: Endpoint,

    /// The workspace to work in [default: the key's own]
    #[arg(long, value_name = "ID")]
    workspace: Option<Uuid>,

    /// Leave what was made, to look at it
    #[arg(long)]
    keep: bool,

    /// Where a folder with the redacted recordings is made [default: target/smoke]
    #[arg(long, value_name = "DIRECTORY")]
    recordings: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let key = match key(&arguments.key_env) {
        Ok(key) => key,
        Err(problem) => {
            eprintln!("smoke: --key-env: {problem}");
            return ExitCode::from(USAGE);
        }
    };
    let names = Names::new(&SystemClock, &SystemRandom);
    println!("Everything that is made is called {}…", names.base);
    let options = Options {
        endpoint: arguments.endpoint,
        key,
        workspace: arguments.workspace.map(|workspace| workspace.to_string()),
        keeps: arguments.keep,
        names,
        recordings: arguments.recordings.unwrap_or_else(recordings),
    };
    match smoke(options, stopped()).await {
        Ok(report) => {
            print!("{}", report.text(true));
            ExitCode::from(report.exit_code())
        }
        Err(error) => {
            eprintln!("smoke: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The key by the name of its variable: as an argument it would be in the shell's history and the process list. The
/// name is not repeated, since it may be the key by mistake.
fn key(name: &str) -> Result<Secret, &'static str> {
    let key = std::env::var(name).map_err(|_| "there is no variable of that name")?;
    match key.trim() {
        "" => Err("the variable is empty"),
        key if may_be_key(key) => Ok(Secret::new(key)),
        _ => Err("the variable holds no LangSmith key"),
    }
}

fn recordings() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).join("target/smoke")
}

/// Resolves on Ctrl-C, and on SIGTERM where it exists.
async fn stopped() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    interrupt.await;
}
