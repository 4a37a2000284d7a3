//! The functions' programs, started like Lambda starts them: the times of a start and of the first request, their
//! sizes, and the overhead of this project's code. A hello program and the same tool in Python alternate with them.

mod cast;
mod login;
mod overhead;
mod package;
mod question;
mod starts;
mod subject;

use std::path::PathBuf;

use clap::Args;
use front_door::FrontDoor;

use crate::{Outcome, clock, document, machine};

/// Measures the functions.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Python with the peer's packages.
    #[arg(long)]
    python: PathBuf,
    /// The folder of the peer's handler, beside the script that packs.
    #[arg(long)]
    scripts: PathBuf,
    /// The page to write the tables to, between its markers.
    #[arg(long)]
    page: PathBuf,
    /// How often each program is started; once more comes first.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    starts: u32,
    /// Print the tables instead of writing them.
    #[arg(long)]
    print: bool,
}

/// Measures, and writes the tables.
pub(crate) async fn run(plan: &Plan) -> Outcome {
    let began = clock::now();
    let mut machine = machine::hardware()?;
    let packages = ["fastmcp", "mangum", "awslambdaric"];
    machine.push(format!("peer: {}", machine::python_versions(&plan.python, &packages)?));
    let door = FrontDoor::start().await;
    let mut cast = cast::assemble(plan, &door).await?;
    let mut sections = vec![starts::measure(plan, &mut cast).await?, package::measure(plan, &cast)?];
    sections.push(overhead::measure(&door, &cast).await?);
    sections.push(login::measure(plan, &door).await?);
    let how = format!("medians of {} processes of each program after one to warm up", plan.starts);
    let text = document::compose(&how, &machine, &sections, began.elapsed())?;
    if !plan.print {
        document::write(&plan.page, "cargo xtask bench lambda", &text)?;
    }
    document::show(&text);
    Ok(())
}
