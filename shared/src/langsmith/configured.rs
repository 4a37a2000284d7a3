//! The LangSmith of a stack, and the way to it before the first caller needs it.

use super::{CALL_BUDGET, DataPlaneSettings, LangSmith, UpstreamError, http_client};
use crate::clock::SharedClock;
use crate::config::{Config, Misconfigured};
use crate::deadline::Deadline;
use crate::random::SharedRandom;

impl LangSmith {
    /// The deployment that the variables of the process name.
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
        // Functions are in no private network, so that one in which a data plane were would be AWS's.
        let settings = DataPlaneSettings { ourselves: Some(config.public_url()?), private: false, ca_file };
        Ok(langsmith.with_data_planes(settings))
    }

    /// Opens a connection, for as long as the caller waits. What is asked for is public, and the answer is of no interest.
    pub async fn warm(&self) -> Result<(), UpstreamError> {
        let request = self.http.get(self.url("/api/v1/info"));
        self.attempt(request, Deadline::after(CALL_BUDGET)).await.map(drop)
    }
}
