//! The whole system in one process: every function's router on one port, and DynamoDB embedded. No AWS account and no
//! other service is needed.

mod app;
mod banner;
mod checked;
mod console;
mod created_files;
pub mod database;
mod demo;
mod documents;
mod drain;
mod error;
mod key_files;
mod langsmith_client;
mod lock;
mod owner_only;
mod serve;
mod servers;
mod settings;
mod signals;
mod telemetry;

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use primitives::clock::{SharedClock, SystemClock};
use primitives::random::{SharedRandom, SystemRandom};

use mcp::toolset::Toolsets;
use outbound::{Resolver, SystemResolver};

pub use app::{ROUTES, run, start, start_in};
pub use console::print_error;
pub use error::StartError;
pub use serve::{Limits, Running};
pub use settings::{ClientIdMetadata, MEMORY, SettingError, Settings, settings_table};

/// Wraps the HTTP client between the AWS SDK and the embedded database.
pub type Between = Box<dyn FnOnce(SharedHttpClient) -> SharedHttpClient + Send>;

/// The environment of the process. Tests step the clock, and count and break the calls to the database.
pub struct Environment {
    /// The clock of every component.
    pub clock: SharedClock,
    /// The source of randomness of every component.
    pub random: SharedRandom,
    /// Resolves the host names of clients' documents.
    pub resolver: Arc<dyn Resolver>,
    /// Wraps the HTTP client between the AWS SDK and the embedded database.
    pub between: Between,
    /// The tools of `/mcp`.
    pub toolsets: Toolsets,
    /// The timeouts of a connection.
    pub limits: Limits,
    /// How long a call of an agent waits for its run.
    pub agent_patience: Duration,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            resolver: Arc::new(SystemResolver),
            between: Box::new(|way| way),
            toolsets: mcp::toolsets::langsmith::tools().into(),
            limits: Limits::default(),
            agent_patience: mcp::toolsets::agents::PATIENCE,
        }
    }
}
