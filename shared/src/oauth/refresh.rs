//! What a refused rotation means. The field's most reported failure is a client's own processes racing with one stored
//! token; its most dangerous one is a stolen token that nobody notices. The store rotates in one conditional write;
//! when it refuses, the item that it hands back tells which of the two it was.

use crate::clock::Timestamp;
use crate::ids::ClientId;
use crate::oauth::grant::{Chain, Grant, GrantState, MAX_CHAINS, RACE_WINDOW};
use crate::oauth::token::{ChainId, Token};

/// A rotation as the client asked for it.
#[derive(Debug)]
pub struct Rotation {
    /// The presented refresh token.
    pub presented: Token,
    /// Who asks.
    pub client: ClientId,
}

/// What to do about a refused rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotationVerdict {
    /// Our own earlier attempt landed and only its answer was lost: success.
    Landed,
    /// `invalid_grant`, and nothing changes.
    Refused(Refusal),
    /// The token was consumed a moment ago, by another process of the client or by a request whose answer was lost.
    /// This holder gets a chain of its own, so that racers never share a token and never log each other out later.
    Fork {
        /// The longest idle chain, when the grant has no room for one more.
        evict: Option<ChainId>,
    },
    /// The direct predecessor, and nothing that its successor brought was ever used: the answer was lost and the
    /// laptop slept. The unused successor is replaced.
    Replace {
        /// Hash of the successor, which the replacing write must still find.
        successor: String,
    },
    /// A token used again outside these rules: stolen, or its thief came first. The grant ends.
    Replay,
}

/// Why a token is dead without anybody being suspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Missing or revoked.
    Ended,
    /// Past its own life or the grant's cap.
    Expired,
    /// Of another client.
    OtherClient,
    /// Its chain gave way to another holder's.
    Evicted,
    /// Newer than the store: a backup was restored.
    Unborn,
}

impl Rotation {
    /// Judges the item that made the store refuse. `minted` is the hash of the token that this attempt minted.
    pub fn judge(&self, grant: Option<&Grant>, minted: &str, now: Timestamp) -> RotationVerdict {
        let Some(grant) = grant.filter(|grant| grant.state == GrantState::Active) else {
            return RotationVerdict::Refused(Refusal::Ended);
        };
        if grant.client_id != self.client {
            return RotationVerdict::Refused(Refusal::OtherClient);
        }
        let target = &self.presented.target;
        let Some(chain) = grant.chains.get(&target.chain) else {
            return RotationVerdict::Refused(Refusal::Evicted);
        };
        if chain.hash == minted {
            return RotationVerdict::Landed;
        }
        if now.secs() >= grant.expires_at || now.secs() >= chain.expires_at {
            return RotationVerdict::Refused(Refusal::Expired);
        }
        if target.generation > chain.generation {
            return RotationVerdict::Refused(Refusal::Unborn);
        }
        self.judge_consumed(grant, chain, now)
    }

    /// A token of this grant and client that is no longer current.
    fn judge_consumed(&self, grant: &Grant, chain: &Chain, now: Timestamp) -> RotationVerdict {
        let successor = self.presented.target.generation.saturating_add(1);
        let Some(consumed_at) = chain.minted_at(successor) else {
            // Same generation, another token: the unused successor that was replaced. Or older than we remember.
            return RotationVerdict::Replay;
        };
        if now.since(consumed_at) <= RACE_WINDOW {
            return RotationVerdict::Fork { evict: idlest(grant, &self.presented.target.chain) };
        }
        if successor == chain.generation && !chain.used {
            return RotationVerdict::Replace { successor: chain.hash.clone() };
        }
        RotationVerdict::Replay
    }
}

/// The chain that gives way when there is no room, never the one that is being forked.
fn idlest(grant: &Grant, but: &ChainId) -> Option<ChainId> {
    if grant.chains.len() < MAX_CHAINS {
        return None;
    }
    grant
        .chains
        .iter()
        .filter(|(id, _)| *id != but)
        .min_by_key(|(_, chain)| chain.minted_at(chain.generation))
        .map(|(id, _)| id.clone())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;
    use crate::ids::{CredentialId, GrantId, UserId, WorkspaceId};
    use crate::oauth::grant::{CAP, REFRESH_LIFE, WorkspaceChoice};
    use crate::oauth::keys::{Purpose, RootKey};
    use crate::oauth::token::{Kind, Minter, TokenRef};
    use crate::random::SystemRandom;

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
            redirect_uri: "https://client/cb".into(),
            challenge: String::new(),
            code_hash: String::new(),
            code_expires_at: NOW.secs(),
            created_at: NOW.secs(),
            expires_at: NOW.plus(CAP).secs(),
            chains: BTreeMap::new(),
            last_used_at: None,
            ended_for: None,
            ended_at: None,
            purge_at: NOW.plus(CAP).secs(),
        }
    }

    /// A grant whose chain `c` was rotated up to `generation`, the last time at `NOW`.
    fn rotated(generation: u32) -> Grant {
        let mut grant = grant();
        let mut chain = Chain::start(format!("hash-{generation}"), NOW);
        chain.generation = generation;
        chain.minted.insert(Chain::slot(generation), NOW.millis());
        grant.chains.insert(ChainId::new("c"), chain);
        grant
    }

    fn presenting(generation: u32) -> Rotation {
        let grant = grant();
        let target =
            TokenRef { user: grant.user_ref, grant: grant.grant_id, chain: ChainId::new("c"), generation };
        Rotation {
            presented: minter().mint(Kind::Refresh, target, &SystemRandom),
            client: ClientId::new("client"),
        }
    }

    fn later(secs: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(secs))
    }

    #[test]
    fn an_attempt_that_landed_is_a_success_however_late() {
        let verdict = presenting(3).judge(Some(&rotated(4)), "hash-4", later(60));
        assert_eq!(verdict, RotationVerdict::Landed);
    }

    #[test]
    fn state_comes_before_everything() {
        let mut grant = rotated(4);
        grant.state = GrantState::Revoked;
        let verdict = presenting(3).judge(Some(&grant), "hash-4", NOW);
        assert_eq!(verdict, RotationVerdict::Refused(Refusal::Ended));
        assert_eq!(presenting(3).judge(None, "x", NOW), RotationVerdict::Refused(Refusal::Ended));
    }

    #[test]
    fn a_race_forks_within_the_window_and_not_after() {
        let mut grant = rotated(4);
        grant.chains.get_mut(&ChainId::new("c")).unwrap().used = true;
        let fork = RotationVerdict::Fork { evict: None };
        assert_eq!(presenting(3).judge(Some(&grant), "x", later(120)), fork);
        assert_eq!(presenting(3).judge(Some(&grant), "x", later(121)), RotationVerdict::Replay);
    }

    #[test]
    fn a_lost_answer_is_replaced_only_while_nothing_of_it_was_used() {
        let mut grant = rotated(4);
        let late = later(9 * 3600);
        let replace = RotationVerdict::Replace { successor: "hash-4".into() };
        assert_eq!(presenting(3).judge(Some(&grant), "x", late), replace);
        assert_eq!(presenting(2).judge(Some(&grant), "x", late), RotationVerdict::Replay);
        grant.chains.get_mut(&ChainId::new("c")).unwrap().used = true;
        assert_eq!(presenting(3).judge(Some(&grant), "x", late), RotationVerdict::Replay);
    }

    #[test]
    fn the_successor_that_was_replaced_is_a_replay() {
        assert_eq!(presenting(4).judge(Some(&rotated(4)), "x", NOW), RotationVerdict::Replay);
    }

    #[test]
    fn dead_tokens_refuse_without_suspicion() {
        let refused = |why| RotationVerdict::Refused(why);
        assert_eq!(presenting(5).judge(Some(&rotated(4)), "x", NOW), refused(Refusal::Unborn));
        assert_eq!(presenting(0).judge(Some(&grant()), "x", NOW), refused(Refusal::Evicted));
        let expired = NOW.plus(REFRESH_LIFE);
        assert_eq!(presenting(3).judge(Some(&rotated(4)), "x", expired), refused(Refusal::Expired));
        let stranger = Rotation { client: ClientId::new("other"), ..presenting(3) };
        assert_eq!(stranger.judge(Some(&rotated(4)), "x", NOW), refused(Refusal::OtherClient));
    }

    #[test]
    fn a_full_grant_evicts_the_longest_idle_other_chain() {
        let mut grant = rotated(1);
        for index in 1..MAX_CHAINS as u64 {
            grant.chains.insert(ChainId::new(format!("n{index}")), Chain::start("h".into(), later(index)));
        }
        let verdict = presenting(0).judge(Some(&grant), "x", later(60));
        assert_eq!(verdict, RotationVerdict::Fork { evict: Some(ChainId::new("n1")) });
    }

    #[test]
    fn a_generation_that_left_the_ring_is_a_replay() {
        assert_eq!(presenting(0).judge(Some(&rotated(9)), "x", NOW), RotationVerdict::Replay);
    }
}
