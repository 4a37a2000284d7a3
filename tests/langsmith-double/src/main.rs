//! The double as a process of its own, for clients and benchmarks outside this workspace's tests.

use clap::{Parser, ValueEnum};
use langsmith_double::{Dataset, Options, Service, start};

/// A stateful LangSmith with sample data.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 chooses a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The sample data.
    #[arg(long, value_enum, default_value_t = Data::Demo)]
    data: Data,
    /// What it is like.
    #[arg(long, value_enum, default_value_t = Mode::Lenient)]
    mode: Mode,
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    Lenient,
    ChOnly,
    Dual,
    SmithdbOnly,
    Cloud,
}

#[derive(Clone, Copy, ValueEnum)]
enum Data {
    Demo,
    Bench,
    Large,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the URL is what the caller of the process waits for")]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let data = match arguments.data {
        Data::Demo => Dataset::Demo,
        Data::Bench => Dataset::Bench,
        Data::Large => Dataset::Large,
    };
    let service = match arguments.mode {
        Mode::Lenient => Service::LENIENT,
        Mode::ChOnly => Service::CH_ONLY,
        Mode::Dual => Service::DUAL,
        Mode::SmithdbOnly => Service::SMITHDB_ONLY,
        Mode::Cloud => Service::CLOUD,
    };
    let double = start(Options { port: arguments.port, data, service, ..Options::default() }).await?;
    println!("{}", double.url());
    tokio::signal::ctrl_c().await?;
    double.stop().await;
    Ok(())
}
