//! Callers with an access token of ours. What they may do was read from LangSmith when they consented: the registry has
//! no access to their LangSmith credential.

use oauth::access::claims_issuer;
use oauth::grant::WorkspaceChoice;
use oauth::public_url::PublicUrl;
use oauth::resource::Resource;
use primitives::clock::SharedClock;
use primitives::ids::WorkspaceId;

use super::caller_headers::WorkspaceProblem;
use super::callers::{Caller, CallerFailure};
use crate::grant_check::GrantCheck;
use crate::public_keys::{PublicKeys, Unverified};
use crate::store::{Store, StoreError};

/// Verifies access tokens and their grants.
pub struct OwnTokens {
    keys: PublicKeys,
    grants: GrantCheck,
    issuer: String,
}

impl OwnTokens {
    /// The tokens of this deployment.
    pub fn new(store: &Store, public: &PublicUrl, clock: SharedClock) -> Self {
        Self {
            keys: PublicKeys::new(store.keys.clone(), public.clone(), clock.clone()),
            grants: GrantCheck::new(store.grants.clone(), clock),
            issuer: public.issuer().to_owned(),
        }
    }

    /// Loads the public keys before the first request.
    pub async fn warm(&self) -> Result<(), StoreError> {
        self.keys.warm().await
    }

    /// Whether a token is for us to judge: it must not be sent to LangSmith then.
    pub(super) fn is_ours(&self, token: &str) -> bool {
        claims_issuer(token, &self.issuer)
    }

    /// The caller in the workspace that the request names, or in that of the consent. At most one round trip; none for
    /// five seconds after the last one.
    pub(super) async fn caller(
        &self,
        token: &str,
        workspace: Option<&WorkspaceId>,
    ) -> Result<Caller, CallerFailure> {
        let claims =
            self.keys.verify(token, &Resource::default()).await.map_err(|failure| match failure {
                Unverified::Invalid => CallerFailure::InvalidToken,
                Unverified::Store(error) => unavailable(&error),
            })?;
        let grant = self.grants.check(&claims).await.map_err(|error| unavailable(&error))?;
        let grant = grant.ok_or(CallerFailure::InvalidToken)?;
        let workspace = match (&grant.workspace, workspace) {
            (WorkspaceChoice::One { id }, None) => id,
            (WorkspaceChoice::One { id }, Some(named)) if id == named => id,
            (WorkspaceChoice::One { .. }, Some(_)) => return Err(CallerFailure::Refused),
            (WorkspaceChoice::All { .. }, Some(named)) => named,
            (WorkspaceChoice::All { default }, None) => {
                default.as_ref().ok_or(WorkspaceProblem::BearerNeedsOne)?
            }
        };
        let permissions = grant.server_permissions(workspace);
        Ok(Caller {
            workspace: workspace.clone(),
            person: Some(claims.sub.clone()),
            is_service_key: false,
            permissions: permissions.intersect(claims.scopes().server_permissions()),
        })
    }
}

fn unavailable(error: &StoreError) -> CallerFailure {
    tracing::error!(%error, "a caller could not be checked");
    CallerFailure::Unavailable
}
