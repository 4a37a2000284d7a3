//! The last known state of LangSmith's authorization server. It belongs to the deployment, not to a caller.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use primitives::clock::{SharedClock, Timestamp};
use primitives::deadline::Deadline;

use super::{OAuthMetadata, TIMEOUT};
use crate::{LangSmith, UpstreamError};

/// The lifetime of metadata.
const BELIEVED: Duration = Duration::from_mins(10);
/// The lifetime of any other result: no such server, or no usable answer. Short, because a fault may pass soon, but
/// long enough that nobody waits for the same silence twice in a row.
const DOUBTED: Duration = Duration::from_secs(15);

/// LangSmith's authorization server does not answer, or answers nonsense, at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent;

/// The server's metadata, `None` when the deployment has no authorization server; or that it was silent.
pub type Offered = Result<Option<OAuthMetadata>, Silent>;

/// Finds the authorization server and remembers it.
#[derive(Clone)]
pub struct Discovery {
    langsmith: LangSmith,
    clock: SharedClock,
    known: Arc<Mutex<Option<(Timestamp, Offered)>>>,
}

impl Discovery {
    /// A discovery without any result yet.
    pub fn new(langsmith: LangSmith, clock: SharedClock) -> Self {
        Self { langsmith, clock, known: Arc::default() }
    }

    /// The server's metadata; a silent server is asked again.
    pub async fn ask(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        if let Some(Ok(offered)) = self.recall() {
            return Ok(offered);
        }
        let offered = self.langsmith.oauth_metadata().await?;
        self.remember(Ok(offered.clone()));
        Ok(offered)
    }

    /// The server's metadata for an unauthenticated client: a server that was silent just now is not asked again, so
    /// that strangers cannot cause any number of requests to it.
    pub async fn ask_unless_silent(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        match self.recall() {
            Some(Ok(offered)) => Ok(offered),
            Some(Err(Silent)) => Err(UpstreamError::Unreachable),
            None => {
                let since = self.clock.now();
                let asked = self.ask().await;
                asked.or_else(|error| self.doubt(since).map_err(|Silent| error))
            }
        }
    }

    /// The server's metadata for a caller that can do without: waits at most `patience`, and not at all when the server
    /// was silent just now.
    pub async fn ask_within(&self, patience: Duration) -> Offered {
        if let Some(known) = self.recall() {
            return known;
        }
        let since = self.clock.now();
        let answer = Deadline::after(patience.min(TIMEOUT)).limit(self.ask()).await;
        answer.unwrap_or(Err(UpstreamError::Timeout)).or_else(|error| {
            tracing::warn!(%error, "LangSmith's authorization server metadata cannot be read");
            self.doubt(since)
        })
    }

    /// Discards the remembered result, which was found to be wrong.
    pub fn forget(&self) {
        *self.lock() = None;
    }

    /// Remembers the silence that began at `since`, unless another call got an answer in the meantime.
    fn doubt(&self, since: Timestamp) -> Offered {
        let mut known = self.lock();
        match known.as_ref() {
            Some((heard, Ok(offered))) if *heard >= since => Ok(offered.clone()),
            _ => {
                *known = Some((self.clock.now(), Err(Silent)));
                Err(Silent)
            }
        }
    }

    fn recall(&self) -> Option<Offered> {
        let (since, known) = self.lock().clone()?;
        let life = if matches!(known, Ok(Some(_))) { BELIEVED } else { DOUBTED };
        (self.clock.now().since(since) < life).then_some(known)
    }

    fn remember(&self, offered: Offered) {
        *self.lock() = Some((self.clock.now(), offered));
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Timestamp, Offered)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use primitives::clock::{Clock as _, SteppedClock};
    use primitives::random::SystemRandom;

    use super::*;
    use crate::http_client;

    #[test]
    fn what_was_heard_meanwhile_outlives_an_older_silence() {
        let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(100)));
        let endpoint = reqwest::Url::parse("http://127.0.0.1:9").unwrap();
        let langsmith =
            LangSmith::new(endpoint, http_client(None).unwrap(), clock.clone(), Arc::new(SystemRandom));
        let discovery = Discovery::new(langsmith, clock.clone());
        let asked = clock.now();
        clock.advance(Duration::from_secs(1));
        discovery.remember(Ok(None));
        assert_eq!(discovery.doubt(asked), Ok(None));
        clock.advance(Duration::from_secs(1));
        assert_eq!(discovery.doubt(clock.now()), Err(Silent));
        assert_eq!(discovery.recall(), Some(Err(Silent)));
        clock.advance(DOUBTED);
        assert_eq!(discovery.recall(), None);
    }
}
