//! Room for one more holder. A grant has a limited number of chains; when it is full, one of them is evicted.
//!
//! The chain that a token came from must stay: its owner may still hold the token from which a thief forked a chain,
//! and presenting it exposes the thief. So no chain is evicted while a live one descends from it, and the presented
//! chain never is.

use primitives::clock::Timestamp;

use crate::grant::{Chain, Grant, MAX_CHAINS};
use crate::token::ChainId;

/// Whether there is room for one more chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    /// There is room.
    Free,
    /// A chain is evicted.
    Taken(Eviction),
    /// Every chain is an ancestor of another one, or of the new one.
    Full,
}

/// A chain to evict, in the state on which that was decided. The write demands that state: nobody has rotated the
/// chain, and no chain was forked from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eviction {
    /// Its id.
    pub chain: ChainId,
    /// Hash of its current token.
    pub hash: String,
    /// The grant's fork count.
    pub forks: u64,
}

impl Grant {
    /// The room for a chain that forks from the presented one. Expired chains are evicted first, because their tokens
    /// are refused either way; then those that forked from the presented one, so that presenting one token again and
    /// again evicts only the results of that; then the one that has been idle for longest.
    pub(crate) fn room(&self, presented: &ChainId, now: Timestamp) -> Room {
        if self.chains.len() < MAX_CHAINS {
            return Room::Free;
        }
        let longest_idle = self
            .chains
            .iter()
            .filter(|(id, chain)| *id != presented && self.may_give_way(id, chain, now))
            .min_by_key(|(_, chain)| (chain.is_alive(now), !began_in(presented, chain), chain.rotated_at()));
        longest_idle.map_or(Room::Full, |(id, chain)| {
            Room::Taken(Eviction { chain: id.clone(), hash: chain.hash.clone(), forks: self.forks })
        })
    }

    /// A chain without recorded ancestors is never evicted while it is alive: chains of the same age have no record
    /// either, so its descendants are unknown.
    fn may_give_way(&self, id: &ChainId, chain: &Chain, now: Timestamp) -> bool {
        !chain.is_alive(now)
            || chain.ancestors.is_some()
                && !self.chains.values().any(|other| other.is_alive(now) && began_in(id, other))
    }

    /// The ancestors of a chain that forks from the presented one. At most as many as there are chains, because deleted
    /// ones are left out.
    pub(crate) fn line_from(&self, presented: &ChainId) -> Vec<ChainId> {
        let before =
            self.chains.get(presented).and_then(|chain| chain.ancestors.as_deref()).unwrap_or_default();
        let remaining = before.iter().filter(|id| self.chains.contains_key(*id));
        remaining.chain([presented]).cloned().collect()
    }
}

/// Whether a chain descends from another one.
fn began_in(ancestor: &ChainId, chain: &Chain) -> bool {
    chain.ancestors.as_ref().is_some_and(|line| line.contains(ancestor))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::grant::REFRESH_LIFE;
    use crate::refresh::tests::{NOW, grant};

    fn later(secs: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(secs))
    }

    fn id(index: usize) -> ChainId {
        ChainId::new(index.to_string())
    }

    /// A grant full of chains `0`, `1` and so on, each begun a second after the previous one; `parent` gives the chain
    /// that each forked from.
    fn full(parent: impl Fn(usize) -> Option<usize>) -> Grant {
        let mut grant = grant();
        for index in 0..MAX_CHAINS {
            let ancestors = parent(index).map_or_else(Vec::new, |parent| grant.line_from(&id(parent)));
            let chain = Chain::branch(format!("hash-{index}"), ancestors, later(index as u64));
            grant.chains.insert(id(index), chain);
        }
        grant
    }

    fn evicted(grant: &Grant, presented: usize, now: Timestamp) -> Option<String> {
        match grant.room(&id(presented), now) {
            Room::Taken(eviction) => Some(eviction.chain.as_str().to_owned()),
            Room::Free => panic!("the grant is full"),
            Room::Full => None,
        }
    }

    /// All chains forked from the first one.
    fn star() -> Grant {
        full(|index| (index > 0).then_some(0))
    }

    /// Each chain forked from the previous one.
    fn line() -> Grant {
        full(|index| index.checked_sub(1))
    }

    #[test]
    fn there_is_room_until_there_is_none() {
        let mut grant = star();
        assert_eq!(evicted(&grant, 0, later(60)).as_deref(), Some("1"));
        grant.chains.remove(&id(5));
        assert_eq!(grant.room(&id(0), later(60)), Room::Free);
    }

    #[test]
    fn the_longest_idle_gives_way_and_never_the_presented_one() {
        let mut grant = star();
        assert_eq!(evicted(&grant, 1, later(60)).as_deref(), Some("2"));
        let chain = grant.chains.get_mut(&id(2)).unwrap();
        *chain = Chain { generation: 1, ..chain.clone() };
        chain.minted.insert(Chain::slot(1), later(50).millis());
        assert_eq!(evicted(&grant, 1, later(60)).as_deref(), Some("3"));
    }

    #[test]
    fn what_came_of_the_presented_token_gives_way_before_others() {
        // 1 is the owner's and has been idle for longest; all others descend from 2.
        let grant = full(|index| match index {
            0 => None,
            1 | 2 => Some(0),
            _ => Some(2),
        });
        assert_eq!(evicted(&grant, 2, later(60)).as_deref(), Some("3"));
        assert_eq!(evicted(&grant, 3, later(60)).as_deref(), Some("1"));
    }

    #[test]
    fn what_a_living_chain_descends_from_stays() {
        // 0 - 1 - 2 and 0 - 3, 4, 5 …: 1 has been idle for longest, but 2 forked from it.
        let mut grant = full(|index| match index {
            0 => None,
            2 => Some(1),
            _ => Some(0),
        });
        assert_eq!(evicted(&grant, 0, later(60)).as_deref(), Some("2"));
        // Without descendants it is treated like the others.
        grant.chains.remove(&id(2));
        grant.chains.insert(ChainId::new("x"), Chain::branch("hash".into(), vec![id(0)], later(59)));
        assert_eq!(evicted(&grant, 0, later(60)).as_deref(), Some("1"));
    }

    #[test]
    fn with_nothing_but_ancestors_there_is_no_room() {
        let grant = line();
        assert_eq!(evicted(&grant, MAX_CHAINS - 1, later(60)), None);
        // For a token of the first chain, only the last one is nobody's ancestor.
        assert_eq!(evicted(&grant, 0, later(60)).as_deref(), Some("31"));
    }

    #[test]
    fn an_expired_chain_gives_way_whoever_descends_from_it() {
        let mut grant = line();
        let now = NOW.plus(REFRESH_LIFE);
        assert_eq!(evicted(&grant, MAX_CHAINS - 1, now).as_deref(), Some("0"));
        // The others keep the remaining part of their lines.
        grant.chains.remove(&id(0));
        assert_eq!(grant.line_from(&id(2)), [id(1), id(2)]);
        grant.chains.insert(ChainId::new("x"), Chain::branch("hash".into(), grant.line_from(&id(2)), now));
        grant.chains.remove(&id(3));
        grant.chains.insert(
            ChainId::new("y"),
            Chain::branch("hash".into(), grant.line_from(&ChainId::new("x")), now),
        );
        assert_eq!(evicted(&grant, 4, now).as_deref(), Some("31"));
    }

    #[test]
    fn a_line_is_no_longer_than_there_are_chains() {
        let grant = line();
        assert_eq!(grant.line_from(&id(MAX_CHAINS - 1)).len(), MAX_CHAINS);
    }

    #[test]
    fn chains_from_before_ancestors_were_recorded_stay_until_they_expire() {
        let mut grant = star();
        for index in 0..MAX_CHAINS - 1 {
            grant.chains.get_mut(&id(index)).unwrap().ancestors = None;
        }
        assert_eq!(evicted(&grant, 0, later(60)).as_deref(), Some("31"));
        grant.chains.get_mut(&id(31)).unwrap().ancestors = None;
        assert_eq!(evicted(&grant, 0, later(60)), None);
        assert_eq!(evicted(&grant, 31, NOW.plus(REFRESH_LIFE)).as_deref(), Some("0"));
    }
}
