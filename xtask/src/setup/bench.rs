//! The benchmark peers: a Python environment, and npm packages with the Node that runs them.

use super::{lock, npm, python};
use crate::command::{Outcome, step};
use crate::paths;
use std::path::PathBuf;

/// The paths of the peers' programs.
pub(crate) struct Peers {
    /// The interpreter with the MCP peer.
    pub(crate) python: PathBuf,
    /// The Node binary.
    pub(crate) node: PathBuf,
    /// The script of the OAuth peer, beside its packages.
    pub(crate) provider: PathBuf,
}

/// Prepares the missing or outdated parts.
pub(crate) fn prepare() -> Outcome<Peers> {
    step("peers");
    let _held = lock()?;
    let bench = paths::root().join("tests/bench");
    python::prepare_agent_server()?;
    let python = python::prepare_peer()?;
    let npm = npm::install_from("bench-npm", &bench.join("node"), &bench.join("node"))?;
    Ok(Peers { python, node: npm::node(&npm)?, provider: npm.join("node/provider.mjs") })
}

/// Prepares the Python of the functions' peer.
pub(crate) fn prepare_lambda() -> Outcome<PathBuf> {
    step("peers");
    let _held = lock()?;
    python::install("python-lambda", &paths::root().join("tests/bench/python/requirements-lambda.txt"))
}
