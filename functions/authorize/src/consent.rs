//! The consent page and its answer. Nothing is minted before somebody pressed Allow.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use shared::ids::{GrantId, WorkspaceId};
use shared::oauth::client::Client;
use shared::oauth::error::ErrorCode;
use shared::oauth::grant::{CAP, CODE_LIFE, Grant, GrantState, PURGE_DELAY, WorkspaceChoice};
use shared::oauth::redirect::{Destination, RedirectUri};
use shared::oauth::request::{AuthorizeRequest, RequestFault};
use shared::oauth::scope::{Scope, ScopeSet};
use shared::oauth::token::{ChainId, Kind, Token, TokenRef};
use shared::random;
use shared::store::{BrowserSession, Consent, ConsentOutcome};
use shared::web::cookie::{self, BrowserCookie};
use shared::web::page::{self, FormTarget};
use shared::web::request_id::RequestId;
use tracing::Instrument as _;
use url::Url;

use crate::error::AuthorizeError;
use crate::form::Form;
use crate::login::SESSION;
use crate::pages::{ConsentPage, ScopeOption, WorkspaceOption};
use crate::{App, Deps, redirect, ticket};

/// The form value for all workspaces.
const ALL: &str = "*";

/// The page.
pub(crate) fn page(
    app: &App,
    id: &RequestId,
    request: AuthorizeRequest,
    client: &Client,
    session: &BrowserSession,
    cookie: &BrowserCookie,
) -> Result<Response, AuthorizeError> {
    let redirect_uri =
        RedirectUri::parse(&request.redirect_uri).map_err(|_| AuthorizeError::ForeignRedirectUri)?;
    let (redirect_host, loopback) = describe(redirect_uri.destination());
    let asked = ScopeSet::known(&request.scope);
    let scopes: Vec<_> = asked.iter().map(option).collect();
    let workspaces = workspaces(session);
    let target = Url::parse(redirect_uri.as_str()).ok().as_ref().and_then(FormTarget::of);
    let client_uri = client.client_uri.as_deref().and_then(|uri| Url::parse(uri).ok());
    let ticket = ticket::seal(&app.deps, cookie, draw(&app.deps, request, client, session))?;
    let page = ConsentPage {
        client_name: client.client_name.as_deref().unwrap_or("An app without a name"),
        client_uri_host: client_uri.as_ref().and_then(Url::host_str),
        redirect_host: &redirect_host,
        loopback,
        user_label: &session.label,
        workspaces: &workspaces,
        all_workspaces: true,
        scopes: &scopes,
        ticket: &ticket,
        request_id: id.as_str(),
        expires_minutes: ticket::LIFE.as_secs() / 60,
        form_targets: target.as_slice(),
    };
    Ok(page::html(StatusCode::OK, &page))
}

fn describe(destination: Destination) -> (String, bool) {
    match destination {
        Destination::Web(host) => (host, false),
        Destination::Loopback(host) => (host, true),
        Destination::App(scheme) => (format!("the app that opens {scheme}: links"), true),
    }
}

fn option(scope: Scope) -> ScopeOption<'static> {
    let (title, text) = match scope {
        Scope::LangsmithRead => ("Read", "See traces, prompts, datasets and experiments."),
        Scope::LangsmithWrite => {
            ("Write", "Create and change prompts, datasets and examples, and record experiments.")
        }
        Scope::BillingRead => ("See usage", "See how much the organization uses, for billing."),
    };
    ScopeOption { id: scope.as_str(), title, text, checked: true }
}

fn workspaces(session: &BrowserSession) -> Vec<WorkspaceOption<'_>> {
    let first = session.workspaces.first().map(|workspace| &workspace.id);
    let offered = |id: &WorkspaceId| session.workspaces.iter().any(|workspace| workspace.id == *id);
    let selected = session.preferred.as_ref().filter(|id| offered(id)).or(first);
    session
        .workspaces
        .iter()
        .map(|workspace| WorkspaceOption {
            id: workspace.id.as_str(),
            name: &workspace.name,
            handle: workspace.handle.as_deref(),
            selected: Some(&workspace.id) == selected,
        })
        .collect()
}

fn draw(
    deps: &Deps,
    request: AuthorizeRequest,
    client: &Client,
    session: &BrowserSession,
) -> ticket::Consent {
    let random = deps.random.as_ref();
    ticket::Consent {
        request,
        client_name: client.client_name.clone(),
        user: session.user_id.clone(),
        credential: session.credential_id.clone(),
        workspaces: session.workspaces.iter().map(|workspace| workspace.id.clone()).collect(),
        preferred: session.preferred.clone(),
        grant: GrantId::new(random::token::<16>(random)),
        chain: ChainId::generate(random),
        code_random: random::token::<24>(random),
    }
}

/// `POST /authorize/consent`.
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match answer(&app, &headers, body).await {
        Ok(response) => response,
        Err(error) => error.respond(&app.deps.public, &id),
    }
}

async fn answer(app: &Arc<App>, headers: &HeaderMap, body: Body) -> Result<Response, AuthorizeError> {
    let form = Form::read(headers, body).await?;
    let cookie = BrowserCookie::read(&app.deps.public, headers);
    let ticket: ticket::Consent = ticket::open(&app.deps, cookie.as_ref(), &form.ticket)?;
    let Some(cookie) = cookie else { return Err(AuthorizeError::Unreadable) };
    let redirect_uri =
        RedirectUri::parse(&ticket.request.redirect_uri).map_err(|_| AuthorizeError::ForeignRedirectUri)?;
    if form.decision != "allow" {
        tracing::info!(target: "audit", event = "consent_denied", user = %ticket.user.reference(), client = %ticket.request.client_id);
        return Err(denied(redirect_uri, ticket.request.state));
    }
    let Some((workspace, scopes)) = chosen(&ticket, &form) else {
        return Err(AuthorizeError::NothingChosen(Box::new(ticket.request)));
    };
    let (grant, code) = grant(&app.deps, &ticket, workspace, scopes);
    // From the write to its record in a task of its own: a browser that hangs up cannot cut it.
    let task = tokio::spawn(record(app.clone(), grant, cookie.hash()).in_current_span());
    let outcome = task.await.unwrap_or(Ok(ConsentOutcome::LoginGone))?;
    match outcome {
        ConsentOutcome::Granted => Ok(redirect::code(
            &app.deps.public,
            &redirect_uri,
            ticket.request.state.as_deref(),
            code.expose(),
        )),
        ConsentOutcome::AlreadyUsed => Err(AuthorizeError::AlreadyUsed(Box::new(ticket.request))),
        ConsentOutcome::ClientGone => Err(AuthorizeError::UnknownClient),
        ConsentOutcome::LoginGone => {
            Ok(redirect::within(&ticket.request.path(), cookie::clear(&app.deps.public)))
        }
    }
}

fn denied(redirect_uri: RedirectUri, state: Option<String>) -> AuthorizeError {
    AuthorizeError::Fault(Box::new(RequestFault {
        redirect_uri,
        state,
        code: ErrorCode::AccessDenied,
        description: "the person denied the request",
    }))
}

/// What the person ticked, within what the page offered.
fn chosen(ticket: &ticket::Consent, form: &Form) -> Option<(WorkspaceChoice, ScopeSet)> {
    let scopes = ScopeSet::known(&form.scopes.join(" ")).intersect(ScopeSet::known(&ticket.request.scope));
    let offered = |id: &WorkspaceId| ticket.workspaces.contains(id);
    let workspace = match form.workspace.as_deref()? {
        ALL => WorkspaceChoice::All {
            default: ticket.preferred.clone().filter(offered).or_else(|| ticket.workspaces.first().cloned()),
        },
        id => WorkspaceChoice::One { id: Some(WorkspaceId::new(id)).filter(offered)? },
    };
    (scopes != ScopeSet::EMPTY).then_some((workspace, scopes))
}

fn grant(
    deps: &Deps,
    ticket: &ticket::Consent,
    workspace: WorkspaceChoice,
    scopes: ScopeSet,
) -> (Grant, Token) {
    let now = deps.clock.now();
    let target = TokenRef {
        user: ticket.user.reference(),
        grant: ticket.grant.clone(),
        chain: ticket.chain.clone(),
        generation: 0,
    };
    let code = deps.minter.with_random(Kind::Code, target, &ticket.code_random);
    let code_expires_at = now.plus(CODE_LIFE);
    let grant = Grant {
        user_ref: ticket.user.reference(),
        grant_id: ticket.grant.clone(),
        state: GrantState::CodeIssued,
        client_id: ticket.request.client_id.clone(),
        client_name: ticket.client_name.clone(),
        user_id: ticket.user.clone(),
        credential_id: ticket.credential.clone(),
        workspace,
        scope: scopes.to_string(),
        redirect_uri: ticket.request.redirect_uri.clone(),
        challenge: ticket.request.challenge.clone(),
        code_hash: code.hash(),
        code_expires_at: code_expires_at.secs(),
        created_at: now.secs(),
        expires_at: now.plus(CAP).secs(),
        chains: std::collections::BTreeMap::new(),
        purge_at: code_expires_at.plus(PURGE_DELAY).secs(),
    };
    (grant, code)
}

async fn record(app: Arc<App>, grant: Grant, session_hash: String) -> Result<ConsentOutcome, AuthorizeError> {
    let now = app.deps.clock.now();
    let consent =
        Consent { grant: &grant, session_hash: &session_hash, session_expires_at: now.plus(SESSION).secs() };
    let outcome = app.deps.store.consent(&consent, now).await?;
    tracing::info!(target: "audit", event = "consent", ?outcome, user = %grant.user_ref, grant = %grant.grant_id, client = %grant.client_id, workspace = grant.workspace.claim(), scope = %grant.scope);
    Ok(outcome)
}
