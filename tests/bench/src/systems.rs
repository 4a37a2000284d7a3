//! The programs: this server, the double, the MCP peer and the OAuth peers.

use std::path::Path;
use std::process::Command;

use oauth::pkce::CodeChallenge;
use serde::Deserialize;
use tempfile::TempDir;
use url::Url;

use crate::Outcome;
use crate::login::{REDIRECT_URI, VERIFIER};
use crate::plan::Plan;
use crate::process::Process;

/// A program and its URL. Dropping it ends the program.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) url: Url,
}

/// A temporary folder for the databases and logs of one part; removed when dropped.
pub(crate) fn scratch(plan: &Plan) -> Outcome<TempDir> {
    std::fs::create_dir_all(&plan.scratch)?;
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(&plan.scratch)?)
}

/// The double, with its benchmark data.
pub(crate) async fn double(plan: &Plan, folder: &Path) -> Outcome<Server> {
    let mut command = Command::new(&plan.double);
    command.args(["--port", "0", "--data", "bench"]);
    let mut process = Process::start("double", command, folder)?;
    let url = process.announces_url("http://").await?;
    Ok(Server { process, url })
}

/// The location of this server's database.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Data {
    Memory,
    Disk,
}

/// This server in its shipped form: logging, allocator and every setting but the login limit are the defaults.
pub(crate) async fn ours(plan: &Plan, folder: &Path, double: &Url, data: Data) -> Outcome<Server> {
    started(Command::new(&plan.server), folder, (double, data)).await
}

/// This server with further arguments.
pub(crate) async fn ours_with(
    plan: &Plan,
    folder: &Path,
    double: &Url,
    arguments: &[String],
) -> Outcome<Server> {
    let mut command = Command::new(&plan.server);
    command.args(arguments);
    started(command, folder, (double, Data::Disk)).await
}

async fn started(mut command: Command, folder: &Path, (double, data): (&Url, Data)) -> Outcome<Server> {
    // In the benchmark one person logs in thousands of times.
    command.args(["--logins-per-minute", "65535"]);
    command.args(["--port", "0", "--langsmith-endpoint", double.as_str(), "--data-dir"]);
    match data {
        Data::Memory => command.arg(":memory:"),
        Data::Disk => command.arg(folder.join("data")),
    };
    let mut process = Process::start("langsmith-remote-mcp", command, folder)?;
    let url = process.announces_url("MCP URL").await?;
    Ok(Server { process, url })
}

/// `langsmith-mcp-server` under uvicorn, at its best: without an access log, and with the fast event loop and parser.
pub(crate) async fn mcp_peer(plan: &Plan, folder: &Path) -> Outcome<Server> {
    let mut command = Command::new(&plan.python);
    command
        .args(["-m", "uvicorn", "langsmith_mcp_server.server:app", "--host", "127.0.0.1", "--port", "0"])
        .args(["--no-access-log", "--loop", "uvloop", "--http", "httptools"])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // Its own tracing would send additional requests.
        .envs([("LANGSMITH_TRACING", "false"), ("NO_PROXY", "*"), ("no_proxy", "*")])
        .current_dir(folder);
    let mut process = Process::start("langsmith-mcp-server", command, folder)?;
    let url = process.announces_url("Uvicorn running on").await?;
    Ok(Server { process, url })
}

/// The announcement of an OAuth peer's script.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Provider {
    pub(crate) url: Url,
    pub(crate) client_id: String,
    pub(crate) tokens: Vec<String>,
    pub(crate) codes: Vec<String>,
}

/// The initial data of the OAuth peers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stock {
    pub(crate) grants: usize,
    pub(crate) codes: usize,
}

/// `oidc-provider` with an in-memory adapter.
pub(crate) async fn oidc_provider(plan: &Plan, folder: &Path, stock: Stock) -> Outcome<(Process, Provider)> {
    let mut command = Command::new(&plan.node);
    command
        .args(["--preserve-symlinks", "--preserve-symlinks-main"])
        .arg(&plan.provider)
        .args(beginning(stock)?)
        .env("NODE_ENV", "production");
    announced(Process::start("oidc-provider", command, folder)?).await
}

/// FastMCP's in-memory provider under uvicorn, in its fastest configuration.
pub(crate) async fn fastmcp_provider(
    plan: &Plan,
    folder: &Path,
    stock: Stock,
) -> Outcome<(Process, Provider)> {
    let mut command = Command::new(&plan.python);
    command
        .arg(&plan.fastmcp_provider)
        .args(beginning(stock)?)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(folder);
    announced(Process::start("fastmcp-provider", command, folder)?).await
}

fn beginning(stock: Stock) -> Outcome<[String; 4]> {
    let challenge = CodeChallenge::of(VERIFIER)?.as_str().to_owned();
    Ok([stock.grants.to_string(), stock.codes.to_string(), REDIRECT_URI.to_owned(), challenge])
}

async fn announced(mut process: Process) -> Outcome<(Process, Provider)> {
    let provider = process.announces(|line| serde_json::from_str(line).ok()).await?;
    Ok((process, provider))
}
