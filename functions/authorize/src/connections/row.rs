//! One grant in human-readable form.

use oauth::document::DocumentUrl;
use oauth::grant::{EndReason, Grant, GrantState, WorkspaceChoice};
use oauth::redirect::RedirectUri;
use oauth::scope::ScopeSet;
use primitives::clock::Timestamp;
use shared::store::BrowserSession;

use super::moment::Moment;
use super::view::{ConnectionRow, EndedRow};
use crate::{consent, destination};

/// Whether an app ever got access through the grant. Before the code exchange there is no connection to show: the code
/// is on its way, or was never redeemed.
pub(super) fn was_connected(grant: &Grant) -> bool {
    !grant.chains.is_empty()
}

/// The row of a live grant.
pub(super) fn connection(
    grant: &Grant,
    session: &BrowserSession,
    now: Timestamp,
    ticket: String,
) -> ConnectionRow {
    ConnectionRow {
        client_host: DocumentUrl::authority_of(&grant.client_id),
        client_name: name(grant),
        host: host(grant),
        agent_server: grant.resource.server().map(|server| server.as_str().to_owned()),
        workspace: workspace(grant, session),
        scopes: ScopeSet::parse_known(&grant.scope)
            .iter()
            .map(|scope| consent::option(scope, true).title)
            .collect(),
        since: Moment::new(grant.created_at),
        last_used: grant.last_used().map(|moment| Moment::new(moment.secs())),
        places: grant.places(now),
        ticket,
    }
}

/// The row of a grant that no longer gives access.
pub(super) fn ended(grant: &Grant, now: Timestamp) -> EndedRow {
    let (reason, at) = match (grant.state, grant.ended_for) {
        (GrantState::Revoked, reason) => (reason.map_or("It was ended.", words), grant.ended_at),
        _ if grant.expires_at <= now.secs() => {
            ("A year has passed since you allowed it.", Some(grant.expires_at))
        }
        _ => ("It was not used for 30 days.", grant.chains.values().map(|chain| chain.expires_at).max()),
    };
    EndedRow {
        client_host: DocumentUrl::authority_of(&grant.client_id),
        client_name: name(grant),
        host: host(grant),
        reason,
        at: at.map(Moment::new),
    }
}

const fn words(reason: EndReason) -> &'static str {
    match reason {
        EndReason::PersonRevoked => "You ended it.",
        EndReason::ClientRevoked => "The app ended it.",
        EndReason::CodeReplayed => {
            "Its sign-in code was used twice, so somebody may have copied it. To be safe, we ended the \
             access."
        }
        EndReason::RefreshReplayed => {
            "One of its old tokens was used again, so somebody may have copied it. To be safe, we ended the \
             access."
        }
        EndReason::CredentialDead => "LangSmith ended this login. To use the app again, connect it again.",
    }
}

fn name(grant: &Grant) -> String {
    grant.client_name.clone().unwrap_or_else(|| "An app without a name".to_owned())
}

fn host(grant: &Grant) -> String {
    RedirectUri::parse(&grant.redirect_uri)
        .map_or_else(|_| grant.redirect_uri.clone(), |uri| destination::name(&uri.destination()))
}

/// The workspace's name if this browser's session knows it; otherwise its id.
fn workspace(grant: &Grant, session: &BrowserSession) -> String {
    match &grant.workspace {
        WorkspaceChoice::All { .. } => "All your workspaces".to_owned(),
        WorkspaceChoice::One { id } => {
            let known = session.workspaces.iter().find(|workspace| workspace.id == *id);
            known.map_or_else(|| id.to_string(), |workspace| workspace.name.clone())
        }
    }
}
