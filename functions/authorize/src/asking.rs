//! The client and the browser behind an authorization request.

use std::sync::Arc;

use oauth::document::ClientIdKind;
use oauth::known_client::KnownClient;
use primitives::ids::ClientId;
use shared::store::BrowserSession;
use shared::web::cookie::BrowserCookie;

use crate::error::AuthorizeError;
use crate::{App, session};

/// The requesting client, and the session of this browser if it has one. One round trip, unless the client has a
/// document that has to be fetched.
pub(crate) async fn client_and_session(
    app: &App,
    client_id: &ClientId,
    cookie: Option<&BrowserCookie>,
) -> Result<(Arc<KnownClient>, Option<BrowserSession>), AuthorizeError> {
    let session = async { Ok(session::of(&app.deps, cookie).await?) };
    tokio::try_join!(client(app, client_id), session)
}

async fn client(app: &App, id: &ClientId) -> Result<Arc<KnownClient>, AuthorizeError> {
    match (ClientIdKind::of(id), &app.documents) {
        (ClientIdKind::Registered, _) => {
            let now = app.deps.clock.now();
            let found = app.deps.store.clients.get(id).await?.filter(|client| client.is_live(now));
            found.map(|client| Arc::new(client.into())).ok_or(AuthorizeError::UnknownClient)
        }
        (ClientIdKind::Document, Some(documents)) => Ok(documents.client(id).await?),
        (ClientIdKind::Document, None) => Err(AuthorizeError::UnknownClient),
    }
}
