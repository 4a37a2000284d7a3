//! The AWS SDK in a Lambda function. All clients share one HTTP client, and with it connections, roots and timeouts.
//!
//! The SDK's own configuration loading is not used: in Lambda everything is in the environment, and the other sources
//! (profiles, metadata services, single sign-on) would only cost time and binary size.

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

pub use secrets::Secrets;
pub use vault_kind::VaultKind;

/// The connect timeout, TLS excluded: within a region a connection takes a millisecond.
const CONNECT: Duration = Duration::from_millis(200);
/// The default timeout of a call, including all attempts and waits: while somebody waits, a failure must be reported
/// within a second, even when the start of the instance has already used up some of it.
const CALL: Duration = Duration::from_millis(700);
/// The fraction of it for one attempt. The services answer within tens of milliseconds; it leaves time for a second
/// one.
const ATTEMPT: f64 = 0.47;
/// The maximum number of attempts.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt; it grows, with jitter.
const BACKOFF: Duration = Duration::from_millis(25);

/// The shared configuration of all clients.
pub struct Aws {
    common: SdkConfig,
    dynamodb: SdkConfig,
    secrets: SdkConfig,
    #[cfg(feature = "aws-vault")]
    kms: SdkConfig,
}

impl Aws {
    /// Region, credentials and endpoints from the environment. `AWS_ENDPOINT_URL` selects an emulator for all services,
    /// `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL_SECRETS_MANAGER` for one, as in every SDK.
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

    /// The configuration of a client of another service, given the variable that selects an emulator of it.
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

    /// A client of Secrets Manager itself, for functions that write there.
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

/// The credentials that Lambda gives an instance outlive it.
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
