//! The command line, which is also the settings table of the docs.

use std::fmt::{Display, Write as _};
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use langsmith::oauth::DEFAULT_SCOPES;
use primitives::secret::Secret;

/// The value of the data directory that stores nothing on disk.
pub const MEMORY: &str = ":memory:";

/// Below the usual limit of open files: each connection may need another one, to LangSmith.
const MAX_CONNECTIONS: NonZeroU16 = NonZeroU16::new(400).unwrap();

/// More than people need, and a low load for LangSmith.
const LOGINS_PER_MINUTE: NonZeroU16 = NonZeroU16::new(300).unwrap();

fn at_least_one(text: &str) -> Result<NonZeroU16, &'static str> {
    text.parse().map_err(|_| "must be a whole number from 1 to 65535")
}

/// Whether the documents of clients are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClientIdMetadata {
    /// If there seems to be a way to them.
    Auto,
    /// Always.
    On,
    /// Never: all clients register.
    Off,
}

/// LangSmith Remote MCP on one machine.
#[derive(Clone, Debug, Parser)]
#[command(name = "langsmith-remote-mcp", version, about)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
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

    /// The OAuth client that a LangSmith organization registered for this server; its secret, if it has one, comes from
    /// the environment or from a file.
    #[arg(long, value_name = "ID", env = "LANGSMITH_CLIENT_ID")]
    pub langsmith_client_id: Option<String>,

    /// File that holds that client's secret.
    #[arg(long, value_name = "FILE")]
    pub langsmith_client_secret_file: Option<PathBuf>,

    /// That client's secret. Every user of a machine sees the arguments of its processes, so there is no flag for it.
    #[arg(skip)]
    pub langsmith_client_secret: Option<Secret>,

    /// The OAuth scopes to request from LangSmith at sign-in.
    #[arg(long, value_name = "SCOPES", default_value = DEFAULT_SCOPES)]
    pub langsmith_scopes: String,

    /// The resource (RFC 8707) to request from LangSmith [default: its issuer]
    #[arg(long, value_name = "URL")]
    pub langsmith_resource: Option<String>,

    /// Register this server with LangSmith as an OAuth client automatically; hosted LangSmith gives such clients no
    /// access to its API.
    #[arg(long)]
    pub langsmith_self_registration: bool,

    /// Directory for the database and the keys; `:memory:` keeps nothing. [default: .data, or .data/demo with --demo]
    #[arg(long, value_name = "DIRECTORY")]
    pub data_dir: Option<PathBuf>,

    /// Use a LangSmith with sample data, started in this process, instead of a real one.
    #[arg(long)]
    pub demo: bool,

    /// Also accept data planes of workspaces in private networks.
    #[arg(long)]
    pub private_data_planes: bool,

    /// Also accept MCP servers, the authorization servers of them, and documents of clients, in private networks and on this
    /// machine, there also over http: for development.
    #[arg(long)]
    pub allow_private_servers: bool,

    /// Whether clients may identify themselves by the URL of a document, which is fetched (client ID metadata documents), or
    /// all register; `auto`: if the name of LangSmith's API resolves to public addresses when the server starts, or with
    /// --allow-private-servers.
    #[arg(long, value_name = "CHOICE", default_value = "auto")]
    pub client_id_metadata: ClientIdMetadata,

    /// PEM file with further certificate authorities, for LangSmith and the hosts of clients' documents.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,

    /// Browser origin that may call `/mcp`, repeatable; loopback origins always may while this server is on loopback.
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,

    /// Agent Server whose agents become tools, repeatable; with options after the URL, which docs/agents.md tells.
    #[arg(long, value_name = "NAME=URL", env = "AGENT_SERVERS", value_delimiter = ',')]
    pub agent_server: Vec<String>,

    /// Also make tools of the agents of each person's own LangSmith deployments; the variable takes `on` and `off`.
    #[arg(long, env = "AGENT_DISCOVERY", value_parser = BoolishValueParser::new())]
    pub discover_agents: bool,

    /// Connections that are served at once; further ones wait.
    #[arg(long, value_name = "NUMBER", default_value_t = MAX_CONNECTIONS, value_parser = at_least_one)]
    pub max_connections: NonZeroU16,

    /// Logins that may begin in a minute, of everybody together, with a key and as many with LangSmith, and documents of
    /// clients that may be fetched; further ones are told to wait (429).
    #[arg(long, value_name = "NUMBER", default_value_t = LOGINS_PER_MINUTE, value_parser = at_least_one)]
    pub logins_per_minute: NonZeroU16,

    /// How much to log: error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub log: tracing::Level,

    /// The flags of the settings that came from an environment variable.
    #[arg(skip)]
    pub from_environment: Vec<String>,
}

/// An invalid setting: its source, its value and the problem.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{source_name}{value}: {problem}")]
pub struct SettingError {
    source_name: String,
    value: String,
    problem: String,
}

/// The environment variable with the client's secret.
pub(crate) const CLIENT_SECRET: &str = "LANGSMITH_CLIENT_SECRET";

impl Settings {
    /// The settings from this process's command line and environment.
    pub fn of_process() -> Self {
        let matches = Self::command().get_matches();
        let mut settings = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let command = Self::command();
        let set = command.get_arguments().filter(|argument| {
            matches.value_source(argument.get_id().as_str()) == Some(ValueSource::EnvVariable)
        });
        // An empty secret is a mistake, and so is one that is not valid UTF-8: the validation of the settings refuses
        // both, the latter because of its replacement characters.
        settings.langsmith_client_secret =
            std::env::var_os(CLIENT_SECRET).map(|secret| Secret::new(secret.to_string_lossy()));
        settings.from_environment =
            set.filter_map(|argument| argument.get_long()).map(str::to_owned).collect();
        settings
    }

    /// The error of a setting, identified by its flag; if the value came from an environment variable, that one is
    /// named. The value is shown unless it may contain a password or a token.
    pub(crate) fn value_error(&self, flag: &str, value: &str, problem: impl Display) -> SettingError {
        let command = Self::command();
        let variable = || {
            let argument = command.get_arguments().find(|argument| argument.get_long() == Some(flag))?;
            Some(argument.get_env()?.to_string_lossy().into_owned())
        };
        let from_environment = self.from_environment.iter().any(|set| set == flag);
        let source_name = variable().filter(|_| from_environment).unwrap_or_else(|| format!("--{flag}"));
        let value = if value.contains(['@', '?', '#']) { String::new() } else { format!(" {value:?}") };
        let problem = if value == " \"\"" { "is empty".to_owned() } else { problem.to_string() };
        SettingError { source_name, value, problem }
    }

    /// The error of a secret, or of a value that may be one by mistake: it is not shown.
    pub(crate) fn secret_error(source_name: &str, problem: impl Display) -> SettingError {
        let (source_name, problem) = (source_name.to_owned(), problem.to_string());
        SettingError { source_name, value: String::new(), problem }
    }

    /// Settings for a test: a free port, the client that the double's organization registered, and defaults otherwise.
    pub fn for_tests(langsmith: &str, data_dir: &Path) -> Self {
        Self {
            port: 0,
            host: Vec::new(),
            public_url: None,
            langsmith_endpoint: langsmith.to_owned(),
            langsmith_client_id: Some(langsmith_double::CLIENT_ID.to_owned()),
            langsmith_client_secret_file: None,
            langsmith_client_secret: Some(Secret::new(langsmith_double::CLIENT_SECRET)),
            langsmith_scopes: DEFAULT_SCOPES.to_owned(),
            langsmith_resource: None,
            langsmith_self_registration: false,
            private_data_planes: false,
            allow_private_servers: false,
            client_id_metadata: ClientIdMetadata::On,
            data_dir: Some(data_dir.to_owned()),
            demo: false,
            ca_file: None,
            allow_origin: Vec::new(),
            agent_server: Vec::new(),
            discover_agents: false,
            max_connections: MAX_CONNECTIONS,
            logins_per_minute: LOGINS_PER_MINUTE,
            log: tracing::Level::INFO,
            from_environment: Vec::new(),
        }
    }

    /// Where the database and the keys are stored; `None` stores nothing.
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
        // A default that depends on other flags is written into the help text, in clap's own format.
        let (meaning, told) = help.split_once(" [default: ").unwrap_or((&help, "]"));
        let default = if default.is_empty() { told.trim_end_matches(']').to_owned() } else { default };
        let _infallible = writeln!(table, "| `--{long}` | {environment} | {default} | {meaning} |");
        if long == "langsmith-client-secret-file" {
            let _infallible = writeln!(
                table,
                "| | `{CLIENT_SECRET}` | | That client's secret itself; there is no flag for it. |"
            );
        }
    }
    table
}
