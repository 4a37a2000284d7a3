//! The LangSmith client of a stack, from its configuration.

use langsmith::{DataPlaneSettings, LangSmith, http_client};
use primitives::clock::SharedClock;
use primitives::random::SharedRandom;
use url::Url;

use crate::config::{Config, Misconfigured};

/// The deployment named by the environment variables of the process.
pub fn langsmith(
    config: &Config,
    clock: SharedClock,
    random: SharedRandom,
) -> Result<LangSmith, Misconfigured> {
    let endpoint = config.langsmith_endpoint()?;
    let ca_file = config.langsmith_ca_file();
    let http =
        http_client(ca_file.as_deref()).map_err(|error| Misconfigured::new("LANGSMITH_CA_FILE", error))?;
    let ourselves = Url::parse(config.public_url()?.issuer()).ok();
    // The functions run in no private network of the operator's: a private address would be one of AWS's own network.
    let settings = DataPlaneSettings { ourselves, private: false, ca_file };
    Ok(LangSmith::new(endpoint, http, clock, random).with_data_planes(settings))
}
