//! `cargo run`: every function on one port of this machine.

use std::process::ExitCode;

use local::{Settings, run};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Settings::of_process()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            local::print_error(&error);
            ExitCode::FAILURE
        }
    }
}
