//! The end of every login: who it was, which workspaces they have, and a browser session that holds it.

use std::time::Duration;

use axum::response::Response;
use shared::ids::{CredentialId, UserId, WorkspaceId};
use shared::langsmith::{UpstreamError, Workspace};
use shared::oauth::grant::PURGE_DELAY;
use shared::oauth::request::AuthorizeRequest;
use shared::random;
use shared::store::{BrowserSession, VaultItem, WorkspaceEntry};
use shared::vault::StoredCredential;
use shared::web::cookie::BrowserCookie;

use crate::Deps;
use crate::error::AuthorizeError;
use crate::redirect;

/// How long a login waits for a consent. The session lives longer only once something was allowed in it.
const UNCONSENTED: Duration = Duration::from_mins(10);
/// How long a session skips the login after a consent.
pub(crate) const SESSION: Duration = Duration::from_hours(24);
/// How many workspaces the consent page offers.
const MAX_WORKSPACES: usize = 200;

/// Who logged in.
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) label: String,
    pub(crate) workspaces: Vec<Workspace>,
}

/// Asks LangSmith whose credential it is. A service key belongs to no user, so it is its own.
pub(crate) async fn identify(deps: &Deps, credential: &StoredCredential) -> Result<Person, UpstreamError> {
    let upstream = credential.upstream();
    let caller = deps.langsmith.caller(&upstream, None);
    let (user, workspaces) = tokio::try_join!(caller.ls_user_id(), caller.workspaces())?;
    let (user, label) = match (user, credential) {
        (Some(user), StoredCredential::OAuth(_)) => {
            let short: String = user.as_str().chars().take(8).collect();
            (user, format!("LangSmith user {short}"))
        }
        (Some(user), StoredCredential::ApiKey(key)) => {
            (user, format!("API key ending in {}", ending(key.expose())))
        }
        (None, StoredCredential::ApiKey(key)) => (
            UserId::new(format!("svc:{}", key.fingerprint())),
            format!("service key ending in {}", ending(key.expose())),
        ),
        (None, StoredCredential::OAuth(_)) => return Err(UpstreamError::Malformed),
    };
    Ok(Person { user, label, workspaces })
}

/// The last four characters, as LangSmith's own key list shows them.
fn ending(key: &str) -> String {
    let skip = key.chars().count().saturating_sub(4);
    key.chars().skip(skip).collect()
}

/// Opens a session under a fresh cookie, against session fixation, and goes back to the request, which now shows the
/// consent page.
pub(crate) async fn finish(
    deps: &Deps,
    request: AuthorizeRequest,
    person: Person,
    credential: &StoredCredential,
    preferred: Option<WorkspaceId>,
) -> Result<Response, AuthorizeError> {
    if person.workspaces.is_empty() {
        return Err(AuthorizeError::NoWorkspace(Box::new(request)));
    }
    let cookie = BrowserCookie::generate(deps.random.as_ref());
    let now = deps.clock.now();
    let expires_at = now.plus(UNCONSENTED);
    let purge_at = expires_at.plus(PURGE_DELAY).secs();
    let session = BrowserSession {
        session_hash: cookie.hash(),
        credential_id: CredentialId::new(random::token::<12>(deps.random.as_ref())),
        label: person.label,
        workspaces: person.workspaces.into_iter().take(MAX_WORKSPACES).map(entry).collect(),
        preferred,
        expires_at: expires_at.secs(),
        purge_at,
        user_id: person.user,
    };
    let user_ref = session.user_id.reference();
    let item = VaultItem {
        sealed: deps.envelope.seal(&user_ref, &session.credential_id, credential)?,
        user_ref,
        credential_id: session.credential_id.clone(),
        version: 1,
        dead: false,
        suspect_since: None,
        lease_id: None,
        lease_until: None,
        session_hash: session.session_hash.clone(),
        purge_at,
    };
    deps.store.sessions.open(&session, &deps.store.vault, &item).await?;
    tracing::info!(target: "audit", event = "logged_in", user = %item.user_ref);
    Ok(redirect::within(&request.path(), cookie.set(&deps.public, SESSION.as_secs())))
}

fn entry(workspace: Workspace) -> WorkspaceEntry {
    WorkspaceEntry { id: workspace.id, name: workspace.display_name, handle: workspace.handle }
}
