//! `target/test-env`: real MCP clients, LangChain's SDKs, the conformance suite, a browser and SAM, each at a pinned
//! version.
//!
//! Each part records its inputs and is remade when they change. A part that cannot be made ends the run, because a test
//! that silently lacks its client proves nothing.

pub(crate) mod bench;
mod chromium;
pub(crate) mod emulator;
mod npm;
mod part;
mod python;
pub(crate) mod sam;

use crate::command::{Outcome, step};
use crate::paths;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Prepares the missing or outdated parts. Safe to call at any time, and by several processes at once.
pub(crate) fn run() -> Outcome {
    step("test environment");
    let _held = lock()?;
    python::prepare("mcp2")?;
    python::prepare("mcp1")?;
    python::prepare("langsmith")?;
    python::prepare("langchain")?;
    python::prepare("dcode")?;
    python::prepare("deepagents")?;
    python::prepare("schemathesis")?;
    python::prepare_peer()?;
    python::prepare_agent_server()?;
    sam::prepare()?;
    npm::prepare()?;
    chromium::prepare()
}

/// The folder of cargo-lambda and of the Python that provides its linker.
pub(crate) fn cargo_lambda() -> Outcome<PathBuf> {
    let _held = lock()?;
    let python = python::install("cargo-lambda", &paths::root().join("infra/requirements-cargo-lambda.txt"))?;
    python.parent().map(Path::to_owned).ok_or_else(|| "the Python environment has no folder".to_owned())
}

/// Creates the folder, and locks out other processes until the file is dropped.
fn lock() -> Outcome<File> {
    let folder = paths::test_env();
    fs::create_dir_all(folder.join("bin")).map_err(|error| format!("{}: {error}", folder.display()))?;
    let lock = File::create(folder.join("lock")).map_err(|error| format!("target/test-env/lock: {error}"))?;
    lock.lock().map_err(|error| format!("target/test-env/lock: {error}"))?;
    Ok(lock)
}
