//! The session of a browser.

use shared::store::{BrowserSession, StoreError};
use shared::web::cookie::BrowserCookie;

use crate::Deps;

/// The live session of a browser. It must belong to the user whom the cookie names, because that user's data is read
/// concurrently with it. At most one round trip.
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
