//! The callers of this deployment: logged-in users, by their access token, and headless callers, by a LangSmith key.

use futures_util::future::BoxFuture;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use langsmith::LangSmith;
use oauth::grant::{EndReason, Grant, WorkspaceChoice};
use oauth::public_url::PublicUrl;
use oauth::resource::Resource;
use oauth::scope::ScopeSet;
use primitives::clock::SharedClock;
use primitives::ids::{CredentialId, GrantId, UserRef};
use shared::public_keys::{PublicKeys, Unverified};
use shared::store::{Grants, Store, StoreError};
use shared::vault::{Broker, BrokerError, OpenCredential, Refusal};
use shared::web::headers::{bearer, is_langsmith_key, non_empty_values};

use super::api_key::ApiKeys;
use super::{
    AuthFailure, Authenticator, CallerIdentity, Consents, CredentialHandle, UnauthorizedOutcome,
    WorkspaceAccess,
};
use shared::grant_check::GrantCheck;

/// The production [`Authenticator`].
pub struct CallerAuthenticator {
    keys: PublicKeys,
    grant_check: GrantCheck,
    grants: Grants,
    broker: Broker,
    api_keys: Option<ApiKeys>,
    clock: SharedClock,
}

impl CallerAuthenticator {
    /// An authenticator over a stack's tables, vault and LangSmith.
    pub fn new(
        store: &Store,
        broker: Broker,
        langsmith: LangSmith,
        public: PublicUrl,
        clock: SharedClock,
    ) -> Self {
        Self {
            keys: PublicKeys::new(store.keys.clone(), public, clock.clone()),
            grant_check: GrantCheck::new(store.grants.clone(), clock.clone()),
            grants: store.grants.clone(),
            broker,
            api_keys: Some(ApiKeys::new(langsmith, clock.clone())),
            clock,
        }
    }

    /// The same authenticator without callers that send a LangSmith key.
    #[must_use]
    pub fn without_api_keys(mut self) -> Self {
        self.api_keys = None;
        self
    }

    /// Loads the public keys before the first request.
    pub async fn warm(&self) -> Result<(), StoreError> {
        self.keys.warm().await
    }

    /// The caller of an access token. The grant and the credential are read in parallel: one round-trip time.
    async fn bearer(&self, token: &str, resource: &Resource) -> Result<CallerIdentity, AuthFailure> {
        let claims = self.keys.verify(token, resource).await.map_err(|failure| match failure {
            Unverified::Invalid => AuthFailure::Invalid,
            Unverified::Store(error) => unavailable(&error),
        })?;
        let (grant, live) =
            tokio::join!(self.grant_check.check(&claims), self.broker.current(&claims.sub, &claims.cred));
        let grant = grant.map_err(|error| unavailable(&error))?.ok_or(AuthFailure::Invalid)?;
        let handle = (&claims.sub, &claims.grant, &claims.cred);
        let caller = self.caller(handle, &grant, live).await;
        if matches!(caller, Err(AuthFailure::Invalid)) {
            self.grant_check.forget(&claims);
        }
        caller.map(|caller| CallerIdentity { scopes: claims.scopes().intersect(caller.scopes), ..caller })
    }

    /// The holder of a grant that stands, unless the credential is dead.
    async fn caller(
        &self,
        (user, id, credential): (&UserRef, &GrantId, &CredentialId),
        grant: &Grant,
        live: Result<OpenCredential, BrokerError>,
    ) -> Result<CallerIdentity, AuthFailure> {
        match live {
            Ok(live) => {
                let (user, grant_id, credential) = (user.clone(), id.clone(), credential.clone());
                let suspect = live.is_suspect();
                let handle = CredentialHandle::Grant { user, grant: grant_id, credential, suspect };
                Ok(identity(handle, grant, &live))
            }
            Err(BrokerError::Dead) => {
                self.end(user, id).await.map_err(|error| unavailable(&error))?;
                Err(AuthFailure::Invalid)
            }
            Err(BrokerError::Busy) => Err(AuthFailure::Unavailable),
            Err(BrokerError::Store(error)) => Err(unavailable(&error)),
        }
    }

    async fn end(&self, user: &UserRef, grant: &GrantId) -> Result<(), StoreError> {
        tracing::warn!(target: "audit", event = "grant_ended", reason = "credential_dead", %user, %grant);
        self.grants.end(user, grant, None, EndReason::CredentialDead, self.clock.now()).await.map(drop)
    }

    async fn refused(&self, caller: &CallerIdentity) -> UnauthorizedOutcome {
        let (user, grant, credential) = match &caller.handle {
            CredentialHandle::Header { fingerprint } => {
                let Some(api_keys) = &self.api_keys else { return UnauthorizedOutcome::Dead };
                return if api_keys.is_refused(fingerprint, &caller.credential).await {
                    UnauthorizedOutcome::Dead
                } else {
                    UnauthorizedOutcome::Refused
                };
            }
            CredentialHandle::Grant { user, grant, credential, .. } => (user, grant, credential),
        };
        match self.broker.refused(user, credential, &caller.credential).await {
            Ok(Refusal::Retry(live)) => {
                UnauthorizedOutcome::Retry(CallerIdentity { credential: live.upstream(), ..caller.clone() })
            }
            Ok(Refusal::Dead) => match self.end(user, grant).await {
                Ok(()) => UnauthorizedOutcome::Dead,
                Err(error) => undecided(&error),
            },
            Ok(Refusal::Transient) => UnauthorizedOutcome::Refused,
            Err(error) => undecided(&error),
        }
    }
}

impl Consents for CallerAuthenticator {
    fn holder<'a>(
        &'a self,
        user: &'a UserRef,
        grant: &'a GrantId,
        credential: &'a CredentialId,
    ) -> BoxFuture<'a, Result<CallerIdentity, AuthFailure>> {
        Box::pin(async move {
            let (found, live) =
                tokio::join!(self.grants.get(user, grant), self.broker.current(user, credential));
            let found = found.map_err(|error| unavailable(&error))?;
            let stands = |found: &Grant| found.stands(self.clock.now()) && found.credential_id == *credential;
            let found = found.filter(stands).ok_or(AuthFailure::Invalid)?;
            self.caller((user, grant, credential), &found, live).await
        })
    }
}

impl Authenticator for CallerAuthenticator {
    fn authenticate<'a>(
        &'a self,
        headers: &'a HeaderMap,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<CallerIdentity, AuthFailure>> {
        Box::pin(async move {
            let mut values = non_empty_values(headers, [AUTHORIZATION]);
            match (values.next(), values.next()) {
                (Some(value), None) => {
                    let token = value.to_str().ok().and_then(bearer).ok_or(AuthFailure::Invalid)?;
                    // A separate error, because the mistake is common and can be fixed at once.
                    if is_langsmith_key(token) {
                        return Err(AuthFailure::KeyAsToken);
                    }
                    self.bearer(token, resource).await
                }
                // A proxy in front of us may have looked at the other one.
                (Some(_), Some(_)) => Err(AuthFailure::Invalid),
                (None, _) => match &self.api_keys {
                    Some(api_keys) => api_keys.caller(headers).await?.ok_or(AuthFailure::Missing),
                    None => Err(AuthFailure::Missing),
                },
            }
        })
    }

    fn upstream_unauthorized<'a>(&'a self, caller: &'a CallerIdentity) -> BoxFuture<'a, UnauthorizedOutcome> {
        Box::pin(self.refused(caller))
    }

    fn upstream_accepted<'a>(&'a self, caller: &'a CallerIdentity) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if let CredentialHandle::Grant { user, credential, suspect: true, .. } = &caller.handle
                && let Err(error) = self.broker.accepted(user, credential).await
            {
                tracing::warn!(%error, "a suspicion could not be dropped");
            }
        })
    }
}

fn identity(handle: CredentialHandle, grant: &Grant, live: &OpenCredential) -> CallerIdentity {
    CallerIdentity {
        credential: live.upstream(),
        data_planes: live.data_planes().cloned(),
        workspace: match &grant.workspace {
            WorkspaceChoice::One { id } => WorkspaceAccess::One(id.clone()),
            WorkspaceChoice::All { default } => WorkspaceAccess::All { default: default.clone() },
        },
        scopes: ScopeSet::parse_known(&grant.scope),
        handle,
    }
}

fn unavailable(error: &StoreError) -> AuthFailure {
    tracing::error!(%error, "a caller could not be checked");
    AuthFailure::Unavailable
}

fn undecided(error: &StoreError) -> UnauthorizedOutcome {
    tracing::error!(%error, "a refused credential could not be dealt with");
    UnauthorizedOutcome::Refused
}
