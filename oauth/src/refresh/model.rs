//! A model of one grant, its holders and a thief. The verdicts are the real ones; the conditional writes are those of
//! `store::rotations`, in memory. A request takes at least two steps, so that others can come between a verdict and its
//! write.

use std::collections::BTreeMap;
use std::time::Duration;

use primitives::random::SystemRandom;

use super::tests::{NOW, grant, minter};
use super::*;
use crate::grant::{MAX_CHAINS, REFRESH_LIFE};
use crate::token::{Kind, Minter, TokenRef};

/// The longest request to `/token`: the timeout of its function (`Timeout` in `infra/template.yaml`).
pub(super) const LONGEST_REQUEST: Duration = Duration::from_secs(10);

/// The parties that refresh. The first two are processes of the client, the third has stolen from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Party {
    Owner,
    Second,
    Thief,
}

/// The rules against a thief, each of which the model can disable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    Nothing,
    /// A fork does not mark the presented chain as used.
    MarkOfForks,
    /// The replacement of an unused successor has the same generation, so that a lost response is made good any number
    /// of times.
    SkippedGeneration,
    /// The longest idle chain is evicted, whatever descends from it.
    Ancestry,
}

/// The origin of a thief's token: somebody else's token, and when the thief presented it.
#[derive(Clone, Debug)]
pub(super) struct Theft {
    pub(super) stolen: String,
    pub(super) at: Timestamp,
}

struct Request {
    by: Party,
    rotation: Rotation,
    minted: Token,
    verdict: RotationVerdict,
    at: Timestamp,
    lost: bool,
    theft: Option<Theft>,
}

pub(super) struct Model {
    pub(super) now: Timestamp,
    pub(super) grant: Grant,
    /// The tokens that the two processes have stored.
    pub(super) held: BTreeMap<Party, Token>,
    /// The tokens that the thief has seen.
    pub(super) seen: Vec<Token>,
    /// The tokens that were issued to the thief.
    pub(super) thefts: BTreeMap<String, Theft>,
    /// The writes of requests that presented a token: first the one that consumed it, then those that replaced its
    /// successor. The time is that of the request.
    pub(super) consumed: BTreeMap<String, Vec<Timestamp>>,
    /// Who presented a token, and when, while that could still reveal a theft.
    pub(super) presented: BTreeMap<String, Vec<(Timestamp, Party)>>,
    minted_at: BTreeMap<String, Timestamp>,
    gone: Gone,
    under_way: Vec<Request>,
    minter: Minter,
}

impl Model {
    /// A model in which both processes hold the token of the code exchange.
    pub(super) fn new(gone: Gone) -> Self {
        let (minter, mut grant) = (minter(), grant());
        let target = TokenRef {
            user: grant.user_ref.clone(),
            grant: grant.grant_id.clone(),
            chain: ChainId::new("first"),
            generation: 0,
        };
        let first = minter.mint(Kind::Refresh, target, &SystemRandom);
        grant.chains.insert(ChainId::new("first"), Chain::start(first.hash(), NOW));
        let held = BTreeMap::from([(Party::Owner, first.clone()), (Party::Second, first)]);
        Self {
            now: NOW,
            grant,
            held,
            seen: Vec::new(),
            thefts: BTreeMap::new(),
            consumed: BTreeMap::new(),
            presented: BTreeMap::new(),
            minted_at: BTreeMap::new(),
            gone,
            under_way: Vec::new(),
            minter,
        }
    }

    pub(super) fn pass(&mut self, time: Duration) {
        if time > LONGEST_REQUEST {
            self.finish();
        }
        self.now = self.now.plus(time);
    }

    pub(super) fn is_alive(&self) -> bool {
        self.grant.stands(self.now)
    }

    /// The thief copies what a process has stored.
    pub(super) fn steal(&mut self, from: Party) {
        self.seen.push(self.held[&from].clone());
    }

    /// A process refreshes; its response may be lost.
    pub(super) fn refresh(&mut self, by: Party, lost: bool) {
        let token = self.held[&by].clone();
        self.send(by, token, lost, None);
    }

    /// The thief presents a token, and may or may not use the response.
    pub(super) fn present(&mut self, token: Token) {
        let own = self.thefts.get(&token.hash()).cloned();
        let theft = own.unwrap_or_else(|| Theft { stolen: token.hash(), at: self.now });
        self.send(Party::Thief, token, false, Some(theft));
    }

    /// An access token of this refresh token's generation is seen at `/mcp`.
    pub(super) fn call(&mut self, token: &Token) {
        let stands = self.is_alive();
        if let Some(chain) = self.grant.chains.get_mut(&token.target.chain)
            && stands
            && chain.generation == token.target.generation
        {
            chain.used = true;
        }
    }

    fn send(&mut self, by: Party, token: Token, lost: bool, theft: Option<Theft>) {
        let (presented, at) = (token.hash(), self.now);
        let rotation =
            Rotation { presented: token, client: self.grant.client_id.clone(), scope: None, resource: None };
        let next = TokenRef { generation: rotation.next(), ..rotation.presented.target.clone() };
        let minted = self.minter.mint(Kind::Refresh, next, &SystemRandom);
        let rotated = self.advance(&rotation, &presented, &minted, at);
        let verdict = if rotated { RotationVerdict::Landed } else { self.judge(&rotation, &minted, at) };
        if self.tells_something(&verdict, &presented) {
            self.presented.entry(presented).or_default().push((at, by));
        }
        self.under_way.push(Request { by, rotation, minted, verdict, at, lost, theft });
    }

    /// Whether presenting a token could reveal a theft. One that has expired, with its chain or before it, reveals
    /// nothing.
    fn tells_something(&self, verdict: &RotationVerdict, token: &str) -> bool {
        match verdict {
            RotationVerdict::Refused(Refusal::Expired | Refusal::NoRoom) => false,
            RotationVerdict::Refused(Refusal::Evicted) => self.is_young(token),
            _ => true,
        }
    }

    /// Whether a token has not expired.
    fn is_young(&self, token: &str) -> bool {
        let minted_at = self.minted_at.get(token).copied().unwrap_or(NOW);
        self.now.since(minted_at) < REFRESH_LIFE
    }

    fn judge(&self, rotation: &Rotation, minted: &Token, at: Timestamp) -> RotationVerdict {
        let minted = Minted { chain: &minted.target.chain, hash: &minted.hash() };
        rotation.judge(Some(&self.grant), minted, at)
    }

    /// Carries out the verdicts on all open requests.
    pub(super) fn finish(&mut self) {
        while !self.under_way.is_empty() {
            self.proceed(0);
        }
    }

    /// Carries out the verdict on an open request, or judges it again if its write was refused.
    pub(super) fn proceed(&mut self, which: usize) {
        if self.under_way.is_empty() {
            return;
        }
        let mut request = self.under_way.swap_remove(which % self.under_way.len());
        match request.verdict.clone() {
            RotationVerdict::Landed => return self.answer(request),
            RotationVerdict::Refused(_) => return,
            RotationVerdict::Replay => {
                self.grant.state = GrantState::Revoked;
                return;
            }
            RotationVerdict::Fork(fork) => {
                let chain = ChainId::generate(&SystemRandom);
                let target = TokenRef { chain, generation: 0, ..request.rotation.presented.target.clone() };
                request.minted = self.minter.mint(Kind::Refresh, target, &SystemRandom);
                if self.fork(&request, fork) {
                    return self.answer(request);
                }
            }
            RotationVerdict::Replace { successor } => {
                let target = &request.rotation.presented.target;
                let generation = if self.gone == Gone::SkippedGeneration {
                    request.rotation.next()
                } else {
                    request.rotation.replacement()
                };
                let next = TokenRef { generation, ..target.clone() };
                request.minted = self.minter.mint(Kind::Refresh, next, &SystemRandom);
                let unused = self.grant.chains.get(&target.chain).is_some_and(|chain| !chain.used);
                if unused && self.advance(&request.rotation, &successor, &request.minted, request.at) {
                    return self.answer(request);
                }
            }
        }
        request.verdict = self.judge(&request.rotation, &request.minted, request.at);
        self.under_way.push(request);
    }

    fn answer(&mut self, request: Request) {
        self.minted_at.insert(request.minted.hash(), request.at);
        match request.theft {
            Some(theft) => {
                self.thefts.insert(request.minted.hash(), theft);
                self.seen.push(request.minted);
            }
            None if request.lost => {}
            None => {
                self.held.insert(request.by, request.minted);
            }
        }
    }

    fn finds(&self, rotation: &Rotation, current: &str, at: Timestamp) -> bool {
        let chain = self.grant.chains.get(&rotation.presented.target.chain);
        self.grant.stands(at) && chain.is_some_and(|chain| chain.is_alive(at) && chain.hash == current)
    }

    fn advance(&mut self, rotation: &Rotation, current: &str, minted: &Token, at: Timestamp) -> bool {
        if !self.finds(rotation, current, at) {
            return false;
        }
        let chain = self.grant.chains.get_mut(&minted.target.chain).unwrap();
        let generation = minted.target.generation;
        if generation == rotation.replacement() {
            chain.minted.insert(Chain::slot(rotation.next()), at.millis());
            chain.minted.remove(&Chain::slot(rotation.skipped()));
        }
        chain.minted.insert(Chain::slot(generation), at.millis());
        (chain.generation, chain.hash, chain.used) = (generation, minted.hash(), false);
        chain.expires_at = at.plus(REFRESH_LIFE).secs();
        self.consumed.entry(rotation.presented.hash()).or_default().push(at);
        true
    }

    fn fork(&mut self, request: &Request, mut fork: Fork) -> bool {
        let presented = &request.rotation.presented.target.chain;
        if self.gone == Gone::Ancestry && fork.evict.is_some() {
            fork.evict = self.longest_idle(presented);
        }
        let has_room = fork.evict.as_ref().map_or(self.grant.chains.len() < MAX_CHAINS, |evicted| {
            let chain = self.grant.chains.get(&evicted.chain);
            chain.is_some_and(|chain| chain.hash == evicted.hash) && self.grant.forks == evicted.forks
        });
        if !has_room || !self.finds(&request.rotation, &fork.current, request.at) {
            return false;
        }
        if fork.marks_used && self.gone != Gone::MarkOfForks {
            self.grant.chains.get_mut(presented).unwrap().used = true;
        }
        if let Some(evicted) = fork.evict {
            self.grant.chains.remove(&evicted.chain);
        }
        let chain = Chain::branch(request.minted.hash(), fork.ancestors, request.at);
        self.grant.chains.insert(request.minted.target.chain.clone(), chain);
        self.grant.forks += 1;
        true
    }

    fn longest_idle(&self, but: &ChainId) -> Option<Eviction> {
        let others = self.grant.chains.iter().filter(|(id, _)| *id != but);
        let (id, chain) = others.min_by_key(|(_, chain)| chain.rotated_at())?;
        Some(Eviction { chain: id.clone(), hash: chain.hash.clone(), forks: self.grant.forks })
    }
}
