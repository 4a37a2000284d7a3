//! `POST /authorize/consent`: what comes of Allow and of Deny.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::oauth::error::ErrorCode;
use shared::oauth::grant::Grant;
use shared::oauth::redirect::RedirectUri;
use shared::oauth::request::RequestFault;
use shared::store::{Consent, ConsentOutcome};
use shared::web::cookie;
use shared::web::request_id::RequestId;

use super::grant;
use crate::error::AuthorizeError;
use crate::form::Posted;
use crate::login::SESSION;
use crate::{App, redirect, ticket, to_its_end};

/// Answers the form.
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    app.answer(&id, answer(&app, &headers, body).await)
}

async fn answer(app: &Arc<App>, headers: &HeaderMap, body: Body) -> Result<Response, AuthorizeError> {
    let Posted { ticket, browser, form } = Posted::<ticket::Consent>::read(&app.deps, headers, body).await?;
    let redirect_uri =
        RedirectUri::parse(&ticket.request.redirect_uri).map_err(|_| AuthorizeError::ForeignRedirectUri)?;
    if form.decision != "allow" {
        tracing::info!(target: "audit", event = "consent_denied", user = %ticket.user.reference(), client = %ticket.request.client_id);
        return Ok(denied(app, redirect_uri, ticket.request.state));
    }
    let Some((workspace, scopes)) = grant::chosen(&ticket, &form) else {
        return Err(AuthorizeError::NothingChosen(Box::new(ticket.request.into())));
    };
    let (grant, code) = grant::mint(&app.deps, &ticket, workspace, scopes);
    // From the write to its record.
    match to_its_end(record(app.clone(), grant, browser.hash())).await? {
        ConsentOutcome::Granted => Ok(redirect::code(
            &app.deps.public,
            &redirect_uri,
            ticket.request.state.as_deref(),
            code.expose(),
        )),
        ConsentOutcome::AlreadyUsed => Err(AuthorizeError::AlreadyUsed(Box::new(ticket.request.into()))),
        ConsentOutcome::ClientGone => Err(AuthorizeError::UnknownClient),
        ConsentOutcome::LoginGone => {
            Ok(redirect::within(&ticket.request.path(), cookie::clear(&app.deps.public)))
        }
    }
}

/// A person pressed Deny on our page, so this redirect is not one that a link alone can cause.
fn denied(app: &App, redirect_uri: RedirectUri, state: Option<String>) -> Response {
    let fault = RequestFault {
        redirect_uri,
        state,
        code: ErrorCode::AccessDenied,
        description: "the person denied the request",
    };
    redirect::fault(&app.deps.public, &fault)
}

async fn record(app: Arc<App>, grant: Grant, session_hash: String) -> Result<ConsentOutcome, AuthorizeError> {
    let now = app.deps.clock.now();
    let consent =
        Consent { grant: &grant, session_hash: &session_hash, session_expires_at: now.plus(SESSION).secs() };
    let outcome = app.deps.store.consent(&consent, now).await?;
    tracing::info!(target: "audit", event = "consent", ?outcome, user = %grant.user_ref, grant = %grant.grant_id, client = %grant.client_id, workspace = grant.workspace.claim(), scope = %grant.scope);
    Ok(outcome)
}
