//! LangSmith as our identity provider: what it offers, and our client there.

use std::time::Duration;

use shared::clock::SharedClock;
use shared::langsmith::oauth::{ClientAuthentication, Discovery, Offered, UpstreamClient, UpstreamOAuth};
use shared::langsmith::{LangSmith, OAuthMetadata, UpstreamError};
use shared::store::Store;
use shared::timed::TimedMap;
use tokio::sync::Mutex;

use crate::{CALLBACK_PATH, Deps};

/// How long a login page waits for it before it shows the key form only.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a registration of ours that was found there is believed to stand.
const STANDING: Duration = Duration::from_mins(1);

/// How long it is believed that we have no client there. Short, so that what the operator mends works soon.
const NO_CLIENT: Duration = Duration::from_secs(30);

/// LangSmith's authorization server.
pub(crate) struct Upstream {
    langsmith: LangSmith,
    store: Store,
    discovery: Discovery,
    oauth: UpstreamOAuth,
    callback: String,
    clock: SharedClock,
    /// Our client ids that LangSmith knew a moment ago.
    known: TimedMap<String, ()>,
    /// Issuers where we were found to have no client a moment ago.
    refusals: TimedMap<String, NoClient>,
    /// Held while a login asks LangSmith about itself or our registration: many logins at once ask once.
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
            known: TimedMap::new(STANDING),
            refusals: TimedMap::new(NO_CLIENT),
            asking: Mutex::new(()),
        }
    }

    /// Our redirect URI there.
    pub(crate) fn callback(&self) -> &str {
        &self.callback
    }

    /// What it offers; `None` when it has no authorization server. For a login that LangSmith sent back, so it is asked
    /// even when it was just silent.
    pub(crate) async fn metadata(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        self.discovery.ask().await
    }

    /// The same for a login that begins. Anybody may begin one, so it is not asked again when it was just silent.
    pub(crate) async fn metadata_for_login(&self) -> Result<Option<OAuthMetadata>, UpstreamError> {
        let _one_at_a_time = self.asking.lock().await;
        self.discovery.ask_unless_silent().await
    }

    /// The same for a page that must show, so it waits only a little, and not at all for one that was just silent, or where
    /// we have no client and cannot get one.
    pub(crate) async fn metadata_for_page(&self) -> Offered {
        if matches!(self.oauth.client, UpstreamClient::None) {
            return Ok(None);
        }
        self.discovery.ask_within(PATIENCE).await
    }

    /// What we ask for there.
    pub(crate) const fn oauth(&self) -> &UpstreamOAuth {
        &self.oauth
    }

    /// How a client of ours authenticates itself there.
    pub(crate) fn authentication<'a>(
        &'a self,
        metadata: &'a OAuthMetadata,
        client_id: &'a str,
    ) -> ClientAuthentication<'a> {
        self.oauth.authentication(metadata, client_id)
    }

    /// Our client id there. A client that is gone is never sent back from LangSmith's page (RFC 6749 section 4.1.2.1), so
    /// it is asked before. One that the operator configured is theirs to mend: nothing takes its place.
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

    /// Whether a client is the operator's.
    pub(crate) fn is_configured(&self, client_id: &str) -> bool {
        self.oauth.is_configured(client_id)
    }

    /// Tells the operator that LangSmith refused their client. Whether it is theirs.
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

    /// Registered once for the stack and remembered, and anew when it is gone there.
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

    /// Whether our client there is one that we register ourselves.
    pub(crate) const fn registers_itself(&self) -> bool {
        matches!(self.oauth.client, UpstreamClient::SelfRegistration)
    }

    /// Registers, in place of `gone` if another instance has not done so.
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
    /// Registration is closed, or open only to those whom LangSmith knows.
    #[error("LangSmith registers no client for us")]
    Closed,
    /// It does not know the client that the operator configured.
    #[error("LangSmith does not know the configured client")]
    Refused,
    #[error(transparent)]
    Upstream(UpstreamError),
}
