//! Who is logged in in a browser.

use shared::store::{BrowserSession, StoreError};
use shared::web::cookie::BrowserCookie;

use crate::Deps;

/// The session of a browser that somebody is logged in with. It must be the session of the very user that the cookie
/// names, because what is read beside it belongs to that user. At most one round trip.
pub(crate) async fn of(
    deps: &Deps,
    browser: Option<&BrowserCookie>,
) -> Result<Option<BrowserSession>, StoreError> {
    let Some((browser, user)) = browser.and_then(|browser| Some((browser, browser.user()?))) else {
        return Ok(None);
    };
    let now = deps.clock.now();
    let session = deps.store.sessions.get(&browser.hash()).await?;
    Ok(session.filter(|session| session.is_live(now) && session.user_id.reference() == *user))
}
