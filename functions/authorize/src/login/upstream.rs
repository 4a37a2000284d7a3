//! LangSmith as our identity provider: its metadata, and our client there.

use std::time::Duration;

use langsmith::oauth::{ClientAuthentication, Discovery, Offered, UpstreamClient, UpstreamOAuth};
use langsmith::{LangSmith, OAuthMetadata, UpstreamError};
use primitives::clock::SharedClock;
use primitives::timed::TimedMap;
use shared::store::Store;
use tokio::sync::Mutex;

use crate::{CALLBACK_PATH, Deps};

/// How long a login page waits for the metadata before it shows the key form only.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the client counts as known to LangSmith after a successful check.
const KNOWN_FOR: Duration = Duration::from_mins(1);

/// How long the absence of a client is remembered. Short, so that a fix by the operator takes effect soon.
const NO_CLIENT: Duration = Duration::from_secs(30);

/// LangSmith's authorization server.
pub(crate) struct Upstream {
    langsmith: LangSmith,
    store: Store,
    discovery: Discovery,
    oauth: UpstreamOAuth,
    callback: String,
    clock: SharedClock,
    /// Our client ids that LangSmith recently knew.
    known: TimedMap<String, ()>,
    /// Issuers at which we recently had no client.
    refusals: TimedMap<String, NoClient>,
    /// Held while a login reads the metadata or checks our registration, so that concurrent logins ask once.
    asking: Mutex<()>,
}

impl Upstream {
    pub(crate) fn new(deps: &Deps) -> Self {
        Self {
            langsmith: deps.langsmith.clone(),
            store: deps.store.clone(),
            discovery: Discovery::new(deps.langsmith.clone(), deps.clock.clone()),
            oauth: deps.upstream.clone(),
            callback: deps.public.join(CALLBACK_PATH),
            clock: deps.clock.clone(),
            known: TimedMap::new(KNOWN_FOR),
            refusals: TimedMap::new(NO_CLIENT),
            asking: Mutex::new(()),
        }
    }

    /// Our redirect URI at LangSmith.
    pub(crate) fn callback(&self) -> &str {
        &self.callback
    }

    /// The metadata of LangSmith's authorization server; `None` when it has none. For a login that LangSmith redirected
    /// back, so it asks even if LangSmith has just failed to answer.
    pub(crate) async fn metadata(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        self.discovery.ask().await
    }

    /// The metadata for a login that begins. Anybody may begin one, so it does not ask again if LangSmith has just
    /// failed to answer.
    pub(crate) async fn metadata_for_login(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        let _one_at_a_time = self.asking.lock().await;
        self.discovery.ask_unless_silent().await
    }

    /// The metadata for a page that must be shown: it waits only briefly, and not at all if LangSmith has just failed
    /// to answer or if there is no client and no way to get one.
    pub(crate) async fn metadata_for_page(&self) -> Offered {
        if matches!(self.oauth.client, UpstreamClient::None) {
            return Ok(None);
        }
        self.discovery.ask_within(PATIENCE).await
    }

    /// The configuration of our client at LangSmith.
    pub(crate) const fn oauth(&self) -> &UpstreamOAuth {
        &self.oauth
    }

    /// The client authentication for one of our client ids.
    pub(crate) fn authentication<'a>(
        &'a self,
        metadata: &'a OAuthMetadata,
        client_id: &'a str,
    ) -> ClientAuthentication<'a> {
        self.oauth.authentication(metadata, client_id)
    }

    /// Our client id at LangSmith. LangSmith never redirects the browser back for a client that no longer exists (RFC
    /// 6749 section 4.1.2.1), so this is checked before. A client that the operator configured is the operator's to
    /// fix: it is never replaced.
    pub(crate) async fn client_id(&self, metadata: &OAuthMetadata) -> Result<String, ClientIdError> {
        let _one_at_a_time = self.asking.lock().await;
        if let Some(found) = self.refusals.get(&metadata.issuer, self.clock.now()) {
            return Err(found.into());
        }
        let found = self.ask_client_id(metadata).await;
        if let Err(ClientIdError::NoClient(why)) = &found {
            self.refusals.put(metadata.issuer.clone(), why.clone(), self.clock.now());
        }
        found
    }

    async fn ask_client_id(&self, metadata: &OAuthMetadata) -> Result<String, ClientIdError> {
        match &self.oauth.client {
            UpstreamClient::None => Err(NoClient::Closed.into()),
            UpstreamClient::Registered(client) => {
                if self.is_gone(metadata, &client.id).await {
                    self.report_refusal(&client.id, "unknown to LangSmith");
                    return Err(NoClient::Refused.into());
                }
                Ok(client.id.clone())
            }
            UpstreamClient::SelfRegistration => self.own_registration(metadata).await,
        }
    }

    /// Whether a client is the configured one.
    pub(crate) fn is_configured(&self, client_id: &str) -> bool {
        self.oauth.is_configured(client_id)
    }

    /// Logs for the operator that LangSmith refused the configured client; returns whether it is that one.
    pub(crate) fn report_refusal(&self, client_id: &str, reason: &str) -> bool {
        let theirs = self.is_configured(client_id);
        if theirs {
            tracing::error!(
                client_id,
                reason,
                "nobody can sign in with LangSmith: the configured OAuth client"
            );
        }
        theirs
    }

    /// Our own registration: made once for the stack and stored, and renewed when LangSmith has deleted it.
    async fn own_registration(&self, metadata: &OAuthMetadata) -> Result<String, ClientIdError> {
        match self.store.keys.upstream_client(&metadata.issuer, &self.callback).await? {
            Some(id) if self.is_gone(metadata, &id).await => self.register(metadata, Some(&id)).await,
            Some(id) => Ok(id),
            None => self.register(metadata, None).await,
        }
    }

    async fn is_gone(&self, metadata: &OAuthMetadata, id: &String) -> bool {
        if self.known.get(id, self.clock.now()).is_some() {
            return false;
        }
        let gone = self.langsmith.oauth_client_is_gone(metadata, id).await;
        if !gone {
            self.known.put(id.clone(), (), self.clock.now());
        }
        gone
    }

    /// Whether we register our client ourselves.
    pub(crate) const fn registers_itself(&self) -> bool {
        matches!(self.oauth.client, UpstreamClient::SelfRegistration)
    }

    /// Registers, replacing `gone` unless another instance has already done so.
    pub(crate) async fn register(
        &self,
        metadata: &OAuthMetadata,
        gone: Option<&str>,
    ) -> Result<String, ClientIdError> {
        let registered = self.langsmith.oauth_register(metadata, &self.callback).await;
        let id = registered.map_err(|error| match error {
            UpstreamError::NotFound { .. } | UpstreamError::Unauthorized | UpstreamError::Forbidden => {
                NoClient::Closed
            }
            error => NoClient::Upstream(error),
        })?;
        if let Some(gone) = gone {
            self.known.remove(&gone.to_owned());
        }
        let id =
            self.store.keys.remember_upstream_client(&metadata.issuer, &self.callback, &id, gone).await?;
        self.known.put(id.clone(), (), self.clock.now());
        self.refusals.remove(&metadata.issuer);
        Ok(id)
    }
}

/// Why there is no client id.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientIdError {
    #[error(transparent)]
    Store(#[from] shared::store::StoreError),
    #[error(transparent)]
    NoClient(#[from] NoClient),
}

/// Why we have no client, as far as LangSmith tells.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum NoClient {
    /// Registration is closed, or restricted to authenticated callers.
    #[error("LangSmith registers no client for us")]
    Closed,
    /// LangSmith does not know the client that the operator configured.
    #[error("LangSmith does not know the configured client")]
    Refused,
    #[error(transparent)]
    Upstream(UpstreamError),
}
