//! The owner of the credential that a login brought, as far as LangSmith tells.

use std::time::Duration;

use langsmith::oauth::UserInfo;
use langsmith::{Credential, ListedDataPlanes, OAuthMetadata, RequestBudget, UpstreamError, Workspace};
use primitives::deadline::Deadline;
use primitives::ids::UserId;
use primitives::secret::Secret;
use shared::store::{SignedInAs, SignedInWith, WorkspaceEntry};
use shared::vault::IdentifiedBy;

use crate::{Deps, workspaces};

/// How long a login with a key waits for the name of its organization.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many requests to LangSmith a login with a key may cause before the key is accepted: one for its owner and one
/// for what it can access. Anybody may submit a text that looks like a key.
const CHECK_REQUESTS: u32 = 2;

/// How many requests for the name of the organization it may cause.
const NAME_REQUESTS: u32 = 1;

/// The person who logged in.
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) signed_in: SignedInAs,
    pub(crate) workspaces: Vec<WorkspaceEntry>,
    /// The data planes that LangSmith listed for their workspaces.
    pub(crate) data_planes: Option<ListedDataPlanes>,
}

/// The person behind an access token. Two endpoints identify them, and only both refusing fails the login, because not
/// every deployment has both. The first one takes precedence, since existing identities are based on it; if it fails
/// transiently, the person has to try again, rather than get another identity from the second one.
pub(crate) async fn of_account(
    deps: &Deps,
    metadata: &OAuthMetadata,
    token: &Secret,
) -> Result<(Person, IdentifiedBy), UpstreamError> {
    let credential = Credential::Bearer(token.clone());
    let caller = deps.langsmith.caller(&credential, None);
    let (id, claims, found) =
        tokio::join!(caller.user_id(), deps.langsmith.userinfo(metadata, token), caller.workspaces());
    if let Err(error) = &claims {
        tracing::info!(%error, "LangSmith tells no claims about who signed in");
    }
    let claims = claims.ok();
    let (user, by) = match (id, claims.as_ref().and_then(UserInfo::user)) {
        (Ok(Some(user)), _) => (user, IdentifiedBy::LsUserId),
        (Err(error), Some(_)) if is_transient(&error) => return Err(error),
        (_, Some(user)) => (user, IdentifiedBy::Subject),
        (Ok(None), None) => return Err(UpstreamError::Malformed),
        (Err(error), None) => return Err(error),
    };
    let signed_in = SignedInAs::new(SignedInWith::Account);
    let signed_in = match claims {
        Some(claims) => signed_in.described(claims.name, claims.email, claims.organization),
        None => signed_in,
    };
    Ok((person(deps, user, signed_in, found?), by))
}

/// The owner of an API key. LangSmith also accepts keys whose owner it does not tell: service keys have none, and for
/// personal keys it may refuse the question. Each of those is an identity of its own; the key's prefix tells its kind.
pub(crate) async fn of_key(deps: &Deps, key: &Secret) -> Result<Person, UpstreamError> {
    let credential = Credential::ApiKey(key.clone());
    let caller = deps.langsmith.caller(&credential, None);
    let requests = RequestBudget::new(CHECK_REQUESTS);
    let checking = caller.limited_to(&requests);
    let (owner, found) = tokio::join!(checking.user_id(), checking.workspaces());
    let owner = match owner {
        Ok(owner) => owner,
        Err(UpstreamError::Forbidden | UpstreamError::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let found = found?;
    let with = SignedInWith::key(key.expose());
    let user = owner.unwrap_or_else(|| {
        let kind = if matches!(with, SignedInWith::ServiceKey { .. }) { "svc" } else { "key" };
        UserId::new(format!("{kind}:{}", key.fingerprint()))
    });
    let requests = RequestBudget::new(NAME_REQUESTS);
    let organization =
        Deadline::after(PATIENCE).limit(caller.limited_to(&requests).organization_name()).await;
    let organization = organization.ok().and_then(Result::ok).flatten();
    Ok(person(deps, user, SignedInAs::new(with).described(None, None, organization), found))
}

fn person(deps: &Deps, user: UserId, signed_in: SignedInAs, found: Vec<Workspace>) -> Person {
    let data_planes = ListedDataPlanes::of(&found, deps.clock.now());
    Person { user, signed_in, workspaces: workspaces::kept(found), data_planes }
}

/// Whether a retry may succeed.
const fn is_transient(error: &UpstreamError) -> bool {
    matches!(
        error,
        UpstreamError::RateLimited { .. }
            | UpstreamError::Server { .. }
            | UpstreamError::Timeout
            | UpstreamError::Unreachable
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_transient_failure_leaves_it_open_who_it_is() {
        for error in [
            UpstreamError::RateLimited { retry_after: None },
            UpstreamError::Server { status: 500 },
            UpstreamError::Timeout,
            UpstreamError::Unreachable,
        ] {
            assert!(is_transient(&error), "{error}");
        }
        for error in [
            UpstreamError::Unauthorized,
            UpstreamError::Forbidden,
            UpstreamError::WorkspaceRequired,
            UpstreamError::NOT_FOUND,
            UpstreamError::Malformed,
        ] {
            assert!(!is_transient(&error), "{error}");
        }
    }
}
