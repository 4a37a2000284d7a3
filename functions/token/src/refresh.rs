//! `grant_type=refresh_token` (RFC 6749 section 6). The race rules are in [`oauth::refresh`]; this module
//! carries out the verdicts.

use axum::response::Response;
use oauth::grant::{EndReason, Grant, MAX_CHAINS};
use oauth::refresh::{Minted, Refusal, Rotation, RotationVerdict};
use oauth::resource::Resource;
use oauth::scope::ScopeSet;
use oauth::token::{ChainId, Kind, Token, TokenRef};
use primitives::clock::Timestamp;
use primitives::ids::ClientId;
use shared::store::Write;

use crate::Deps;
use crate::client_auth::dead_grant;
use crate::error::TokenError;
use crate::form::Form;
use crate::{audit, issue};

/// How often a verdict is retried against a grant that keeps changing. Each attempt can lose only to another holder's
/// success; racers that evict each other's chains lose most often.
const MAX_ROUNDS: usize = 2 * MAX_CHAINS;

pub(crate) async fn refresh(
    deps: &Deps,
    client: ClientId,
    form: Form,
    resource: Option<Resource>,
) -> Result<Response, TokenError> {
    let presented = form.refresh_token.ok_or(TokenError::Missing("refresh_token"))?;
    let scope = ScopeSet::at_refresh(form.scope.as_deref()).map_err(|_| TokenError::InvalidScope)?;
    let now = deps.clock.now();
    let Ok(presented) = deps.minter.read(Kind::Refresh, presented.expose()) else {
        return Err(dead_grant(&deps.store, &client, now).await);
    };
    let rotation = Rotation { presented, client, scope, resource };
    let (grant, minted) = rotate(deps, &rotation, now).await?;
    issue::tokens(deps, &grant, &minted, scope, now)
}

async fn rotate(deps: &Deps, rotation: &Rotation, now: Timestamp) -> Result<(Box<Grant>, Token), TokenError> {
    let grants = &deps.store.grants;
    let mut minted = of_generation(deps, rotation, rotation.next());
    let mut hash = minted.hash();
    let mut write = grants.rotate(rotation, &hash, now).await?;
    let mut event = "refresh_rotated";
    for _ in 0..MAX_ROUNDS {
        let found = match write {
            Write::Applied(grant) => {
                audit::rotated(event, &grant, &minted);
                return Ok((grant, minted));
            }
            Write::Refused(found) => found,
        };
        let attempt = Minted { chain: &minted.target.chain, hash: &hash };
        match rotation.judge(found.as_deref(), attempt, now) {
            RotationVerdict::Landed => {
                let grant = found.ok_or(TokenError::DeadGrant)?;
                audit::rotated(event, &grant, &minted);
                return Ok((grant, minted));
            }
            RotationVerdict::Refused(refusal) => return Err(refused(deps, rotation, refusal, now).await),
            RotationVerdict::Fork(fork) => {
                (minted, event) = (newcomer(deps, rotation), audit::FORKED);
                hash = minted.hash();
                let attempt = Minted { chain: &minted.target.chain, hash: &hash };
                write = grants.fork(rotation, &fork, attempt, now).await?;
            }
            RotationVerdict::Replace { successor: unused } => {
                minted = of_generation(deps, rotation, rotation.replacement());
                event = "refresh_replaced";
                hash = minted.hash();
                write = grants.replace(rotation, &unused, &hash, now).await?;
            }
            RotationVerdict::Replay => return Err(replayed(deps, rotation).await?),
        }
    }
    Err(TokenError::Undecided(None))
}

async fn refused(deps: &Deps, rotation: &Rotation, refusal: Refusal, now: Timestamp) -> TokenError {
    audit::refused(refusal, &rotation.presented);
    match refusal {
        Refusal::Scope => TokenError::InvalidScope,
        Refusal::Resource => TokenError::OtherResource,
        Refusal::NoRoom => TokenError::NoRoom,
        Refusal::Ended
        | Refusal::Expired
        | Refusal::OtherClient
        | Refusal::Evicted
        | Refusal::AheadOfStore => dead_grant(&deps.store, &rotation.client, now).await,
    }
}

/// The token of a generation in the presented token's chain.
fn of_generation(deps: &Deps, rotation: &Rotation, generation: u32) -> Token {
    let next = TokenRef { generation, ..rotation.presented.target.clone() };
    deps.minter.mint(Kind::Refresh, next, deps.random.as_ref())
}

/// The first token of a new chain.
fn newcomer(deps: &Deps, rotation: &Rotation) -> Token {
    let chain = ChainId::generate(deps.random.as_ref());
    let first = TokenRef { chain, generation: 0, ..rotation.presented.target.clone() };
    deps.minter.mint(Kind::Refresh, first, deps.random.as_ref())
}

/// A thief and the owner hold the same token, and the requester could be either: the grant ends with all its chains.
async fn replayed(deps: &Deps, rotation: &Rotation) -> Result<TokenError, TokenError> {
    let target = &rotation.presented.target;
    audit::replayed(&rotation.presented);
    let now = deps.clock.now();
    deps.store.grants.end(&target.user, &target.grant, None, EndReason::RefreshReplayed, now).await?;
    Ok(TokenError::DeadGrant)
}
