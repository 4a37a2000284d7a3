//! Judges a refused rotation. The most frequently reported failure in the field is a client whose own processes race
//! with one stored token; the most dangerous one is a stolen token that nobody notices. The store rotates in one
//! conditional write; when it refuses, the returned item tells the two apart.

use primitives::clock::Timestamp;
use primitives::ids::ClientId;

use crate::grant::{Chain, Eviction, ForkMark, Grant, GrantState, RACE_WINDOW, Room};
use crate::resource::Resource;
use crate::scope::ScopeSet;
use crate::token::{ChainId, Token};

/// A rotation as the client requested it.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The presented refresh token.
    pub presented: Token,
    /// The requesting client.
    pub client: ClientId,
    /// The requested scopes of the access token, if the client named some.
    pub scope: Option<ScopeSet>,
    /// The resource that the access token is for, if the client named one.
    pub resource: Option<Resource>,
}

/// The token that an attempt minted, as known to the store.
#[derive(Clone, Copy, Debug)]
pub struct Minted<'a> {
    /// Its chain.
    pub chain: &'a ChainId,
    /// Its hash.
    pub hash: &'a str,
}

/// The action for a refused rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotationVerdict {
    /// Our own earlier attempt succeeded and only its response was lost: success.
    Landed,
    /// Nothing changes.
    Refused(Refusal),
    /// The token was consumed a moment ago, by another process of the client or by a request whose response was lost.
    /// This holder gets a separate chain, so that racers never share a token and never log each other out later.
    Fork(Fork),
    /// The direct predecessor, presented once before, and no token of its successor's response was ever used: the
    /// response was lost while the laptop slept. The unused successor is replaced, once: after another race the token
    /// is a replay.
    Replace {
        /// Hash of the successor, which must be unchanged at the write.
        successor: String,
    },
    /// A token reused outside these rules: either it was stolen, or a thief used it first. The grant ends.
    Replay,
}

/// A separate chain for one more holder, with the preconditions and further changes of its write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// Hash of the presented chain's current token, which must be unchanged at the write.
    pub current: String,
    /// Whether that token is the direct successor of the presented one. If so, the write marks it as used: a response
    /// can be lost once, and presenting the token again after the race is a replay. Otherwise it already is one.
    pub marks_used: bool,
    /// The ancestors of the new chain.
    pub ancestors: Vec<ChainId>,
    /// The chain to evict, when the grant has no room for one more.
    pub evict: Option<Eviction>,
    /// The start of a new count of recent forks, when one is due.
    pub forks_before: Option<ForkMark>,
}

/// Why a rotation is refused without suspicion of theft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The grant is missing or revoked.
    Ended,
    /// The chain or the grant has expired.
    Expired,
    /// The grant belongs to another client.
    OtherClient,
    /// The chain was evicted in favour of another holder's.
    Evicted,
    /// The token is newer than the store: a backup was restored.
    AheadOfStore,
    /// RFC 6749 section 6: the requested scopes exceed the granted ones. The token stays valid.
    Scope,
    /// RFC 8707 section 2.2: the grant is for another resource. The token stays valid.
    Resource,
    /// There is no room for one more holder, as every chain is an ancestor of another. The token stays as valid as it
    /// was.
    NoRoom,
}

impl Rotation {
    /// The generation after the presented token's.
    pub const fn next(&self) -> u32 {
        self.presented.target.generation.saturating_add(1)
    }

    /// The generation after the presented token's unused successor. It is never minted once that successor is replaced,
    /// and so has no recorded time: if the successor turns up after all, it is a replay.
    pub const fn skipped(&self) -> u32 {
        self.presented.target.generation.saturating_add(2)
    }

    /// The generation of the unused successor's replacement.
    pub const fn replacement(&self) -> u32 {
        self.presented.target.generation.saturating_add(3)
    }

    /// Judges the item that failed the write's condition. `minted` is the token that this attempt minted: the presented
    /// token's successor or, for a fork, the first token of a new chain.
    pub fn judge(&self, grant: Option<&Grant>, minted: Minted<'_>, now: Timestamp) -> RotationVerdict {
        let Some(grant) = grant.filter(|grant| grant.state == GrantState::Active) else {
            return RotationVerdict::Refused(Refusal::Ended);
        };
        if grant.client_id != self.client {
            return RotationVerdict::Refused(Refusal::OtherClient);
        }
        if grant.chains.get(minted.chain).is_some_and(|chain| chain.hash == minted.hash) {
            return RotationVerdict::Landed;
        }
        let target = &self.presented.target;
        let Some(chain) = grant.chains.get(&target.chain) else {
            return RotationVerdict::Refused(Refusal::Evicted);
        };
        if now.secs() >= grant.expires_at || !chain.is_alive(now) {
            return RotationVerdict::Refused(Refusal::Expired);
        }
        if target.generation > chain.generation {
            return RotationVerdict::Refused(Refusal::AheadOfStore);
        }
        match self.judge_consumed(grant, chain, now) {
            // A replay stays one, whatever it requests.
            verdict @ (RotationVerdict::Fork(_) | RotationVerdict::Replace { .. }) => {
                self.not_granted(grant).map_or(verdict, RotationVerdict::Refused)
            }
            verdict => verdict,
        }
    }

    /// Judges a token of this grant and client that the store did not rotate.
    fn judge_consumed(&self, grant: &Grant, chain: &Chain, now: Timestamp) -> RotationVerdict {
        if chain.hash == self.presented.hash()
            && let Some(refusal) = self.not_granted(grant)
        {
            return RotationVerdict::Refused(refusal);
        }
        let Some(consumed_at) = chain.minted_at(self.next()) else {
            // The unused successor that was replaced, or a token older than the recorded rotations.
            return RotationVerdict::Replay;
        };
        let is_predecessor = self.next() == chain.generation;
        if now.since(consumed_at) <= RACE_WINDOW {
            return self.fork(grant, chain, is_predecessor, now);
        }
        if is_predecessor && !chain.used {
            return RotationVerdict::Replace { successor: chain.hash.clone() };
        }
        RotationVerdict::Replay
    }

    fn fork(&self, grant: &Grant, chain: &Chain, marks_used: bool, now: Timestamp) -> RotationVerdict {
        let presented = &self.presented.target.chain;
        let evict = match grant.room(presented, now) {
            Room::Free => None,
            Room::Taken(eviction) => Some(eviction),
            Room::Full => return RotationVerdict::Refused(Refusal::NoRoom),
        };
        RotationVerdict::Fork(Fork {
            current: chain.hash.clone(),
            marks_used,
            ancestors: grant.line_from(presented),
            evict,
            forks_before: grant.next_fork_mark(now),
        })
    }

    /// Why the request exceeds the grant, if it does.
    fn not_granted(&self, grant: &Grant) -> Option<Refusal> {
        if self.resource.as_ref().is_some_and(|resource| *resource != grant.resource) {
            return Some(Refusal::Resource);
        }
        let is_covered = self.scope.is_none_or(|scope| ScopeSet::parse_known(&grant.scope).covers(scope));
        (!is_covered).then_some(Refusal::Scope)
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod theft;

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use primitives::ids::{CredentialId, GrantId, UserId, WorkspaceId};
    use primitives::random::SystemRandom;

    use super::*;
    use crate::grant::{CAP, MAX_CHAINS, REFRESH_LIFE, ServerSnapshot, WorkspaceChoice};
    use crate::keys::{Purpose, RootKey};
    use crate::scope::Scope;
    use crate::token::{Kind, Minter, TokenRef};

    pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    pub(crate) fn minter() -> Minter {
        Minter::new(&RootKey::from_text(&"A".repeat(43)).unwrap().derive(Purpose::TokenTag).unwrap())
    }

    pub(crate) fn grant() -> Grant {
        let user_id = UserId::new("user");
        Grant {
            user_ref: user_id.reference(),
            grant_id: GrantId::new("grant"),
            state: GrantState::Active,
            client_id: ClientId::new("client"),
            client_name: None,
            user_id,
            credential_id: CredentialId::new("cred"),
            workspace: WorkspaceChoice::One { id: WorkspaceId::new("ws") },
            scope: "langsmith:read".into(),
            resource: Resource::MCP,
            servers: ServerSnapshot::default(),
            redirect_uri: "https://client/cb".into(),
            challenge: String::new(),
            code_hash: String::new(),
            code_expires_at: NOW.secs(),
            created_at: NOW.secs(),
            expires_at: NOW.plus(CAP).secs(),
            chains: BTreeMap::new(),
            forks: 0,
            forks_before: Some(ForkMark { at: NOW.secs(), forks: 0 }),
            last_used_at: None,
            ended_for: None,
            ended_at: None,
            purge_at: NOW.plus(CAP).secs(),
        }
    }

    /// A grant whose chain `c` was rotated up to `generation`, most recently at `NOW`.
    fn rotated(generation: u32) -> Grant {
        let mut grant = grant();
        let mut chain = Chain::start(format!("hash-{generation}"), NOW);
        chain.generation = generation;
        chain.minted.insert(Chain::slot(generation), NOW.millis());
        grant.chains.insert(ChainId::new("c"), chain);
        grant
    }

    /// A grant whose last rotations were all at `NOW`.
    fn rotated_in_one_race() -> Grant {
        let mut grant = rotated(4);
        grant.chains.get_mut(&ChainId::new("c")).unwrap().minted.insert(Chain::slot(3), NOW.millis());
        grant
    }

    fn presenting(generation: u32) -> Rotation {
        let grant = grant();
        let target =
            TokenRef { user: grant.user_ref, grant: grant.grant_id, chain: ChainId::new("c"), generation };
        Rotation {
            presented: minter().mint(Kind::Refresh, target, &SystemRandom),
            client: ClientId::new("client"),
            scope: None,
            resource: None,
        }
    }

    /// The verdict on an attempt that minted a token in the presented chain.
    fn judged(rotation: &Rotation, grant: &Grant, hash: &str, now: Timestamp) -> RotationVerdict {
        rotation.judge(Some(grant), Minted { chain: &ChainId::new("c"), hash }, now)
    }

    fn fork(marks_used: bool) -> RotationVerdict {
        RotationVerdict::Fork(Fork {
            current: "hash-4".into(),
            marks_used,
            ancestors: vec![ChainId::new("c")],
            evict: None,
            forks_before: None,
        })
    }

    fn later(secs: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(secs))
    }

    #[test]
    fn an_attempt_that_landed_is_a_success_however_late() {
        let verdict = judged(&presenting(3), &rotated(4), "hash-4", later(60));
        assert_eq!(verdict, RotationVerdict::Landed);
    }

    #[test]
    fn a_replacement_leaves_room_for_the_successor_that_it_replaces() {
        let rotation = presenting(4);
        assert_eq!((rotation.next(), rotation.skipped(), rotation.replacement()), (5, 6, 7));
    }

    #[test]
    fn state_comes_before_everything() {
        let mut grant = rotated(4);
        grant.state = GrantState::Revoked;
        let verdict = judged(&presenting(3), &grant, "hash-4", NOW);
        assert_eq!(verdict, RotationVerdict::Refused(Refusal::Ended));
        let minted = Minted { chain: &ChainId::new("c"), hash: "x" };
        assert_eq!(presenting(3).judge(None, minted, NOW), RotationVerdict::Refused(Refusal::Ended));
    }

    #[test]
    fn a_fork_that_landed_shows_under_its_own_chain() {
        let mut grant = rotated(4);
        let own = ChainId::new("own");
        grant.chains.insert(own.clone(), Chain::branch("first".into(), vec![ChainId::new("c")], NOW));
        let minted = Minted { chain: &own, hash: "first" };
        assert_eq!(presenting(3).judge(Some(&grant), minted, later(500)), RotationVerdict::Landed);
        grant.state = GrantState::Revoked;
        let ended = RotationVerdict::Refused(Refusal::Ended);
        assert_eq!(presenting(3).judge(Some(&grant), minted, NOW), ended);
    }

    #[test]
    fn an_older_token_of_a_race_takes_nothing_from_the_one_after_it() {
        assert_eq!(judged(&presenting(2), &rotated_in_one_race(), "x", later(1)), fork(false));
    }

    #[test]
    fn more_than_was_granted_is_refused_and_a_replay_stays_one() {
        let refused = RotationVerdict::Refused(Refusal::Scope);
        let asking = |generation, scope: Scope| {
            let scope = Some([scope].into_iter().collect());
            Rotation { scope, ..presenting(generation) }
        };
        let mut grant = rotated(4);
        let current = asking(4, Scope::BillingRead);
        grant.chains.get_mut(&ChainId::new("c")).unwrap().hash = current.presented.hash();
        assert_eq!(judged(&current, &grant, "x", NOW), refused);
        assert_eq!(judged(&asking(3, Scope::BillingRead), &rotated(4), "x", later(60)), refused);
        assert_eq!(judged(&asking(3, Scope::BillingRead), &rotated(4), "x", later(6000)), refused);
        assert_eq!(judged(&asking(3, Scope::LangsmithRead), &rotated(4), "x", later(60)), fork(true));
        assert_eq!(
            judged(&asking(2, Scope::BillingRead), &rotated(4), "x", later(6000)),
            RotationVerdict::Replay
        );
    }

    #[test]
    fn another_resource_is_refused_and_a_replay_stays_one() {
        let asking = |generation, path: &str| {
            let resource = Some(Resource::of_server_path(path).unwrap_or_default());
            Rotation { resource, ..presenting(generation) }
        };
        let refused = RotationVerdict::Refused(Refusal::Resource);
        let mut grant = rotated(4);
        let current = asking(4, "/agents/a/mcp");
        grant.chains.get_mut(&ChainId::new("c")).unwrap().hash = current.presented.hash();
        assert_eq!(judged(&current, &grant, "x", NOW), refused);
        assert_eq!(judged(&asking(3, "/agents/a/mcp"), &rotated(4), "x", later(60)), refused);
        assert_eq!(judged(&asking(3, "/mcp"), &rotated(4), "x", later(60)), fork(true));
        assert_eq!(
            judged(&asking(2, "/agents/a/mcp"), &rotated(4), "x", later(6000)),
            RotationVerdict::Replay
        );
        let of_a = Grant { resource: Resource::of_server_path("/agents/a/mcp").unwrap(), ..rotated(4) };
        assert_eq!(judged(&asking(3, "/agents/a/mcp"), &of_a, "x", later(60)), fork(true));
        for other in ["/agents/b/mcp", "/mcp"] {
            assert_eq!(judged(&asking(3, other), &of_a, "x", later(60)), refused, "{other}");
        }
    }

    #[test]
    fn a_race_forks_within_the_window_and_not_after() {
        let mut grant = rotated(4);
        grant.chains.get_mut(&ChainId::new("c")).unwrap().used = true;
        assert_eq!(judged(&presenting(3), &grant, "x", later(120)), fork(true));
        assert_eq!(judged(&presenting(3), &grant, "x", later(121)), RotationVerdict::Replay);
    }

    #[test]
    fn a_lost_answer_is_replaced_only_while_nothing_of_it_was_used() {
        let mut grant = rotated(4);
        let late = later(9 * 3600);
        let replace = RotationVerdict::Replace { successor: "hash-4".into() };
        assert_eq!(judged(&presenting(3), &grant, "x", late), replace);
        assert_eq!(judged(&presenting(2), &grant, "x", late), RotationVerdict::Replay);
        grant.chains.get_mut(&ChainId::new("c")).unwrap().used = true;
        assert_eq!(judged(&presenting(3), &grant, "x", late), RotationVerdict::Replay);
    }

    #[test]
    fn the_successor_that_was_replaced_is_a_replay() {
        assert_eq!(judged(&presenting(4), &rotated(4), "x", NOW), RotationVerdict::Replay);
    }

    #[test]
    fn dead_tokens_refuse_without_suspicion() {
        let refused = |why| RotationVerdict::Refused(why);
        assert_eq!(judged(&presenting(5), &rotated(4), "x", NOW), refused(Refusal::AheadOfStore));
        assert_eq!(judged(&presenting(0), &grant(), "x", NOW), refused(Refusal::Evicted));
        let expired = NOW.plus(REFRESH_LIFE);
        assert_eq!(judged(&presenting(3), &rotated(4), "x", expired), refused(Refusal::Expired));
        let stranger = Rotation { client: ClientId::new("other"), ..presenting(3) };
        assert_eq!(judged(&stranger, &rotated(4), "x", NOW), refused(Refusal::OtherClient));
    }

    #[test]
    fn a_full_grant_evicts_the_longest_idle_other_chain() {
        let mut grant = rotated(1);
        for index in 1..MAX_CHAINS as u64 {
            let chain = Chain::branch("h".into(), vec![ChainId::new("c")], later(index));
            grant.chains.insert(ChainId::new(format!("n{index}")), chain);
        }
        let verdict = judged(&presenting(0), &grant, "x", later(60));
        let RotationVerdict::Fork(fork) = verdict else { panic!("{verdict:?}") };
        assert_eq!(fork.evict.unwrap().chain, ChainId::new("n1"));
    }

    #[test]
    fn a_generation_that_left_the_ring_is_a_replay() {
        assert_eq!(judged(&presenting(0), &rotated(9), "x", NOW), RotationVerdict::Replay);
    }
}
