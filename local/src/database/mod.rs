//! DynamoDB, embedded: the AWS SDK talks to it through an in-process connector, so no port is open and the store code
//! is the one that runs on AWS.

mod connector;
mod engine;
mod sweep;
pub mod tables;
mod worker;

use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::{StartError, owner_only};

use connector::Embedded;
use worker::Worker;

pub(crate) use sweep::sweep;

/// The prefix of every table's name.
pub const PREFIX: &str = "langsmith-mcp";

/// An embedded database.
#[derive(Clone)]
pub struct Database {
    engine: dynoxide::Database,
    embedded: Embedded,
}

impl Database {
    /// A database in a file, with every table of `infra/tables.yaml`.
    pub fn open(file: &Path) -> Result<Self, StartError> {
        // SQLite would create it according to the umask; its journals inherit the mode of the existing file.
        owner_only::open(file).map_err(|cause| StartError::DataDir { path: file.to_owned(), cause })?;
        let engine = dynoxide::Database::new(&file.to_string_lossy()).map_err(|error| failed(&error))?;
        let worker =
            Worker::start(engine.clone()).map_err(|error| StartError::Internal(error.to_string()))?;
        Self { engine, embedded: Embedded::There(worker) }.with_tables()
    }

    /// A database in memory.
    pub fn memory() -> Result<Self, StartError> {
        let engine = dynoxide::Database::memory().map_err(|error| failed(&error))?;
        Self { embedded: Embedded::Here(engine.clone()), engine }.with_tables()
    }

    fn with_tables(self) -> Result<Self, StartError> {
        tables::create(&self.engine, PREFIX)?;
        Ok(self)
    }

    /// Its HTTP client, for the AWS SDK.
    pub fn http_client(&self) -> SharedHttpClient {
        connector::http_client(self.embedded.clone())
    }

    /// Deletes expired items once.
    fn sweep(&self) {
        if let Err(error) = self.engine.sweep_ttl() {
            tracing::warn!(%error, "expired items could not be deleted");
        }
    }
}

/// An SDK client over the HTTP client of an embedded database. Requests are not signed: nothing verifies a signature.
pub fn client(http: SharedHttpClient) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .endpoint_url("http://dynamodb.in-process")
        .allow_no_auth()
        .http_client(http)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(3)
                .with_initial_backoff(std::time::Duration::from_millis(5)),
        )
        .timeout_config(
            TimeoutConfig::builder().operation_timeout(std::time::Duration::from_secs(10)).build(),
        )
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    Client::from_conf(config)
}

fn failed(error: &dynoxide::DynoxideError) -> StartError {
    StartError::Database(error.to_string())
}
