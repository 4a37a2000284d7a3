//! Upstream credentials: sealed at rest, refreshed before they expire, and ended only when LangSmith says so.

mod broker;
mod credential;
mod envelope;
mod refresh;

pub use broker::{Broker, BrokerError, Live, Refusal};
pub use credential::{OAuthTokens, Origin, StoredCredential};
pub use envelope::Envelope;
