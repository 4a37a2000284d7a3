//! `POST /connections/connect` and `/connections/disconnect`: a person's key or token for a server, such as an Agent
//! Server with its own authentication.
//!
//! The key is not tried here: this function reaches no server but LangSmith. A wrong one is noticed by the first list of
//! tools, which leads the person back.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use oauth::return_to::{CONNECTIONS_PATH, ReturnTo};
use shared::vault::{ConnectedServer, OwnCredential, ServerConnectionError};
use shared::web::request_id::RequestId;

use super::end::check_owner;
use super::list;
use super::server_row::Problem;
use crate::error::AuthorizeError;
use crate::form::{Form, Posted};
use crate::{App, redirect, run_to_completion, ticket};

/// The maximum length of a key or token, in bytes. Servers take headers of 8 KB or more.
const MAX_CREDENTIAL: usize = 4096;

const NO_CREDENTIAL: &str =
    "This cannot be a key or token. Copy the whole of it, without spaces and without a header's name.";
const NO_SCHEME: &str = "Choose how the server wants it.";

/// Connects the person to a server, in place of an earlier connection.
pub(crate) async fn connect(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Posted { ticket, browser, form }: Posted<ticket::Server>,
) -> Result<Response, AuthorizeError> {
    check_owner(&app, &browser, &ticket.user).await?;
    let server = known(&app.deps.own_servers, &ticket)?.clone();
    let credential = match credential(form) {
        Ok(credential) => credential,
        Err(text) => {
            let problem = Problem { server: server.name, text };
            return list::again(&app, &id, browser, problem).await;
        }
    };
    run_to_completion(async move {
        let (user, connections) = (ticket.user, &app.deps.server_connections);
        connections.connect(&user, &server, &credential).await?;
        tracing::info!(target: "audit", event = "server_connected", server = %server.name, %user);
        Ok(())
    })
    .await?;
    Ok(redirect::see_other(CONNECTIONS_PATH))
}

/// Ends the person's connection to a server, and deletes the key.
pub(crate) async fn disconnect(
    State(app): State<Arc<App>>,
    Posted { ticket, browser, .. }: Posted<ticket::Server>,
) -> Result<Response, AuthorizeError> {
    check_owner(&app, &browser, &ticket.user).await?;
    let server = known(&app.deps.own_servers, &ticket)?.clone();
    run_to_completion(async move {
        let (user, connections) = (ticket.user, &app.deps.server_connections);
        connections.end(&user, &server).await?;
        tracing::info!(target: "audit", event = "server_disconnected", server = %server.name, %user);
        Ok(())
    })
    .await?;
    Ok(redirect::see_other(CONNECTIONS_PATH))
}

/// The server of a form. The operator may have removed it, or changed its address, since the page was shown.
fn known<'a>(
    servers: &'a [ConnectedServer],
    ticket: &ticket::Server,
) -> Result<&'a ConnectedServer, AuthorizeError> {
    let is_of_form =
        |server: &&ConnectedServer| server.name == ticket.server && server.address == ticket.address;
    let server = servers.iter().find(is_of_form);
    server.ok_or_else(|| AuthorizeError::Outdated(Box::new(ReturnTo::Connections)))
}

fn credential(form: Form) -> Result<OwnCredential, &'static str> {
    let is_token = |text: &str| {
        (1..=MAX_CREDENTIAL).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let secret = form.credential.filter(|secret| is_token(secret.expose())).ok_or(NO_CREDENTIAL)?;
    Ok(OwnCredential { scheme: form.scheme.ok_or(NO_SCHEME)?, secret })
}

impl From<ServerConnectionError> for AuthorizeError {
    fn from(error: ServerConnectionError) -> Self {
        match error {
            ServerConnectionError::Store(error) => error.into(),
            ServerConnectionError::Vault(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use primitives::ids::UserRef;

    use super::*;

    #[test]
    fn a_form_is_for_the_address_that_it_showed() {
        let server =
            |name: &str, address: &str| ConnectedServer { name: name.into(), address: address.into() };
        let servers = [server("team", "https://a.example/"), server("other", "https://b.example/")];
        let found = |name: &str, address: &str| {
            let (user, server, address) = (UserRef::new("ada"), name.to_owned(), address.to_owned());
            known(&servers, &ticket::Server { user, server, address }).is_ok()
        };
        assert!(found("team", "https://a.example/"));
        assert!(!found("team", "https://b.example/") && !found("gone", "https://a.example/"));
    }
}
