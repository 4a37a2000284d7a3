//! The settings of an examination.

use primitives::clock::SharedClock;
use primitives::secret::Secret;
use reqwest::Client;

/// The settings of an examination.
pub struct Options {
    /// Sends the requests.
    pub http: Client,
    /// This machine's clock.
    pub clock: SharedClock,
    /// A LangSmith key, for the checks that need a credential.
    pub key: Option<Secret>,
    /// An access token without one of the permissions, to see the step-up challenge.
    pub token: Option<Secret>,
}
