//! Tickets: a sealed hidden form field that carries the request from page to page. A ticket is bound to the hash of the
//! browser's cookie, so a forged or cross-site POST does not match.

use std::time::Duration;

use oauth::request::AuthorizeRequest;
use oauth::return_to::ReturnTo;
use oauth::token::ChainId;
use primitives::clock::Timestamp;
use primitives::ids::{CredentialId, GrantId, UserId, UserRef, WorkspaceId};
use primitives::random;
use primitives::secret::{Secret, sha256};
use primitives::server_permissions::ServerPermissions;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::web::cookie::BrowserCookie;

use crate::Deps;
use crate::error::AuthorizeError;

/// How long the form of a page is valid.
pub(crate) const LIFE: Duration = Duration::from_mins(10);

/// The content of a kind of ticket.
pub(crate) trait Content: Serialize + DeserializeOwned {
    /// The sealing context: the consent form cannot open a login ticket.
    const CONTEXT: &'static str;

    /// The part that outlives the ticket: the person may start again from it.
    fn return_to(&self) -> ReturnTo;
}

/// The ticket of the login page. The seed is drawn when the page is shown, so that submitting it many times begins one
/// login at LangSmith.
#[derive(Serialize, Deserialize)]
pub(crate) struct Login {
    #[serde(rename = "request")]
    pub(crate) return_to: ReturnTo,
    pub(crate) client_name: Option<String>,
    seed: String,
}

impl Login {
    pub(crate) fn new(deps: &Deps, return_to: ReturnTo, client_name: Option<String>) -> Self {
        Self { return_to, client_name, seed: random::token::<24>(deps.random.as_ref()) }
    }

    /// The `state` of the login at LangSmith. It reveals nothing about the verifier, nor the other way round.
    pub(crate) fn state(&self) -> Secret {
        Secret::new(sha256(format!("login/state/{}", self.seed).as_bytes()))
    }

    /// The PKCE verifier of that login (RFC 7636 section 4.1: 43 characters).
    pub(crate) fn verifier(&self) -> Secret {
        Secret::new(sha256(format!("login/verifier/{}", self.seed).as_bytes()))
    }
}

/// The ticket of the consent page. The grant's id and the code's random part are drawn when the page is shown, so that
/// a form submitted twice yields one grant and one code.
#[derive(Serialize, Deserialize)]
pub(crate) struct Consent {
    pub(crate) request: AuthorizeRequest,
    pub(crate) client_name: Option<String>,
    pub(crate) user: UserId,
    pub(crate) credential: CredentialId,
    pub(crate) workspaces: Vec<OfferedWorkspace>,
    pub(crate) preferred: Option<WorkspaceId>,
    pub(crate) grant: GrantId,
    pub(crate) chain: ChainId,
    pub(crate) code_random: String,
}

/// A workspace that the page offers, and what the person may do with its registered MCP servers. A pair, because there
/// may be 200 of them in a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OfferedWorkspace(pub(crate) WorkspaceId, pub(crate) ServerPermissions);

/// The ticket of the list of connections, for actions on all of them.
#[derive(Serialize, Deserialize)]
pub(crate) struct Connections {
    pub(crate) user: UserRef,
    /// The grant after which to continue.
    pub(crate) after: Option<GrantId>,
}

/// The ticket of one connection.
#[derive(Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) user: UserRef,
    pub(crate) grant: GrantId,
}

/// The ticket of a server to which the person connects.
#[derive(Serialize, Deserialize)]
pub(crate) struct Server {
    pub(crate) user: UserRef,
    /// Its name.
    pub(crate) server: String,
    /// Its address, as the page has shown it: a key goes to no other.
    pub(crate) address: String,
}

impl Content for Login {
    const CONTEXT: &'static str = "ticket/login";
    fn return_to(&self) -> ReturnTo {
        self.return_to.clone()
    }
}

impl Content for Consent {
    const CONTEXT: &'static str = "ticket/consent";
    fn return_to(&self) -> ReturnTo {
        self.request.clone().into()
    }
}

impl Content for Connections {
    const CONTEXT: &'static str = "ticket/connections";
    fn return_to(&self) -> ReturnTo {
        ReturnTo::Connections
    }
}

impl Content for Connection {
    const CONTEXT: &'static str = "ticket/connection";
    fn return_to(&self) -> ReturnTo {
        ReturnTo::Connections
    }
}

impl Content for Server {
    const CONTEXT: &'static str = "ticket/server";
    fn return_to(&self) -> ReturnTo {
        ReturnTo::Connections
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    browser: String,
    expires_at: u64,
    content: T,
}

/// Seals a ticket for a browser.
pub(crate) fn seal<T: Content>(
    deps: &Deps,
    browser: &BrowserCookie,
    content: &T,
) -> Result<String, AuthorizeError> {
    let expires_at = deps.clock.now().plus(LIFE).secs();
    Ok(deps.tickets.seal(T::CONTEXT, &Sealed { browser: browser.hash(), expires_at, content })?)
}

/// Opens a submitted ticket, together with its browser. A ticket of ours from another browser, or from before the
/// cookie changed, shows the page anew: two tabs opened at once set one cookie after the other, and neither may end in
/// an error.
pub(crate) fn open<T: Content>(
    deps: &Deps,
    browser: Option<BrowserCookie>,
    sealed: &str,
) -> Result<(T, BrowserCookie), AuthorizeError> {
    let sealed: Sealed<T> = deps.tickets.open(T::CONTEXT, sealed).map_err(|_| AuthorizeError::Unreadable)?;
    let return_to = || Box::new(sealed.content.return_to());
    if is_over(deps.clock.now(), sealed.expires_at) {
        return Err(AuthorizeError::Expired(return_to()));
    }
    let Some(browser) = browser else { return Err(AuthorizeError::NoCookie(return_to())) };
    if browser.hash() != sealed.browser {
        return Err(AuthorizeError::Outdated(return_to()));
    }
    Ok((sealed.content, browser))
}

const fn is_over(now: Timestamp, expires_at: u64) -> bool {
    now.secs() >= expires_at
}
