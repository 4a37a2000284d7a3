//! What LangSmith's authorization server was last found to be. It belongs to the deployment, not to a caller.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{OAuthMetadata, TIMEOUT};
use crate::clock::{SharedClock, Timestamp};
use crate::deadline::Deadline;
use crate::langsmith::{LangSmith, UpstreamError};

/// How long metadata is believed.
const BELIEVED: Duration = Duration::from_mins(10);
/// How long anything else is: that there is no such server, or that nothing sensible came. Nobody waits for the same
/// silence twice in a row, and a fault that passes is forgotten soon.
const DOUBTED: Duration = Duration::from_secs(15);

/// LangSmith's authorization server does not answer, or makes no sense, just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent;

/// What it offers, `None` when the deployment has no authorization server; or that it was silent.
pub type Offered = Result<Option<OAuthMetadata>, Silent>;

/// Finds the authorization server and remembers it.
#[derive(Clone)]
pub struct Discovery {
    langsmith: LangSmith,
    clock: SharedClock,
    known: Arc<Mutex<Option<(Timestamp, Offered)>>>,
}

impl Discovery {
    /// A discovery that knows nothing yet.
    pub fn new(langsmith: LangSmith, clock: SharedClock) -> Self {
        Self { langsmith, clock, known: Arc::default() }
    }

    /// What it offers, asked again when it was silent.
    pub async fn ask(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        if let Some(Ok(offered)) = self.recall() {
            return Ok(offered);
        }
        let offered = self.langsmith.oauth_metadata().await?;
        self.remember(Ok(offered.clone()));
        Ok(offered)
    }

    /// What it offers, for a caller with other things to do: waits at most `patience`, and not at all when it was just
    /// silent.
    pub async fn ask_within(&self, patience: Duration) -> Offered {
        if let Some(known) = self.recall() {
            return known;
        }
        let answer = Deadline::after(patience.min(TIMEOUT)).limit(self.ask()).await;
        answer.unwrap_or(Err(UpstreamError::Timeout)).map_err(|error| {
            tracing::warn!(%error, "LangSmith's authorization server metadata cannot be read");
            self.remember(Err(Silent));
            Silent
        })
    }

    fn recall(&self) -> Option<Offered> {
        let (since, known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let life = if matches!(known, Ok(Some(_))) { BELIEVED } else { DOUBTED };
        (self.clock.now().since(since) < life).then_some(known)
    }

    fn remember(&self, offered: Offered) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.clock.now(), offered));
    }
}
