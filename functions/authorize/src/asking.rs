//! The client and the browser behind an authorization request.

use oauth::client::Client;
use primitives::ids::ClientId;
use shared::store::BrowserSession;
use shared::web::cookie::BrowserCookie;

use crate::error::AuthorizeError;
use crate::{App, session};

/// The requesting client, and the session of this browser if it has one. One round trip.
pub(crate) async fn client_and_session(
    app: &App,
    client_id: &ClientId,
    cookie: Option<&BrowserCookie>,
) -> Result<(Client, Option<BrowserSession>), AuthorizeError> {
    let now = app.deps.clock.now();
    let (client, session) =
        tokio::try_join!(app.deps.store.clients.get(client_id), session::of(&app.deps, cookie))?;
    let client = client.filter(|client| client.is_live(now)).ok_or(AuthorizeError::UnknownClient)?;
    Ok((client, session))
}
