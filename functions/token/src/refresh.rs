//! `grant_type=refresh_token` (RFC 6749 section 6). The rules of a race are in [`shared::oauth::refresh`]; this module
//! carries out its verdicts.

use axum::response::Response;
use shared::clock::Timestamp;
use shared::ids::ClientId;
use shared::oauth::grant::{EndReason, Grant, MAX_CHAINS};
use shared::oauth::refresh::{Rotation, RotationVerdict};
use shared::oauth::token::{ChainId, Kind, Token, TokenRef};
use shared::store::Write;

use crate::Deps;
use crate::client_auth::dead_grant;
use crate::error::TokenError;
use crate::form::Form;
use crate::issue;

/// How often a verdict is carried out against a grant that keeps changing. Each round loses only to another holder's
/// success; racers that evict one another's room lose most often.
const MAX_ROUNDS: usize = 2 * MAX_CHAINS;

pub(crate) async fn refresh(deps: &Deps, client: ClientId, form: Form) -> Result<Response, TokenError> {
    let presented = form.refresh_token.ok_or(TokenError::Missing("refresh_token"))?;
    let now = deps.clock.now();
    let Ok(presented) = deps.minter.read(Kind::Refresh, presented.expose()) else {
        return Err(dead_grant(&deps.store, &client, now).await);
    };
    let rotation = Rotation { presented, client };
    let (grant, minted) = rotate(deps, &rotation, now).await?;
    issue::tokens(deps, &grant, &minted, form.scope.as_deref(), now)
}

async fn rotate(deps: &Deps, rotation: &Rotation, now: Timestamp) -> Result<(Box<Grant>, Token), TokenError> {
    let mut minted = successor(deps, rotation);
    let mut write = deps.store.grants.rotate(rotation, &minted.hash(), now).await?;
    let mut event = "refresh_rotated";
    for _ in 0..MAX_ROUNDS {
        let found = match write {
            Write::Applied(grant) => {
                tracing::info!(target: "audit", event, grant = %rotation.presented.target.grant);
                return Ok((grant, minted));
            }
            Write::Refused(found) => found,
        };
        // A fork's own earlier attempt that landed shows under the fork's chain, not under the presented one's.
        if let Some(grant) = &found
            && grant.chains.get(&minted.target.chain).is_some_and(|chain| chain.hash == minted.hash())
            && grant.stands(now)
        {
            return found.map(|grant| (grant, minted)).ok_or(TokenError::DeadGrant);
        }
        match rotation.judge(found.as_deref(), &minted.hash(), now) {
            RotationVerdict::Landed => {
                return found.map(|grant| (grant, minted)).ok_or(TokenError::DeadGrant);
            }
            RotationVerdict::Refused(reason) => {
                tracing::info!(target: "audit", event = "refresh_refused", ?reason, grant = %rotation.presented.target.grant);
                return Err(dead_grant(&deps.store, &rotation.client, now).await);
            }
            RotationVerdict::Fork { evict } => {
                (minted, event) = (newcomer(deps, rotation), "refresh_forked");
                let chain = (&minted.target.chain, minted.hash());
                write = deps.store.grants.fork(rotation, (chain.0, &chain.1), evict.as_ref(), now).await?;
            }
            RotationVerdict::Replace { successor: unused } => {
                (minted, event) = (successor(deps, rotation), "refresh_replaced");
                write = deps.store.grants.replace(rotation, &unused, &minted.hash(), now).await?;
            }
            RotationVerdict::Replay => return Err(replayed(deps, rotation).await?),
        }
    }
    Err(TokenError::Undecided(None))
}

/// The next token of the presented one's chain.
fn successor(deps: &Deps, rotation: &Rotation) -> Token {
    let target = &rotation.presented.target;
    let next = TokenRef { generation: target.generation.saturating_add(1), ..target.clone() };
    deps.minter.mint(Kind::Refresh, next, deps.random.as_ref())
}

/// The first token of a chain of its own.
fn newcomer(deps: &Deps, rotation: &Rotation) -> Token {
    let chain = ChainId::generate(deps.random.as_ref());
    let first = TokenRef { chain, generation: 0, ..rotation.presented.target.clone() };
    deps.minter.mint(Kind::Refresh, first, deps.random.as_ref())
}

/// A thief and the owner hold the same token, and nobody can tell who asks: the grant ends with all its chains.
async fn replayed(deps: &Deps, rotation: &Rotation) -> Result<TokenError, TokenError> {
    let target = &rotation.presented.target;
    tracing::warn!(target: "audit", event = "refresh_replayed", user = %target.user, grant = %target.grant, chain = %target.chain, generation = target.generation);
    let now = deps.clock.now();
    deps.store.grants.end(&target.user, &target.grant, None, EndReason::RefreshReplayed, now).await?;
    Ok(TokenError::DeadGrant)
}
