//! What the consent page shows: who asks, for whom, where the answer goes, and what may be ticked.

use axum::http::StatusCode;
use axum::response::Response;
use shared::ids::{GrantId, WorkspaceId};
use shared::oauth::client::Client;
use shared::oauth::redirect::RedirectUri;
use shared::oauth::request::AuthorizeRequest;
use shared::oauth::scope::{Scope, ScopeSet};
use shared::oauth::token::ChainId;
use shared::random;
use shared::store::{BrowserSession, WorkspaceEntry};
use shared::web::cookie::BrowserCookie;
use shared::web::page::{self, FormTarget};
use shared::web::request_id::RequestId;
use url::Url;

use crate::error::AuthorizeError;
use crate::pages::{ConsentPage, ScopeOption, WorkspaceOption};
use crate::{App, Deps, destination, ticket, workspaces};

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
    let to = redirect_uri.destination();
    let asked = ScopeSet::known(&request.scope);
    let scopes: Vec<_> = asked.iter().map(option).collect();
    let listed = workspaces::listed(&session.workspaces);
    let target = Url::parse(redirect_uri.as_str()).ok().as_ref().and_then(FormTarget::of);
    let client_uri = client.client_uri.as_deref().and_then(|uri| Url::parse(uri).ok());
    let ticket = ticket::seal(&app.deps, cookie, &draw(&app.deps, request, client, session))?;
    let page = ConsentPage {
        client_name: client.client_name.as_deref().unwrap_or("An app without a name"),
        client_uri_host: client_uri.as_ref().and_then(Url::host_str),
        redirect_host: &destination::name(&to),
        loopback: destination::is_on_this_computer(&to),
        signed_in: &session.signed_in,
        workspaces: &offer(listed, session.preferred.as_ref()),
        unlisted: listed.len() < session.workspaces.len(),
        all_workspaces: true,
        scopes: &scopes,
        ticket: &ticket,
        request_id: id.as_str(),
        expires_minutes: ticket::LIFE.as_secs() / 60,
        form_targets: target.as_slice(),
    };
    Ok(page::html(StatusCode::OK, &page))
}

/// A scope in plain words.
pub(crate) fn option(scope: Scope) -> ScopeOption<'static> {
    let (title, text) = match scope {
        Scope::LangsmithRead => ("Read", "See traces, prompts, datasets and experiments."),
        Scope::LangsmithWrite => {
            ("Write", "Create and change prompts, datasets and examples, and record experiments.")
        }
        Scope::BillingRead => ("See usage", "See how much the organization uses, for billing."),
    };
    ScopeOption { id: scope.as_str(), title, text, checked: true }
}

fn offer<'a>(listed: &'a [WorkspaceEntry], preferred: Option<&WorkspaceId>) -> Vec<WorkspaceOption<'a>> {
    let first = listed.first().map(|workspace| &workspace.id);
    let offered = |id: &WorkspaceId| listed.iter().any(|workspace| workspace.id == *id);
    let selected = preferred.filter(|id| offered(id)).or(first);
    listed
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
        workspaces: workspaces::listed(&session.workspaces)
            .iter()
            .map(|workspace| workspace.id.clone())
            .collect(),
        preferred: session.preferred.clone(),
        grant: GrantId::new(random::token::<16>(random)),
        chain: ChainId::generate(random),
        code_random: random::token::<24>(random),
    }
}
