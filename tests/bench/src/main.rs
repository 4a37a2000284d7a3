//! `cargo xtask bench`: this server and its peers on one machine, in one run, alternating.
//!
//! Nothing is compared with numbers from elsewhere: both sides of every ratio are measured within seconds of each
//! other, against the same double, by the same client, and the median of several rounds counts. A machine that is busy
//! with something else affects both sides.
#![expect(clippy::print_stderr, reason = "a command line tool tells on the terminal how far it is")]

mod agents;
mod calls;
mod clock;
mod cloud;
mod connection;
mod document;
mod durable;
mod exchange;
mod floor;
mod heavy;
#[cfg(feature = "lambda")]
mod lambda;
mod login;
mod machine;
mod mcp;
mod page;
mod paging;
mod plan;
mod process;
mod refresh;
mod refused;
mod registry;
mod shares;
mod side;
mod stats;
mod systems;
mod table;
mod work;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

use crate::plan::Plan;

/// The parts of a refresh that are measured within this program use the server's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Success, or one message for the terminal.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The subject of a measurement.
#[derive(Debug, Parser)]
enum Contest {
    /// This server against its peers.
    Servers(Plan),
    /// The functions' programs as Lambda starts them.
    #[cfg(feature = "lambda")]
    Lambda(lambda::Plan),
}

/// One thread: the load client must leave the other core to the measured server.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match &Contest::parse() {
        Contest::Servers(plan) => run(plan).await,
        #[cfg(feature = "lambda")]
        Contest::Lambda(plan) => lambda::run(plan).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(plan: &Plan) -> Outcome {
    let began = clock::now();
    let machine = machine::describe(plan)?;
    let mut sections = Vec::new();
    if plan.wants("mcp") {
        sections.extend(mcp::measure(plan).await?);
    }
    if plan.wants("cloud") {
        sections.push(cloud::measure(plan).await?);
    }
    if plan.wants("paging") {
        sections.push(paging::measure(plan).await?);
    }
    if plan.wants("heavy") {
        sections.push(heavy::measure(plan).await?);
    }
    if plan.wants("floor") {
        sections.push(floor::measure(plan).await?);
    }
    if plan.wants("refresh") {
        sections.push(refresh::measure(plan).await?);
    }
    if plan.wants("shares") {
        sections.push(shares::measure(plan).await?);
    }
    if plan.wants("exchange") {
        sections.push(exchange::measure(plan).await?);
    }
    if plan.wants("refused") {
        sections.push(refused::measure(plan).await?);
    }
    if plan.wants("durable") {
        sections.push(durable::measure(plan).await?);
    }
    if plan.wants("agents") {
        sections.extend(agents::measure(plan).await?);
    }
    if plan.wants("registry") {
        sections.extend(registry::measure(plan).await?);
    }
    let how =
        format!("medians of {} rounds after one to warm up, {} ms a load", plan.rounds, plan.span_millis);
    let text = document::compose(&how, &machine, &sections, began.elapsed())?;
    // A run of selected parts does not update the page.
    if plan.only.is_empty() {
        document::write(&plan.page, "cargo xtask bench", &text)?;
    }
    document::show(&text);
    Ok(())
}

/// Prints the current measurement.
fn progress(what: &str) {
    eprintln!("    {what}");
}
