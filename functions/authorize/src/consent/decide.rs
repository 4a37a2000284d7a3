//! `POST /authorize/consent`: handles Allow and Deny.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use oauth::error::ErrorCode;
use oauth::grant::Grant;
use oauth::redirect::RedirectUri;
use oauth::request::RequestFault;
use oauth::resource::ServerName;
use shared::store::{Consent, ConsentOutcome};
use shared::web::cookie::{self, BrowserCookie};
use shared::web::request_id::RequestId;

use super::choices::Choices;
use super::finish::{self, Decided};
use super::grant;
use super::page::{ConsentRequest, page};
use crate::asking::client_and_session;
use crate::error::AuthorizeError;
use crate::form::{Decision, Posted};
use crate::login::SESSION;
use crate::{App, redirect, run_to_completion, ticket};

/// Handles the submitted consent form.
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Posted { ticket, browser, form }: Posted<ticket::Consent>,
) -> Result<Response, AuthorizeError> {
    let redirect_uri =
        RedirectUri::parse(&ticket.request.redirect_uri).map_err(|_| AuthorizeError::ForeignRedirectUri)?;
    let choices = Choices::of(&app.deps, &ticket, &form);
    let chosen = match form.decision {
        Some(Decision::Allow) => choices.complete(),
        Some(Decision::Deny) => {
            tracing::info!(target: "audit", event = "consent_denied", user = %ticket.user.reference(), client = %ticket.request.client_id);
            return Ok(denied(&app, redirect_uri, ticket.request.state));
        }
        // Submitted without a button: no decision was made.
        None => Err(choices),
    };
    let (workspace, scopes) = match chosen {
        Ok(chosen) => chosen,
        Err(choices) => return again(&app, &id, ticket, &browser, &choices).await,
    };
    let (grant, code) = grant::mint(&app.deps, &ticket, workspace, scopes);
    // From the write to its audit record.
    match run_to_completion(record(app.clone(), grant, browser.hash())).await? {
        ConsentOutcome::Granted => {
            let state = ticket.request.state.as_deref();
            let url = redirect::code_url(&app.deps.public, &redirect_uri, state, code.expose());
            Ok(finish::answer(&redirect_uri, &url, Decided::Allowed))
        }
        ConsentOutcome::AlreadyUsed => Err(AuthorizeError::AlreadyUsed(Box::new(ticket.request.into()))),
        ConsentOutcome::ClientGone => Err(AuthorizeError::UnknownClient),
        ConsentOutcome::LoginGone => {
            Ok(redirect::to_page(&ticket.request.path(&app.deps.public), cookie::clear(&app.deps.public)))
        }
    }
}

/// The person pressed Deny on our page, so a mere link cannot cause this redirect.
fn denied(app: &App, redirect_uri: RedirectUri, state: Option<String>) -> Response {
    let fault = RequestFault {
        redirect_uri,
        state,
        code: ErrorCode::AccessDenied,
        description: "the user denied the request",
    };
    finish::answer(&fault.redirect_uri, &redirect::fault_url(&app.deps.public, &fault), Decided::Denied)
}

/// Shows the page again, with the choices so far and the missing fields. The login may have ended in the meantime.
async fn again(
    app: &App,
    id: &RequestId,
    ticket: ticket::Consent,
    cookie: &BrowserCookie,
    choices: &Choices,
) -> Result<Response, AuthorizeError> {
    let request = ticket.request;
    let (client, session) = client_and_session(app, &request.client_id, Some(cookie)).await?;
    match session {
        Some(session) => {
            page(app, id, ConsentRequest { request, client: &client, session: &session, cookie }, choices)
        }
        None => Ok(redirect::to_page(&request.path(&app.deps.public), cookie::clear(&app.deps.public))),
    }
}

async fn record(app: Arc<App>, grant: Grant, session_hash: String) -> Result<ConsentOutcome, AuthorizeError> {
    let now = app.deps.clock.now();
    let consent =
        Consent { grant: &grant, session_hash: &session_hash, session_expires_at: now.plus(SESSION).secs() };
    let outcome = app.deps.store.consent(&consent, now).await?;
    tracing::info!(target: "audit", event = "consent", ?outcome, user = %grant.user_ref, grant = %grant.grant_id, client = %grant.client_id, workspace = grant.workspace.claim(), scope = %grant.scope, agent_server = grant.resource.server().map(ServerName::as_str));
    Ok(outcome)
}
