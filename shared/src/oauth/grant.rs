//! A grant: one consent of one user to one client, as one item and one state machine
//! (`code_issued -> active -> revoked`), so that every token operation is one conditional write decided by the store.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::Timestamp;
use crate::ids::{ClientId, CredentialId, GrantId, UserId, UserRef, WorkspaceId};
use crate::oauth::token::ChainId;

/// The life of an authorization code (RFC 6749 section 4.1.2 recommends at most ten minutes).
pub const CODE_LIFE: Duration = Duration::from_mins(1);
/// How long an unused refresh token lives; every rotation starts it anew.
pub const REFRESH_LIFE: Duration = Duration::from_hours(30 * 24);
/// When a grant ends however busy it is.
pub const CAP: Duration = Duration::from_hours(365 * 24);
/// How long after its rotation a refresh token still gets an answer: a race between the processes of one client, or an
/// answer that was lost on the way. Bursts of over a minute are seen in the field.
pub const RACE_WINDOW: Duration = Duration::from_mins(2);
/// How many holders of its token a grant keeps apart.
pub const MAX_CHAINS: usize = 32;
/// How many rotations of a chain are remembered with their times.
pub const REMEMBERED_ROTATIONS: u32 = 8;
/// How long after their last expiry items are deleted by the store.
pub const PURGE_DELAY: Duration = Duration::from_hours(48);

/// Where a grant is in its life. Transitions go down this list only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// Consent was given and the code is on its way to the client.
    CodeIssued,
    /// The code was exchanged.
    Active,
    /// Ended, for whatever reason. Nothing leaves this state.
    Revoked,
}

impl GrantState {
    /// The state as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CodeIssued => "code_issued",
            Self::Active => "active",
            Self::Revoked => "revoked",
        }
    }
}

/// Why a grant was ended, for the audit record and for the person's list of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The person ended it in their list of connections.
    PersonRevoked,
    /// RFC 7009: the client said so.
    ClientRevoked,
    /// RFC 6749 section 4.1.2: a code was exchanged a second time.
    CodeReplayed,
    /// RFC 9700 section 4.14.2: a refresh token was used again outside the rules.
    RefreshReplayed,
    /// LangSmith no longer accepts the credential.
    CredentialDead,
}

impl EndReason {
    /// The reason as it is stored and logged.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonRevoked => "person_revoked",
            Self::ClientRevoked => "client_revoked",
            Self::CodeReplayed => "code_replayed",
            Self::RefreshReplayed => "refresh_replayed",
            Self::CredentialDead => "credential_dead",
        }
    }
}

/// A reason that a newer version gave must not make the grant unreadable.
fn known_reason<'de, D: Deserializer<'de>>(stored: D) -> Result<Option<EndReason>, D::Error> {
    let text = Option::<String>::deserialize(stored)?;
    let reason =
        |text: String| EndReason::deserialize(IntoDeserializer::<ValueError>::into_deserializer(text));
    Ok(text.and_then(|text| reason(text).ok()))
}

/// Which workspaces a consent covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WorkspaceChoice {
    /// One workspace.
    One {
        /// Its id.
        id: WorkspaceId,
    },
    /// All of the user's, by explicit choice.
    All {
        /// The one that calls without a `workspace_id` mean.
        default: Option<WorkspaceId>,
    },
}

impl WorkspaceChoice {
    /// The choice as a claim: the id, or `*`.
    pub fn claim(&self) -> &str {
        match self {
            Self::One { id } => id.as_str(),
            Self::All { .. } => "*",
        }
    }
}

/// One holder's line of refresh tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// How often it has rotated.
    #[serde(rename = "gen")]
    pub generation: u32,
    /// Hash of the current token.
    pub hash: String,
    /// Whether an access token of the current generation was seen at `/mcp`.
    pub used: bool,
    /// When an unused current token dies, seconds since the Unix epoch.
    pub expires_at: u64,
    /// Milliseconds since the Unix epoch at which the last generations were minted, by generation modulo
    /// [`REMEMBERED_ROTATIONS`]: a ring that an update can write without having read it.
    pub minted: BTreeMap<String, u64>,
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
        }
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

/// A grant as it is stored. Nothing in it is a secret in the clear.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Partition key.
    pub user_ref: UserRef,
    /// Sort key.
    pub grant_id: GrantId,
    /// Where it is in its life.
    pub state: GrantState,
    /// The client that it was given to.
    pub client_id: ClientId,
    /// What the client called itself then, for the list of connections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Who gave it.
    pub user_id: UserId,
    /// The upstream credential that it uses.
    pub credential_id: CredentialId,
    /// The workspaces that it covers.
    pub workspace: WorkspaceChoice,
    /// The scopes, space-separated.
    pub scope: String,
    /// The redirect URI that the code went to.
    pub redirect_uri: String,
    /// The PKCE challenge of the request.
    pub challenge: String,
    /// Hash of the code; it stays after the exchange, so that a replay is recognised.
    pub code_hash: String,
    /// Seconds since the Unix epoch.
    pub code_expires_at: u64,
    /// Seconds since the Unix epoch.
    pub created_at: u64,
    /// The cap, seconds since the Unix epoch.
    pub expires_at: u64,
    /// The holders of its token.
    #[serde(default)]
    pub chains: BTreeMap<ChainId, Chain>,
    /// When a token was last seen at `/mcp` for the first time, seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<u64>,
    /// Why it was ended, if it was and for a reason that this version knows.
    #[serde(default, deserialize_with = "known_reason", skip_serializing_if = "Option::is_none")]
    pub ended_for: Option<EndReason>,
    /// When it was ended, seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<u64>,
    /// When the store may delete it, seconds since the Unix epoch.
    pub purge_at: u64,
}

impl Grant {
    /// Whether the grant lets a request through.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.state == GrantState::Active && now.secs() < self.expires_at
    }

    /// In how many places it is in use: every chain whose token still refreshes is one.
    pub fn places(&self, now: Timestamp) -> usize {
        if !self.stands(now) {
            return 0;
        }
        self.chains.values().filter(|chain| now.secs() < chain.expires_at).count()
    }

    /// When it was last used: seen at `/mcp`, or refreshed. None before its code was exchanged.
    pub fn last_used(&self) -> Option<Timestamp> {
        let seen = self.last_used_at.map(Timestamp::from_secs);
        self.chains.values().filter_map(|chain| chain.minted_at(chain.generation)).chain(seen).max()
    }

    /// Whether a code or token of it may still be good. A grant whose holders have all been away for too long stands on
    /// paper only.
    pub fn is_live(&self, now: Timestamp) -> bool {
        let now = now.secs();
        now < self.expires_at
            && match self.state {
                GrantState::CodeIssued => now < self.code_expires_at,
                GrantState::Active => self.chains.values().any(|chain| now < chain.expires_at),
                GrantState::Revoked => false,
            }
    }
}
