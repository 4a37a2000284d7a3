//! The content of the consent page: the client, the person, the destination of the response, and the options.

use axum::http::StatusCode;
use axum::response::Response;
use oauth::grant::{CAP, REFRESH_LIFE};
use oauth::known_client::{ClientOrigin, KnownClient};
use oauth::redirect::{Destination, RedirectUri};
use oauth::request::AuthorizeRequest;
use oauth::scope::Scope;
use oauth::token::ChainId;
use primitives::authority::authority;
use primitives::ids::GrantId;
use primitives::random;
use shared::store::{BrowserSession, WorkspaceEntry};
use shared::web::cookie::BrowserCookie;
use shared::web::page;
use shared::web::request_id::RequestId;
use url::Url;

use super::choices::Choices;
use super::offered::{Tools, offered_scopes};
use super::view::{ConsentPage, Missing, Origin, ScopeOption, WorkspaceOption};
use crate::destination::DisplayedDestination;
use crate::error::AuthorizeError;
use crate::ticket::OfferedWorkspace;
use crate::{App, Deps, ticket, workspaces};

/// Seconds in a day.
const DAY: u64 = 24 * 60 * 60;

/// The parties and the subject of a consent.
pub(crate) struct ConsentRequest<'a> {
    pub(crate) request: AuthorizeRequest,
    pub(crate) client: &'a KnownClient,
    pub(crate) session: &'a BrowserSession,
    pub(crate) cookie: &'a BrowserCookie,
}

/// The page, with nothing chosen yet or with the submitted choices.
pub(crate) fn page(
    app: &App,
    id: &RequestId,
    asked: ConsentRequest<'_>,
    choices: &Choices,
) -> Result<Response, AuthorizeError> {
    let ConsentRequest { request, client, session, cookie } = asked;
    let redirect_uri =
        RedirectUri::parse(&request.redirect_uri).map_err(|_| AuthorizeError::ForeignRedirectUri)?;
    let agent_server = request.resource.server().map(|server| server.as_str().to_owned());
    let listed = workspaces::listed(&session.workspaces);
    let tools = Tools::of(&app.deps, listed.iter().map(|workspace| workspace.servers));
    let scopes: Vec<_> =
        offered_scopes(&request, tools).iter().map(|scope| option(scope, choices.ticked(scope))).collect();
    let origin = origin(&client.origin);
    let ticket = ticket::seal(&app.deps, cookie, &draw(&app.deps, request, client, session))?;
    let missing = choices.missing;
    let page = ConsentPage {
        client_name: client.client_name.as_deref().unwrap_or("An app without a name"),
        origin: &origin,
        destination: &DisplayedDestination::of(&redirect_uri.destination()),
        signed_in: &session.signed_in,
        langsmith_host: authority(app.deps.langsmith.endpoint()),
        workspaces: &offer(listed, choices),
        unlisted: listed.len() < session.workspaces.len(),
        all_chosen: choices.is_all(),
        scopes: &scopes,
        agent_server: agent_server.as_deref(),
        missing,
        ticket: &ticket,
        request_id: id.as_str(),
        expires_minutes: ticket::LIFE.as_secs() / 60,
        idle_days: REFRESH_LIFE.as_secs() / DAY,
        most_days: CAP.as_secs() / DAY,
    };
    let status = if missing == Missing::default() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(page::html(status, &page))
}

fn origin(origin: &ClientOrigin) -> Origin {
    match origin {
        ClientOrigin::Registered { client_uri } => {
            let home = client_uri.as_deref().and_then(|uri| Url::parse(uri).ok());
            Origin::Registered { claimed_host: home.and_then(|url| url.host_str().map(str::to_owned)) }
        }
        ClientOrigin::Document { host } => {
            Origin::Document(DisplayedDestination::of(&Destination::Web(host.clone())))
        }
    }
}

/// A scope with its description, checked or not.
pub(crate) fn option(scope: Scope, checked: bool) -> ScopeOption<'static> {
    let (title, text) = match scope {
        Scope::LangsmithRead => ("Read", "See traces, prompts, datasets and experiments."),
        Scope::LangsmithWrite => (
            "Write",
            "Create and change prompts, datasets and examples, and record experiments. Changes apply to \
             everybody in the workspace. New versions of a public prompt are public, too.",
        ),
        Scope::LangsmithPublish => (
            "Publish",
            "Make prompts, with all of their versions, public to everybody on the Internet. Tick this only \
             if you want that.",
        ),
        Scope::BillingRead => ("See usage", "See the organization's usage, as counted for billing."),
        Scope::AgentsRun => (
            "Run agents",
            "Run the agents that you can run, answer their questions, and read and end their runs. Agents act by \
themselves, and may use your LangSmith account.",
        ),
        Scope::ServersUse => (
            "Use MCP servers",
            "See the MCP servers that your workspace has registered, and call their tools. The tools may act outside \
             LangSmith.",
        ),
        Scope::ServersManage => (
            "Manage MCP servers",
            "Register, change and delete MCP servers, and their credentials. Changes apply to everybody in the \
             workspace. Tick this only if you want that.",
        ),
    };
    ScopeOption { id: scope.as_str(), title, text, checked }
}

/// The workspaces sorted by name, so that a person can find theirs.
fn offer<'a>(listed: &'a [WorkspaceEntry], choices: &Choices) -> Vec<WorkspaceOption<'a>> {
    let mut offered: Vec<_> = listed
        .iter()
        .map(|workspace| WorkspaceOption {
            id: workspace.id.as_str(),
            name: &workspace.name,
            handle: workspace.handle.as_deref(),
            chosen: choices.is_one(&workspace.id),
        })
        .collect();
    offered.sort_by_cached_key(|workspace| workspace.name.to_lowercase());
    offered
}

fn draw(
    deps: &Deps,
    request: AuthorizeRequest,
    client: &KnownClient,
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
            .map(|workspace| OfferedWorkspace(workspace.id.clone(), workspace.servers))
            .collect(),
        preferred: session.preferred.clone(),
        grant: GrantId::new(random::token::<16>(random)),
        chain: ChainId::generate(random),
        code_random: random::token::<24>(random),
    }
}
