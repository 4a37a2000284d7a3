//! The LangSmith double and our server in this process, with their own ports and folder.

use crate::contract::Mode;
use langsmith_double::{Double, Handle, Options};
use local::{Environment, Running, Settings};
use tempfile::TempDir;

/// The environment of a client. Each test starts its own.
pub struct System {
    double: Double,
    server: Running,
    data: TempDir,
}

impl System {
    /// Starts both with a newcomer's settings.
    pub async fn start() -> Self {
        Self::start_in(Environment::default()).await
    }

    /// Starts both, the server with the test's own clock or toolset.
    pub async fn start_in(environment: Environment) -> Self {
        Self::start_with(environment, Options::default()).await
    }

    /// Starts both, the double in a mode.
    pub async fn start_on(mode: Mode) -> Self {
        let options = Options { service: mode.service(), ..Options::default() };
        Self::start_with(Environment::default(), options).await
    }

    /// Starts both, the server with changed settings.
    pub async fn start_changed(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_all(Environment::default(), Options::default(), change).await
    }

    async fn start_with(environment: Environment, options: Options) -> Self {
        Self::start_all(environment, options, |_| {}).await
    }

    /// # Panics
    /// If one of them does not start.
    async fn start_all(
        environment: Environment,
        options: Options,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let double = match langsmith_double::start(options).await {
            Ok(double) => double,
            Err(error) => panic!("the double did not start: {error}"),
        };
        let data = match tempfile::tempdir() {
            Ok(data) => data,
            Err(error) => panic!("no folder for the data: {error}"),
        };
        let mut settings = Settings::for_tests(&double.url(), data.path());
        change(&mut settings);
        let server = match local::start_in(settings, environment).await {
            Ok(server) => server,
            Err(error) => panic!("the server did not start: {error}"),
        };
        Self { double, server, data }
    }

    /// The issuer: `http://localhost:PORT`.
    pub fn origin(&self) -> &str {
        self.server.public_url()
    }

    /// The URL that a person types into a client.
    pub fn mcp_url(&self) -> String {
        format!("{}/mcp", self.origin())
    }

    /// Control over the double.
    pub fn langsmith(&self) -> Handle {
        self.double.handle()
    }

    /// The double's URL.
    pub fn langsmith_url(&self) -> String {
        self.double.url()
    }

    /// Stops both and removes the data.
    ///
    /// # Panics
    /// If the data cannot be removed.
    pub async fn stop(self) {
        self.server.stop().await;
        self.double.stop().await;
        if let Err(error) = self.data.close() {
            panic!("the data folder stays: {error}");
        }
    }
}
