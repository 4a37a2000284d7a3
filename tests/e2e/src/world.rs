//! One server, one LangSmith, one clock.

use std::sync::Arc;
use std::time::Duration;

use langsmith_double::{Double, Handle};
use local::{Environment, Running, Settings};
use outbound::Resolver;
use primitives::clock::{SteppedClock, Timestamp};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::client::OAuthClient;
use crate::way::Way;

/// The environment of one test.
pub struct World {
    /// The LangSmith double's handle.
    pub langsmith: Handle,
    /// The server's clock.
    pub clock: Arc<SteppedClock>,
    /// The link to the server's database.
    pub way: Way,
    server: Running,
    double: Double,
    _directory: Option<TempDir>,
}

/// The differences from the default world.
#[derive(Default)]
pub struct Options {
    /// Options of the double.
    pub langsmith: langsmith_double::Options,
    /// Whether to keep the database in a file.
    pub durable: bool,
    /// Changes to the server's settings.
    pub settings: Option<fn(&mut Settings)>,
    /// The Agent Servers, as `NAME=URL`.
    pub agent_servers: Vec<String>,
    /// Whether each person's own deployments are Agent Servers, too.
    pub discover_agents: bool,
    /// How long a call of an agent waits for its run.
    pub agent_patience: Option<Duration>,
    /// Resolves the names of hosts that callers name, in place of the system.
    pub resolver: Option<Arc<dyn Resolver>>,
}

impl World {
    /// The default world: everything in memory.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// A world whose server registers itself with LangSmith.
    pub async fn start_self_registered() -> Self {
        let settings: fn(&mut Settings) = |settings| {
            settings.langsmith_client_id = None;
            settings.langsmith_client_secret = None;
            settings.langsmith_self_registration = true;
        };
        Self::with(Options { settings: Some(settings), ..Options::default() }).await
    }

    /// A world with these options.
    pub async fn with(options: Options) -> Self {
        let double = langsmith_double::start(options.langsmith).await.unwrap();
        let directory = options.durable.then(|| TempDir::new().unwrap());
        let data_dir = directory.as_ref().map_or_else(|| local::MEMORY.as_ref(), TempDir::path);
        let mut settings = Settings::for_tests(&double.url(), data_dir);
        settings.agent_server = options.agent_servers;
        settings.discover_agents = options.discover_agents;
        if let Some(change) = options.settings {
            change(&mut settings);
        }
        let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(1_900_000_000)));
        let way = Way::default();
        let mut environment =
            Environment { clock: clock.clone(), between: way.hook(), ..Environment::default() };
        if let Some(patience) = options.agent_patience {
            environment.agent_patience = patience;
        }
        if let Some(resolver) = options.resolver {
            environment.resolver = resolver;
        }
        let server = local::start_in(settings, environment).await.unwrap();
        Self { langsmith: double.handle(), clock, way, server, double, _directory: directory }
    }

    /// The server's public URL.
    pub fn url(&self) -> &str {
        self.server.public_url()
    }

    /// LangSmith's base URL.
    pub fn langsmith_url(&self) -> String {
        self.double.url()
    }

    /// The URL of a path on the server.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url())
    }

    /// Advances the clock.
    pub fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.url())
    }

    /// A freshly registered client with a loopback redirect URI.
    pub async fn client(&self) -> OAuthClient {
        OAuthClient::register(self.url(), "http://127.0.0.1:7777/callback").await
    }
}
