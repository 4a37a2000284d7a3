//! LangSmith as our identity provider: what it offers, and our registration there.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use shared::clock::{SharedClock, Timestamp};
use shared::langsmith::{LangSmith, OAuthMetadata, UpstreamError};
use shared::store::Store;

use crate::{CALLBACK_PATH, Deps};

/// How long an answer about what LangSmith offers is believed.
const BELIEVED: Duration = Duration::from_mins(10);
/// How long a login page waits for it before it shows the key form only.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long login pages do without it once it was silent, instead of waiting again one by one.
const SILENCE: Duration = Duration::from_secs(10);

/// LangSmith's authorization server does not answer, or makes no sense, just now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silent;

/// What it offers, `None` when it has no authorization server; or that it was silent.
type Known = Result<Option<OAuthMetadata>, Silent>;

/// LangSmith's authorization server. The remembered metadata belongs to the deployment, not to a caller.
pub(crate) struct Upstream {
    langsmith: LangSmith,
    store: Store,
    clock: SharedClock,
    callback: String,
    known: Mutex<Option<(Timestamp, Known)>>,
}

impl Upstream {
    pub(crate) fn new(deps: &Deps) -> Self {
        Self {
            langsmith: deps.langsmith.clone(),
            store: deps.store.clone(),
            clock: deps.clock.clone(),
            callback: deps.public.join(CALLBACK_PATH),
            known: Mutex::new(None),
        }
    }

    /// Our redirect URI there.
    pub(crate) fn callback(&self) -> &str {
        &self.callback
    }

    /// What it offers; `None` when it has no authorization server.
    pub(crate) async fn metadata(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        if let Some(Ok(offered)) = self.recall() {
            return Ok(offered);
        }
        let offered = self.langsmith.oauth_metadata().await?;
        self.remember(Ok(offered.clone()));
        Ok(offered)
    }

    /// The same for a page that must show, so it waits only a little, and not at all for one that was just silent.
    pub(crate) async fn metadata_for_page(&self) -> Known {
        if let Some(known) = self.recall() {
            return known;
        }
        let answer = tokio::time::timeout(PATIENCE, self.metadata()).await;
        answer.unwrap_or(Err(UpstreamError::Timeout)).map_err(|error| {
            tracing::warn!(%error, "LangSmith's authorization server metadata cannot be read");
            self.remember(Err(Silent));
            Silent
        })
    }

    fn recall(&self) -> Option<Known> {
        let now = self.clock.now();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let life = |known: &Known| if known.is_ok() { BELIEVED } else { SILENCE };
        known.filter(|(since, known)| now.since(*since) < life(known)).map(|(_, known)| known)
    }

    fn remember(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.clock.now(), known));
    }

    /// Our client id there: registered once for the stack and remembered, and anew when it is gone there. An unknown
    /// client is never sent back from LangSmith's page (RFC 6749 section 4.1.2.1), so it is asked before.
    pub(crate) async fn client_id(&self, metadata: &OAuthMetadata) -> Result<String, ClientIdError> {
        match self.store.keys.upstream_client(&metadata.issuer, &self.callback).await? {
            Some(id) if self.langsmith.oauth_client_is_gone(&id).await => {
                self.register(metadata, Some(&id)).await
            }
            Some(id) => Ok(id),
            None => self.register(metadata, None).await,
        }
    }

    /// Registers, in place of `gone` if another instance has not done so.
    pub(crate) async fn register(
        &self,
        metadata: &OAuthMetadata,
        gone: Option<&str>,
    ) -> Result<String, ClientIdError> {
        let registered = self.langsmith.oauth_register(metadata, &self.callback).await;
        let id = registered.map_err(|error| match error {
            UpstreamError::NotFound | UpstreamError::Unauthorized | UpstreamError::Forbidden => {
                ClientIdError::Closed
            }
            error => ClientIdError::Upstream(error),
        })?;
        Ok(self.store.keys.remember_upstream_client(&metadata.issuer, &self.callback, &id, gone).await?)
    }
}

/// Why we have no registration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientIdError {
    #[error(transparent)]
    Store(#[from] shared::store::StoreError),
    /// Registration is closed, or open only to those whom LangSmith knows.
    #[error("LangSmith registers no client for us")]
    Closed,
    #[error(transparent)]
    Upstream(UpstreamError),
}
