//! LangChain's own SDKs, at the versions of the lock files, against the double: each operation is a named check that
//! asserts on the data read back, `python/langsmith_contract` and `node/langsmith-contract`. And crosswise: our tools
//! read what the SDKs write, and the other way round.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

mod crossed;
mod known;
#[path = "../walks/session.rs"]
mod session;

use clients::Program;
use clients::contract::{Known, Mode, Report};
use langsmith_double::Options;
use langsmith_double::data::ADA_KEY;

/// With fewer checks, a suite would have lost some of its files.
const FEWEST_PYTHON: usize = 150;
const FEWEST_TYPESCRIPT: usize = 60;

/// Runs both suites, each against its own double.
async fn hold(mode: Mode) {
    let python = Program::python("langsmith", "langsmith_contract");
    let typescript = Program::node("langsmith-contract/main.mjs");
    let (mut found, typescript) = tokio::join!(
        differences("Python", python, mode, known::PYTHON, FEWEST_PYTHON),
        differences("TypeScript", typescript, mode, known::TYPESCRIPT, FEWEST_TYPESCRIPT),
    );
    found.extend(typescript);
    assert!(found.is_empty(), "{mode:?}:\n{}", found.join("\n"));
}

async fn differences(
    suite: &str,
    program: Program,
    mode: Mode,
    known: &[Known],
    fewest: usize,
) -> Vec<String> {
    let options = Options { service: mode.service(), ..Options::default() };
    let double = langsmith_double::start(options).await.unwrap();
    let said = program.args([&double.url(), ADA_KEY]).arg(mode.workspace()).succeed().await;
    double.stop().await;
    let report = Report::read(&said);
    assert!(report.len() >= fewest, "{suite}: only {} checks", report.len());
    report.differences(mode, known).into_iter().map(|difference| format!("{suite} {difference}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lenient() {
    hold(Mode::Lenient).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ch_only() {
    hold(Mode::ChOnly).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dual() {
    hold(Mode::Dual).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn smithdb_only() {
    hold(Mode::SmithDbOnly).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cloud() {
    hold(Mode::Cloud).await;
}
