//! The audit records of refreshes.

use oauth::grant::{Grant, MANY_FORKS};
use oauth::refresh::Refusal;
use oauth::token::Token;

/// A successful refresh. A grant with many forks in a day gets a separate line, which an alarm watches: a single fork
/// is a race, but so many mean a client that shares its token among many processes, or a thief who tries to push the
/// owner out.
pub(crate) fn rotated(event: &'static str, grant: &Grant, minted: &Token) {
    let (user, id, client, chain) =
        (&grant.user_ref, &grant.grant_id, &grant.client_id, &minted.target.chain);
    let (forks, recent) = (grant.forks, grant.recent_forks());
    tracing::info!(target: "audit", event, %user, grant = %id, %client, %chain, forks);
    if event == FORKED && recent > 0 && recent.is_multiple_of(MANY_FORKS) {
        tracing::warn!(target: "audit", event = "refresh_forked_often", %user, grant = %id, %client, forks, recent);
    }
}

/// The event of a holder that got a separate chain.
pub(crate) const FORKED: &str = "refresh_forked";

/// A refused refresh that changed nothing.
pub(crate) fn refused(reason: Refusal, presented: &Token) {
    tracing::info!(target: "audit", event = "refresh_refused", ?reason, grant = %presented.target.grant);
}

/// A token that was reused outside the rules.
pub(crate) fn replayed(presented: &Token) {
    let target = &presented.target;
    tracing::warn!(target: "audit", event = "refresh_replayed", user = %target.user, grant = %target.grant, chain = %target.chain, generation = target.generation);
}
