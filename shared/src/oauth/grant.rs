//! A grant: one consent of one user to one client, as one item and one state machine
//! (`code_issued -> active -> revoked`), so that every token operation is one conditional write decided by the store.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

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

/// Why a grant was ended, for the audit record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
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
            Self::ClientRevoked => "client_revoked",
            Self::CodeReplayed => "code_replayed",
            Self::RefreshReplayed => "refresh_replayed",
            Self::CredentialDead => "credential_dead",
        }
    }
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
    /// When the store may delete it, seconds since the Unix epoch.
    pub purge_at: u64,
}

impl Grant {
    /// Whether the grant lets a request through.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.state == GrantState::Active && now.secs() < self.expires_at
    }
}
