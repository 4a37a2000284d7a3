//! What LangSmith's authorization server was last found to be. It belongs to the deployment, not to a caller.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

    /// What it offers, for somebody whom nobody knows yet: it is not asked again when it was just silent, so that it is not
    /// asked as often as somebody likes.
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

    /// What it offers, for a caller with other things to do: waits at most `patience`, and not at all when it was just
    /// silent.
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

    /// Asks anew next time: what is remembered was found to be wrong.
    pub fn forget(&self) {
        *self.lock() = None;
    }

    /// Remembers the silence that began at `since`, unless somebody else has heard from it in the meantime.
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
    use super::*;
    use crate::clock::{Clock as _, SteppedClock};
    use crate::langsmith::http_client;
    use crate::random::SystemRandom;

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
