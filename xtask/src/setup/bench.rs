//! The peers of the benchmarks: a Python environment, and npm packages with the Node that runs them.

use super::{lock, npm, python};
use crate::command::{Outcome, step};
use crate::paths;
use std::path::PathBuf;

/// Where the peers' programs are.
pub(crate) struct Peers {
    /// The interpreter with the MCP peer.
    pub(crate) python: PathBuf,
    /// Node.
    pub(crate) node: PathBuf,
    /// The script of the OAuth peer, beside its packages.
    pub(crate) provider: PathBuf,
}

/// Prepares whatever is missing or outdated.
pub(crate) fn prepare() -> Outcome<Peers> {
    step("peers");
    let _held = lock()?;
    let bench = paths::root().join("tests/bench");
    let python = python::prepare_peer()?;
    let npm = npm::install_from("bench-npm", &bench.join("node"), &bench.join("node"))?;
    Ok(Peers { python, node: npm::node(&npm)?, provider: npm.join("node/provider.mjs") })
}

/// Prepares the Python that the peer of the functions runs in.
pub(crate) fn prepare_lambda() -> Outcome<PathBuf> {
    step("peers");
    let _held = lock()?;
    python::install("python-lambda", &paths::root().join("tests/bench/python/requirements-lambda.txt"))
}
