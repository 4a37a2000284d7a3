//! The command line, which is also the settings table of the docs.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::{CommandFactory as _, Parser};

/// The data directory that keeps nothing.
pub const MEMORY: &str = ":memory:";

/// LangSmith Remote MCP on one machine.
#[derive(Clone, Debug, Parser)]
#[command(name = "langsmith-remote-mcp", version, about)]
pub struct Settings {
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8484)]
    pub port: u16,

    /// Address to listen on, repeatable [default: both loopback addresses]
    #[arg(long, value_name = "ADDRESS")]
    pub host: Vec<IpAddr>,

    /// The URL under which clients reach this server [default: <http://localhost:PORT>]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,

    /// The LangSmith to use.
    #[arg(
        long,
        value_name = "URL",
        env = "LANGSMITH_ENDPOINT",
        default_value = "https://api.smith.langchain.com"
    )]
    pub langsmith_endpoint: String,

    /// Directory for the database and the keys; `:memory:` keeps nothing. [default: .data, or .data/demo with --demo]
    #[arg(long, value_name = "DIRECTORY")]
    pub data_dir: Option<PathBuf>,

    /// Use a LangSmith with sample data, started in this process, instead of a real one.
    #[arg(long)]
    pub demo: bool,

    /// PEM file with further certificate authorities for the way to LangSmith.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,

    /// Browser origin that may call `/mcp`, repeatable; loopback origins always may while this server is on loopback.
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,

    /// How much to log: error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub log: tracing::Level,
}

impl Settings {
    /// Settings for a test: a free port, and everything else as a newcomer has it.
    pub fn for_tests(langsmith: &str, data_dir: &Path) -> Self {
        Self {
            port: 0,
            host: Vec::new(),
            public_url: None,
            langsmith_endpoint: langsmith.to_owned(),
            data_dir: Some(data_dir.to_owned()),
            demo: false,
            ca_file: None,
            allow_origin: Vec::new(),
            log: tracing::Level::INFO,
        }
    }

    /// Where the database and the keys lie; `None` keeps nothing.
    pub(crate) fn data_dir(&self) -> Option<PathBuf> {
        match &self.data_dir {
            Some(path) if path.as_os_str() == MEMORY => None,
            Some(path) => Some(path.clone()),
            None if self.demo => Some(PathBuf::from(".data/demo")),
            None => Some(PathBuf::from(".data")),
        }
    }
}

/// The settings as the Markdown table of the docs.
pub fn settings_table() -> String {
    let mut table = String::from("| Flag | Environment | Default | Meaning |\n|---|---|---|---|\n");
    for argument in Settings::command().get_arguments() {
        let Some(long) = argument.get_long() else { continue };
        let environment =
            argument.get_env().map(|name| format!("`{}`", name.to_string_lossy())).unwrap_or_default();
        let defaults: Vec<_> = argument
            .get_default_values()
            .iter()
            .map(|value| format!("`{}`", value.to_string_lossy()))
            .collect();
        let default = if argument.get_action().takes_values() { defaults.join(" ") } else { String::new() };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        // A default that depends on other flags stands in the help text, as clap writes its own.
        let (meaning, told) = help.split_once(" [default: ").unwrap_or((&help, "]"));
        let default = if default.is_empty() { told.trim_end_matches(']').to_owned() } else { default };
        let _infallible = writeln!(table, "| `--{long}` | {environment} | {default} | {meaning} |");
    }
    table
}
