//! Who looks at a page: the person whose call asks, in a browser in which they are logged in.

use http::HeaderMap;
use oauth::scope::Scope;
use shared::store::BrowserSession;
use shared::web::cookie::BrowserCookie;
use shared::web::page::display_name;

use super::AnswerDeps;
use super::error::Problem;
use crate::auth::{AuthFailure, CallerIdentity};
use crate::toolsets::agents::AnswerLink;

/// The person at the page.
pub(super) struct Visitor {
    pub(super) sealed: String,
    pub(super) link: AnswerLink,
    pub(super) browser: BrowserCookie,
    session: BrowserSession,
    pub(super) identity: CallerIdentity,
}

impl Visitor {
    /// The visitor with this link and the request's cookie. Nothing but the link's shape is told to anybody else.
    pub(super) async fn of(deps: &AnswerDeps, sealed: &str, headers: &HeaderMap) -> Result<Self, Problem> {
        let now = deps.servers.clock.now();
        let link = deps.servers.keys.open_link(sealed, now).ok_or(Problem::Link)?;
        let login = || Problem::LoggedOut { link: sealed.to_owned() };
        let browser = BrowserCookie::read(&deps.public, headers).ok_or_else(login)?;
        let session = deps.sessions.get(&browser.hash()).await?.filter(|session| session.is_live(now));
        let session = session.ok_or_else(login)?;
        if session.user_id.reference() != link.user {
            return Err(Problem::OtherPerson { link: sealed.to_owned() });
        }
        let identity = deps.consents.holder(&link.user, &link.grant, &link.credential).await;
        let identity = identity.map_err(|failure| match failure {
            AuthFailure::Unavailable => Problem::Unavailable,
            AuthFailure::Missing
            | AuthFailure::Invalid
            | AuthFailure::NotAKey
            | AuthFailure::KeyAsToken
            | AuthFailure::Workspace => Problem::Ended,
        })?;
        if !identity.scopes.contains(Scope::AgentsRun) {
            return Err(Problem::Ended);
        }
        Ok(Self { sealed: sealed.to_owned(), link, browser, session, identity })
    }

    /// The person's name or address, if LangSmith told us.
    pub(super) fn person(&self) -> Option<String> {
        let signed_in = &self.session.signed_in;
        signed_in.email.as_deref().or(signed_in.name.as_deref()).map(display_name)
    }
}
