//! Room for one more holder. A grant keeps so many chains apart; when it is full, one of them gives way.
//!
//! The line that a token came from must stay: its owner may still hold the token that a thief took a chain from, and
//! presenting it is what gives the thief away. So no chain gives way while another one lives that descends from it, and
//! the presented one never does.

use crate::clock::Timestamp;
use crate::oauth::grant::{Chain, Grant, MAX_CHAINS};
use crate::oauth::token::ChainId;

/// Whether one more chain finds room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    /// There is some.
    Free,
    /// A chain gives way.
    Taken(Eviction),
    /// Every chain is one that another one, or the newcomer, descends from.
    Full,
}

/// A chain that gives way, as it was when that was decided. The write demands that it still is: that nobody has rotated
/// it, and that no chain was begun in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eviction {
    /// Its name.
    pub chain: ChainId,
    /// Hash of its current token.
    pub hash: String,
    /// The grant's count of forks.
    pub forks: u64,
}

impl Grant {
    /// The room for a chain that begins in the presented one. An expired chain gives way first, because its tokens are
    /// refused without a further look whether it is there or not; then one that began in the presented one, so that who
    /// presents one token again and again pushes out what came of that; then the one that has been idle for longest.
    pub(in crate::oauth) fn room(&self, presented: &ChainId, now: Timestamp) -> Room {
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

    /// Of a chain without a record of its ancestors nobody knows what descends from it, because the others of its time
    /// have none either.
    fn may_give_way(&self, id: &ChainId, chain: &Chain, now: Timestamp) -> bool {
        !chain.is_alive(now)
            || chain.ancestors.is_some()
                && !self.chains.values().any(|other| other.is_alive(now) && began_in(id, other))
    }

    /// The ancestors of a chain that begins in the presented one: as many as there are chains at most, because those that
    /// are gone are left out.
    pub(in crate::oauth) fn line_from(&self, presented: &ChainId) -> Vec<ChainId> {
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
    use crate::oauth::grant::REFRESH_LIFE;
    use crate::oauth::refresh::tests::{NOW, grant};

    fn later(secs: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(secs))
    }

    fn id(index: usize) -> ChainId {
        ChainId::new(index.to_string())
    }

    /// A grant full of chains `0`, `1` and so on, each begun a second after the one before it; `parent` says in which.
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

    /// All began in the first one.
    fn star() -> Grant {
        full(|index| (index > 0).then_some(0))
    }

    /// Each began in the one before it.
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
        // 1 is the owner's and has been idle for longest; all but it began in 2.
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
        // 0 - 1 - 2 and 0 - 3, 4, 5 …: 1 has been idle for longest, but 2 began in it.
        let mut grant = full(|index| match index {
            0 => None,
            2 => Some(1),
            _ => Some(0),
        });
        assert_eq!(evicted(&grant, 0, later(60)).as_deref(), Some("2"));
        // Once nobody descends from it, it is like the others.
        grant.chains.remove(&id(2));
        grant.chains.insert(ChainId::new("x"), Chain::branch("hash".into(), vec![id(0)], later(59)));
        assert_eq!(evicted(&grant, 0, later(60)).as_deref(), Some("1"));
    }

    #[test]
    fn with_nothing_but_ancestors_there_is_no_room() {
        let grant = line();
        assert_eq!(evicted(&grant, MAX_CHAINS - 1, later(60)), None);
        // For a token of the first one, only the last one is no ancestor of anybody.
        assert_eq!(evicted(&grant, 0, later(60)).as_deref(), Some("31"));
    }

    #[test]
    fn an_expired_chain_gives_way_whoever_descends_from_it() {
        let mut grant = line();
        let now = NOW.plus(REFRESH_LIFE);
        assert_eq!(evicted(&grant, MAX_CHAINS - 1, now).as_deref(), Some("0"));
        // The others go on with what is left of their lines.
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
