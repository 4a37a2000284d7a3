//! Turns a person's choices into a grant and its code.

use oauth::grant::{CAP, CODE_LIFE, Grant, GrantState, PURGE_DELAY, ServerSnapshot, WorkspaceChoice};
use oauth::scope::{Access, ScopeSet};
use oauth::token::{Kind, Token, TokenRef};

use crate::ticket::OfferedWorkspace;
use crate::{Deps, ticket};

/// Mints the grant and its single-use code.
pub(super) fn mint(
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
    let servers = ServerSnapshot::at_consent(
        &workspace,
        scopes,
        ticket.workspaces.iter().map(|OfferedWorkspace(id, permissions)| (id, *permissions)),
    );
    let grant = Grant {
        user_ref: ticket.user.reference(),
        grant_id: ticket.grant.clone(),
        state: GrantState::CodeIssued,
        client_id: ticket.request.client_id.clone(),
        client_name: ticket.client_name.clone(),
        user_id: ticket.user.clone(),
        credential_id: ticket.credential.clone(),
        workspace,
        scope: Access { scopes, offline: Access::parse_known(&ticket.request.scope).offline }.to_string(),
        resource: ticket.request.resource.clone(),
        servers,
        redirect_uri: ticket.request.redirect_uri.clone(),
        challenge: ticket.request.challenge.clone(),
        code_hash: code.hash(),
        code_expires_at: code_expires_at.secs(),
        created_at: now.secs(),
        expires_at: now.plus(CAP).secs(),
        chains: std::collections::BTreeMap::new(),
        forks: 0,
        forks_before: None,
        last_used_at: None,
        ended_for: None,
        ended_at: None,
        purge_at: code_expires_at.plus(PURGE_DELAY).secs(),
    };
    (grant, code)
}
