//! The last step of every login: opens a browser session with the person's identity and workspaces.

use std::time::Duration;

use axum::response::Response;
use oauth::grant::PURGE_DELAY;
use oauth::return_to::ReturnTo;
use primitives::ids::{CredentialId, WorkspaceId};
use primitives::random;
use shared::store::{BrowserSession, VaultItem};
use shared::vault::{CredentialKind, StoredCredential};
use shared::web::cookie::BrowserCookie;

use super::identity::Person;
use crate::error::{AuthorizeError, LoginFault};
use crate::{Deps, redirect, workspaces};

/// How long a session without any consent lasts.
const UNCONSENTED: Duration = Duration::from_mins(10);
/// How long a session skips the login after a consent.
pub(crate) const SESSION: Duration = Duration::from_hours(24);

/// Opens a session under a fresh cookie, against session fixation, and returns to the purpose of the login.
pub(crate) async fn open_session(
    deps: &Deps,
    return_to: ReturnTo,
    person: Person,
    kind: CredentialKind,
    preferred: Option<WorkspaceId>,
) -> Result<Response, AuthorizeError> {
    if person.workspaces.is_empty() {
        return Err(AuthorizeError::Login(Box::new(return_to), LoginFault::NoWorkspace));
    }
    let cookie = BrowserCookie::for_user(deps.random.as_ref(), person.user.reference());
    let now = deps.clock.now();
    let expires_at = now.plus(UNCONSENTED);
    let purge_at = expires_at.plus(PURGE_DELAY).secs();
    let session = BrowserSession {
        session_hash: cookie.hash(),
        credential_id: CredentialId::new(random::token::<12>(deps.random.as_ref())),
        signed_in: person.signed_in,
        workspaces: person.workspaces,
        preferred: preferred.filter(|id| workspaces::is_id(id.as_str())),
        expires_at: expires_at.secs(),
        purge_at,
        user_id: person.user,
    };
    let user = session.user_id.reference();
    let credential = StoredCredential { kind, data_planes: person.data_planes };
    let sealed = deps.vault.seal(&user, &session.credential_id, &credential).await?;
    let item = VaultItem::of_login(&session, sealed);
    deps.store.sessions.open(&session, &deps.store.vault, &item).await?;
    tracing::info!(target: "audit", event = "logged_in", user = %user);
    Ok(redirect::to_page(&return_to.path(&deps.public), cookie.set(&deps.public, SESSION.as_secs())))
}
