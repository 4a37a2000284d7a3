//! The double as a separate process, for clients and benchmarks outside this workspace's tests.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, ValueEnum};
use langsmith_double::data::TEAM_WORKSPACE;
use langsmith_double::{DEPLOYMENTS, Dataset, Deployment, Options, start, start_byoc};

/// A stateful LangSmith with sample data.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 chooses a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The sample data.
    #[arg(long, value_enum, default_value_t = Data::Demo)]
    data: Data,
    /// The kind of deployment. `byoc` is `cloud` with a data plane for the sample workspace, whose URL is printed
    /// second.
    #[arg(long, default_value = DEPLOYMENTS[0].name, value_parser = mode())]
    mode: Deployment,
}

#[derive(Clone, Copy, ValueEnum)]
enum Data {
    Demo,
    Bench,
    Large,
}

fn mode() -> impl TypedValueParser<Value = Deployment> {
    let names = PossibleValuesParser::new(DEPLOYMENTS.map(|deployment| deployment.name));
    names.try_map(|name| Deployment::from_name(&name).ok_or("there is no such deployment"))
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
    let service = arguments.mode.service;
    let options = Options { port: arguments.port, data, service, ..Options::default() };
    let doubles = if arguments.mode.has_data_plane {
        let (control, data_plane) = start_byoc(options, TEAM_WORKSPACE).await?;
        vec![control, data_plane]
    } else {
        vec![start(options).await?]
    };
    for double in &doubles {
        println!("{}", double.url());
    }
    tokio::signal::ctrl_c().await?;
    for double in doubles {
        double.stop().await;
    }
    Ok(())
}
