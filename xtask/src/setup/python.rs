//! One virtual environment for each generation of the Python `mcp` package, since 1.x and 2.x cannot coexist in one,
//! and one for LangChain's SDK. LangChain's agents are in two for the same reason: `langchain` has `langchain.mcp` and
//! FastMCP, `dcode` has Deep Agents Code with the older `langchain-mcp-adapters`.

use super::part::Part;
use crate::command::{Outcome, output, run};
use crate::paths;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Installs `tests/clients/python/requirements-NAME.txt` into `target/test-env/python-NAME`.
pub(crate) fn prepare(name: &str) -> Outcome {
    let requirements = paths::clients().join(format!("python/requirements-{name}.txt"));
    install(&format!("python-{name}"), &requirements).map(drop)
}

/// Installs the standalone LangSmith MCP server, the peer of the benchmarks and of the differential tests.
pub(crate) fn prepare_peer() -> Outcome<PathBuf> {
    install("python-peer", &paths::root().join("tests/bench/python/requirements-peer.txt"))
}

/// Installs LangGraph's Agent Server.
pub(crate) fn prepare_agent_server() -> Outcome<PathBuf> {
    install("python-agent-server", &paths::root().join("tests/agents/server/requirements.txt"))
}

/// Installs a complete list of requirements into the folder `name`, and returns its interpreter.
pub(crate) fn install(name: &str, requirements: &Path) -> Outcome<PathBuf> {
    let version = output(Command::new("python3").arg("--version"))
        .map_err(|error| format!("Python 3.10 or newer is needed as `python3`: {error}"))?;
    let part = Part::new(name, &[requirements.to_owned()], &[version])?;
    part.ensure(|folder| {
        let python = folder.join("bin/python");
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))
            .map_err(|error| format!("Python's venv module is needed (Debian: python3-venv): {error}"))?;
        // The list is complete, so nothing else may be resolved; and it has the hash of every file.
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
            .args(["--require-hashes", "-r"])
            .arg(requirements))?;
        run(Command::new(&python).args(["-m", "pip", "--quiet", "--disable-pip-version-check", "check"]))
    })?;
    Ok(part.folder().join("bin/python"))
}
