//! The servers on the page of connections: each with the person's connection to it, and a form.

use futures_util::future::try_join_all;
use primitives::ids::UserRef;
use shared::store::StoreError;
use shared::vault::ConnectedServer;
use shared::web::cookie::BrowserCookie;
use url::Url;

use super::moment::Moment;
use super::view::ServerRow;
use crate::error::AuthorizeError;
use crate::{Deps, ticket};

/// What is wrong with a form for a server.
pub(super) struct Problem {
    pub(super) server: String,
    pub(super) text: &'static str,
}

/// The servers, each with the person's connection to it. Their connections are read concurrently: one round-trip time.
pub(super) async fn connected<'a>(
    deps: &'a Deps,
    user: &UserRef,
) -> Result<Vec<(&'a ConnectedServer, Option<Moment>)>, StoreError> {
    let look = async |server: &'a ConnectedServer| {
        let since = deps.server_connections.since(user, server).await?;
        Ok((server, since.map(|since| Moment::new(since.secs()))))
    };
    try_join_all(deps.own_servers.iter().map(look)).await
}

/// The row of a server.
pub(super) fn row(
    deps: &Deps,
    browser: &BrowserCookie,
    user: &UserRef,
    (server, since): (&ConnectedServer, Option<Moment>),
    problem: Option<&Problem>,
) -> Result<ServerRow, AuthorizeError> {
    let (name, address) = (server.name.clone(), server.address.clone());
    let content = ticket::Server { user: user.clone(), server: name, address };
    Ok(ServerRow {
        name: server.name.clone(),
        host: host(server),
        since,
        problem: problem.filter(|problem| problem.server == server.name).map(|problem| problem.text),
        ticket: ticket::seal(deps, browser, &content)?,
    })
}

/// Where the key goes: the host with its port.
fn host(server: &ConnectedServer) -> String {
    Url::parse(&server.address).map_or_else(|_| server.address.clone(), |url| url.authority().to_owned())
}
