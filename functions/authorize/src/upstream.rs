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

/// LangSmith's authorization server. The remembered metadata belongs to the deployment, not to a caller.
pub(crate) struct Upstream {
    langsmith: LangSmith,
    store: Store,
    clock: SharedClock,
    callback: String,
    offered: Mutex<Option<(Timestamp, Option<OAuthMetadata>)>>,
}

impl Upstream {
    pub(crate) fn new(deps: &Deps) -> Self {
        Self {
            langsmith: deps.langsmith.clone(),
            store: deps.store.clone(),
            clock: deps.clock.clone(),
            callback: deps.public.join(CALLBACK_PATH),
            offered: Mutex::new(None),
        }
    }

    /// Our redirect URI there.
    pub(crate) fn callback(&self) -> &str {
        &self.callback
    }

    /// What it offers; `None` when it has no authorization server.
    pub(crate) async fn metadata(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        let now = self.clock.now();
        let remembered = self.offered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, offered)) = remembered.filter(|(since, _)| now.since(*since) < BELIEVED) {
            return Ok(offered);
        }
        let offered = self.langsmith.oauth_metadata().await?;
        *self.offered.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, offered.clone()));
        Ok(offered)
    }

    /// The same for a page that must show: a LangSmith that does not answer in time offers nothing just now.
    pub(crate) async fn metadata_for_page(&self) -> Option<OAuthMetadata> {
        match tokio::time::timeout(PATIENCE, self.metadata()).await {
            Ok(Ok(offered)) => offered,
            Ok(Err(error)) => {
                tracing::warn!(%error, "LangSmith's authorization server metadata cannot be read");
                None
            }
            Err(_) => None,
        }
    }

    /// Our client id there: registered once for the stack and remembered.
    pub(crate) async fn client_id(&self, metadata: &OAuthMetadata) -> Result<String, ClientIdError> {
        if let Some(id) = self.store.keys.upstream_client(&metadata.issuer, &self.callback).await? {
            return Ok(id);
        }
        let id = self.langsmith.oauth_register(metadata, &self.callback).await?;
        Ok(self.store.keys.remember_upstream_client(&metadata.issuer, &self.callback, &id).await?)
    }

    /// Forgets a registration that LangSmith no longer knows, so that the next login registers again.
    pub(crate) async fn forget_client(
        &self,
        metadata: &OAuthMetadata,
    ) -> Result<(), shared::store::StoreError> {
        self.store.keys.forget_upstream_client(&metadata.issuer, &self.callback).await
    }
}

/// Why we have no registration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientIdError {
    #[error(transparent)]
    Store(#[from] shared::store::StoreError),
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}
