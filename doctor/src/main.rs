//! The program behind `cargo xtask doctor`: its arguments, and its exit code for scripts.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks on the terminal")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use doctor::{Options, Target, examine};
use http::HeaderValue;
use langsmith::http_client;
use primitives::clock::SystemClock;
use primitives::secret::Secret;

/// clap's own exit code for invalid arguments.
const USAGE: u8 = 2;

/// Walks the public surface of a deployment as an MCP client would, and says what is wrong and how to mend it.
///
/// It registers one client, which expires by itself, and writes nothing else.
#[derive(Parser)]
#[command(
    name = "doctor",
    bin_name = "cargo xtask doctor",
    after_help = "Exit codes: 0 without a fault, warnings aside; 1 with one; 2 if the arguments cannot be used."
)]
struct Arguments {
    /// The URL that people type into their clients, or its origin
    url: Target,

    /// Environment variable with a LangSmith key, to look behind the login
    #[arg(long, value_name = "NAME")]
    api_key_env: Option<String>,

    /// Environment variable with an access token that lacks a permission, to see the 403 challenge
    #[arg(long, value_name = "NAME")]
    token_env: Option<String>,

    /// PEM file with further certificate authorities
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match options(&arguments) {
        Ok(options) => {
            let report = examine(&arguments.url, &options).await;
            print!("{report}");
            ExitCode::from(report.exit_code())
        }
        Err(message) => {
            eprintln!("doctor: {message}");
            ExitCode::from(USAGE)
        }
    }
}

fn options(arguments: &Arguments) -> Result<Options, String> {
    let http = http_client(arguments.ca_file.as_deref());
    Ok(Options {
        http: http.map_err(|error| format!("--ca-file: {error}"))?,
        clock: Arc::new(SystemClock),
        key: secret("--api-key-env", arguments.api_key_env.as_deref())?,
        token: secret("--token-env", arguments.token_env.as_deref())?,
    })
}

/// A secret by the name of its variable: as an argument it would be in the shell's history and the process list. The
/// name is not repeated, since it may be the secret by mistake.
fn secret(flag: &str, name: Option<&str>) -> Result<Option<Secret>, String> {
    let Some(name) = name else { return Ok(None) };
    let value =
        std::env::var(name).map_err(|_| format!("{flag}: there is no environment variable of that name"))?;
    let value = value.trim();
    if value.is_empty() || HeaderValue::from_str(value).is_err() {
        return Err(format!("{flag}: the environment variable holds no key or token"));
    }
    Ok(Some(Secret::new(value)))
}
