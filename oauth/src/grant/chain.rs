//! A chain: the sequence of refresh tokens of one holder of a grant's token.

use std::collections::BTreeMap;

use primitives::clock::Timestamp;
use serde::{Deserialize, Serialize};

use crate::grant::REFRESH_LIFE;
use crate::token::ChainId;

/// For how many rotations of a chain the times are kept.
const REMEMBERED_ROTATIONS: u32 = 8;

/// One holder's sequence of refresh tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The number of its rotations.
    #[serde(rename = "gen")]
    pub generation: u32,
    /// Hash of the current token.
    pub hash: String,
    /// Whether the current generation is known to have arrived, so that its response was not lost: an access token of
    /// it was seen at `/mcp`, or the token before it was presented again.
    pub used: bool,
    /// When the current token expires if it stays unused, seconds since the Unix epoch.
    pub expires_at: u64,
    /// When the last generations were minted, in milliseconds since the Unix epoch, by generation modulo
    /// [`REMEMBERED_ROTATIONS`]: a ring that an update can write without having read it.
    pub minted: BTreeMap<String, u64>,
    /// Its ancestor chains, the nearest one last; empty for the chain of the code's exchange. `None` in items from
    /// before ancestors were recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ancestors: Option<Vec<ChainId>>,
}

impl Chain {
    /// The first generation of a holder's chain.
    pub fn start(hash: String, now: Timestamp) -> Self {
        Self {
            generation: 0,
            hash,
            used: false,
            expires_at: now.plus(REFRESH_LIFE).secs(),
            minted: BTreeMap::from([(Self::slot(0), now.millis())]),
            ancestors: Some(Vec::new()),
        }
    }

    /// The first generation of a chain that branches off another one.
    pub fn branch(hash: String, ancestors: Vec<ChainId>, now: Timestamp) -> Self {
        Self { ancestors: Some(ancestors), ..Self::start(hash, now) }
    }

    /// Whether its current token has not expired.
    pub const fn is_alive(&self, now: Timestamp) -> bool {
        now.secs() < self.expires_at
    }

    /// When its current token was minted.
    pub fn rotated_at(&self) -> Option<Timestamp> {
        self.minted_at(self.generation)
    }

    /// The ring slot of a generation.
    pub fn slot(generation: u32) -> String {
        (generation % REMEMBERED_ROTATIONS).to_string()
    }

    /// When a generation was minted, if that is still recorded.
    pub fn minted_at(&self, generation: u32) -> Option<Timestamp> {
        let age = self.generation.checked_sub(generation)?;
        if age >= REMEMBERED_ROTATIONS {
            return None;
        }
        self.minted.get(&Self::slot(generation)).copied().map(Timestamp::from_millis)
    }
}
