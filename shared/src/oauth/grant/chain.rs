//! A chain: the line of refresh tokens of one holder of a grant's token.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::oauth::grant::REFRESH_LIFE;
use crate::oauth::token::ChainId;

/// How many rotations of a chain are remembered with their times.
const REMEMBERED_ROTATIONS: u32 = 8;

/// One holder's line of refresh tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// How often it has rotated.
    #[serde(rename = "gen")]
    pub generation: u32,
    /// Hash of the current token.
    pub hash: String,
    /// Whether the current generation is more than an answer that may have been lost: an access token of it was seen at
    /// `/mcp`, or the token before it was presented again.
    pub used: bool,
    /// When an unused current token dies, seconds since the Unix epoch.
    pub expires_at: u64,
    /// Milliseconds since the Unix epoch at which the last generations were minted, by generation modulo
    /// [`REMEMBERED_ROTATIONS`]: a ring that an update can write without having read it.
    pub minted: BTreeMap<String, u64>,
    /// The chains that it descends from, the nearest one last; empty for the chain of the code's exchange. None in items
    /// that were written when chains did not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ancestors: Option<Vec<ChainId>>,
}

impl Chain {
    /// The first generation of a holder's line.
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

    /// The first generation of a line that begins in another one.
    pub fn branch(hash: String, ancestors: Vec<ChainId>, now: Timestamp) -> Self {
        Self { ancestors: Some(ancestors), ..Self::start(hash, now) }
    }

    /// Whether its current token is still good.
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

    /// When a generation was minted, if that is still remembered.
    pub fn minted_at(&self, generation: u32) -> Option<Timestamp> {
        let age = self.generation.checked_sub(generation)?;
        if age >= REMEMBERED_ROTATIONS {
            return None;
        }
        self.minted.get(&Self::slot(generation)).copied().map(Timestamp::from_millis)
    }
}
