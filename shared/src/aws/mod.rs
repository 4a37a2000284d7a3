//! The AWS SDK as a function has it. All clients share one HTTP client, and with it connections, roots and limits.
//!
//! The SDK's own loading of its configuration is not used: in Lambda everything stands in the environment, and its other
//! sources (profiles, metadata services, single sign-on) would only cost time and bytes.

mod http;
mod secrets;
#[cfg(feature = "aws-vault")]
mod vault;
mod vault_kind;

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_types::SdkConfig;
use url::Url;

use crate::config::{Config, Misconfigured};
use crate::store::Store;

pub use secrets::{Secrets, cause};
pub use vault_kind::VaultKind;

/// How long a connection may take, TLS excluded: within a region it takes a millisecond.
const CONNECT: Duration = Duration::from_millis(200);
/// How long a call may usually take, all attempts and waits included: what is dead must be told within a second, while
/// somebody waits, and even when the start of the instance has waited for it already.
const CALL: Duration = Duration::from_millis(700);
/// How much of that one attempt may take. The services answer within tens of milliseconds; it leaves time for a second one.
const ATTEMPT: f64 = 0.47;
/// How often a call is tried.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; it grows and is drawn at random.
const BACKOFF: Duration = Duration::from_millis(25);

/// What every client is made of.
pub struct Aws {
    common: SdkConfig,
    dynamodb: SdkConfig,
    secrets: SdkConfig,
    #[cfg(feature = "aws-vault")]
    kms: SdkConfig,
}

impl Aws {
    /// Region, credentials and endpoints from the environment. An emulator is named by `AWS_ENDPOINT_URL`, or for one
    /// service by `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL_SECRETS_MANAGER`, as in every SDK.
    pub fn new(config: &Config) -> Result<Self, Misconfigured> {
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(BACKOFF);
        let call = config.call_timeout(CALL)?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(call.mul_f64(ATTEMPT))
            .operation_timeout(call)
            .build();
        let common = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(config.need("AWS_REGION")?))
            .credentials_provider(SharedCredentialsProvider::new(credentials(config)?))
            .http_client(http::client())
            .retry_config(retries)
            .timeout_config(timeouts)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        let at = |variable| service(&common, config, variable);
        Ok(Self {
            dynamodb: at("AWS_ENDPOINT_URL_DYNAMODB")?,
            secrets: at("AWS_ENDPOINT_URL_SECRETS_MANAGER")?,
            #[cfg(feature = "aws-vault")]
            kms: at("AWS_ENDPOINT_URL_KMS")?,
            common,
        })
    }

    /// What a client of another service is made of, given the variable that names an emulator of it.
    pub fn service(&self, config: &Config, variable: &'static str) -> Result<SdkConfig, Misconfigured> {
        service(&self.common, config, variable)
    }

    /// The stack's tables.
    pub fn store(&self, config: &Config) -> Result<Store, Misconfigured> {
        Ok(Store::new(&aws_sdk_dynamodb::Client::new(&self.dynamodb), &config.table_prefix()?))
    }

    /// The stack's own secrets.
    pub fn secrets(&self) -> Secrets {
        Secrets::new(self.secrets_manager())
    }

    /// Secrets Manager itself, for those that write there.
    pub fn secrets_manager(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.secrets)
    }
}

fn service(common: &SdkConfig, config: &Config, variable: &'static str) -> Result<SdkConfig, Misconfigured> {
    const EVERY: &str = "AWS_ENDPOINT_URL";
    let own = config.get(variable).map(|url| (variable, url));
    let Some((variable, url)) = own.or_else(|| config.get(EVERY).map(|url| (EVERY, url))) else {
        return Ok(common.clone());
    };
    match Url::parse(&url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => {
            Ok(common.to_builder().endpoint_url(url).build())
        }
        _ => Err(Misconfigured::new(variable, "must be an absolute http or https URL")),
    }
}

/// Lambda gives an instance credentials that outlive it.
fn credentials(config: &Config) -> Result<Credentials, Misconfigured> {
    Ok(Credentials::new(
        config.need("AWS_ACCESS_KEY_ID")?,
        config.need("AWS_SECRET_ACCESS_KEY")?,
        config.get("AWS_SESSION_TOKEN"),
        None,
        "environment",
    ))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
