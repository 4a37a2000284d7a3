//! The LangSmith client of a stack, from its configuration, and opening its connection before the first call.

use super::{CALL_BUDGET, DataPlaneSettings, LangSmith, UpstreamError, http_client};
use crate::clock::SharedClock;
use crate::config::{Config, Misconfigured};
use crate::deadline::Deadline;
use crate::random::SharedRandom;

impl LangSmith {
    /// The deployment named by the environment variables of the process.
    pub fn configured(
        config: &Config,
        clock: SharedClock,
        random: SharedRandom,
    ) -> Result<Self, Misconfigured> {
        let endpoint = config.langsmith_endpoint()?;
        let ca_file = config.langsmith_ca_file();
        let http = http_client(ca_file.as_deref())
            .map_err(|error| Misconfigured::new("LANGSMITH_CA_FILE", error))?;
        let langsmith = Self::new(endpoint, http, clock, random);
        // The functions run in no private network of the operator's: a private address would be one of AWS's own
        // network.
        let settings = DataPlaneSettings { ourselves: Some(config.public_url()?), private: false, ca_file };
        Ok(langsmith.with_data_planes(settings))
    }

    /// Opens a connection, for as long as the caller waits. The resource is public and its content is ignored.
    pub async fn warm(&self) -> Result<(), UpstreamError> {
        let request = self.http.get(self.url("/api/v1/info"));
        self.attempt(request, Deadline::after(CALL_BUDGET)).await.map(drop)
    }
}
