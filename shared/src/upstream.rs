//! The LangSmith client of a stack, from its configuration.

use langsmith::{DataPlaneSettings, LangSmith, http_client};
use primitives::clock::SharedClock;
use primitives::random::SharedRandom;
use reqwest::Client;
use url::Url;

use crate::config::{Config, Misconfigured};

/// The HTTP client for LangSmith, and for servers that the operator names.
pub fn http(config: &Config) -> Result<Client, Misconfigured> {
    let ca_file = config.langsmith_ca_file();
    http_client(ca_file.as_deref()).map_err(|error| Misconfigured::new("LANGSMITH_CA_FILE", error))
}

/// The deployment named by the environment variables of the process.
pub fn langsmith(
    config: &Config,
    clock: SharedClock,
    random: SharedRandom,
) -> Result<LangSmith, Misconfigured> {
    let endpoint = config.langsmith_endpoint()?;
    let (ca_file, http) = (config.langsmith_ca_file(), http(config)?);
    let ourselves = Url::parse(config.public_url()?.issuer()).ok();
    // The functions run in no private network of the operator's: a private address would be one of AWS's own network.
    let settings = DataPlaneSettings { ourselves, private: false, ca_file };
    Ok(LangSmith::new(endpoint, http, clock, random).with_data_planes(settings))
}
