//! A grant: one consent of one user to one client, as one item and one state machine
//! (`code_issued -> active -> revoked`), so that every token operation is one conditional write that the store decides.

mod chain;
mod room;
mod servers;

use std::collections::BTreeMap;
use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::ids::{ClientId, CredentialId, GrantId, UserId, UserRef, WorkspaceId};
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use serde::{Deserialize, Deserializer, Serialize};

use crate::resource::Resource;
use crate::token::ChainId;

pub use chain::Chain;
pub use room::{Eviction, Room};
pub use servers::ServerSnapshot;

/// The lifetime of an authorization code (RFC 6749 section 4.1.2 recommends at most ten minutes).
pub const CODE_LIFE: Duration = Duration::from_mins(1);
/// The lifetime of an unused refresh token; every rotation restarts it.
pub const REFRESH_LIFE: Duration = Duration::from_hours(30 * 24);
/// When a grant ends, however much it is used.
pub const CAP: Duration = Duration::from_hours(365 * 24);
/// How long a refresh token is still answered after its rotation: because of a race between the processes of one
/// client, or a lost response. Bursts of over a minute are seen in the field.
pub const RACE_WINDOW: Duration = Duration::from_mins(2);
/// How many holders of its token a grant keeps apart.
pub const MAX_CHAINS: usize = 32;
/// The period for which the forks of a grant are counted.
pub const FORK_PERIOD: Duration = Duration::from_hours(24);
/// The number of forks in a period that raises an alarm: enough to push out every other holder.
pub const MANY_FORKS: u64 = MAX_CHAINS as u64;
/// How long after their last expiry the store deletes items.
pub const PURGE_DELAY: Duration = Duration::from_hours(48);

/// The states of a grant, in order. Transitions go down this list only.
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
    /// The stored form of the state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CodeIssued => "code_issued",
            Self::Active => "active",
            Self::Revoked => "revoked",
        }
    }
}

/// Why a grant ended, for the audit record and the person's list of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The person ended it in their list of connections.
    PersonRevoked,
    /// RFC 7009: the client revoked it.
    ClientRevoked,
    /// RFC 6749 section 4.1.2: the code was redeemed a second time.
    CodeReplayed,
    /// RFC 9700 section 4.14.2: a refresh token was reused outside the rules.
    RefreshReplayed,
    /// LangSmith no longer accepts the credential.
    CredentialDead,
}

impl EndReason {
    /// The stored and logged form of the reason.
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

/// An unknown reason, written by a newer version, must not make the grant unreadable.
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
    /// All workspaces of the user, by explicit choice.
    All {
        /// The workspace for calls without a `workspace_id`.
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

    /// Whether the choice includes this workspace, if it is one of the user's.
    pub fn covers(&self, workspace: &WorkspaceId) -> bool {
        match self {
            Self::One { id } => id == workspace,
            Self::All { .. } => true,
        }
    }
}

/// The fork counter at the beginning of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkMark {
    /// When the period began, seconds since the Unix epoch.
    pub at: u64,
    /// The number of forks up to then.
    pub forks: u64,
}

/// A grant as stored. It contains no secret in the clear.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Partition key.
    pub user_ref: UserRef,
    /// Sort key.
    pub grant_id: GrantId,
    /// Its state.
    pub state: GrantState,
    /// The client that has access.
    pub client_id: ClientId,
    /// The client's self-chosen name at that time, for the list of connections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// The user who consented.
    pub user_id: UserId,
    /// The upstream credential that it uses.
    pub credential_id: CredentialId,
    /// The workspaces that it covers.
    pub workspace: WorkspaceChoice,
    /// The scopes, space-separated.
    pub scope: String,
    /// The resource that its tokens are for (RFC 8707), stored as the Agent Server's name; a grant without one is for the
    /// MCP endpoint.
    #[serde(default, rename = "agent_server", skip_serializing_if = "Resource::is_mcp")]
    pub resource: Resource,
    /// What the person could do with registered MCP servers. Missing if no scope needs it, and in older grants.
    #[serde(default, skip_serializing_if = "ServerSnapshot::is_empty")]
    pub servers: ServerSnapshot,
    /// The redirect URI that the code went to.
    pub redirect_uri: String,
    /// The PKCE challenge of the request.
    pub challenge: String,
    /// Hash of the code; kept after the exchange, so that a replay is recognized.
    pub code_hash: String,
    /// When the code expires, seconds since the Unix epoch.
    pub code_expires_at: u64,
    /// When consent was given, seconds since the Unix epoch.
    pub created_at: u64,
    /// The cap, seconds since the Unix epoch.
    pub expires_at: u64,
    /// The holders of its token, by chain.
    #[serde(default)]
    pub chains: BTreeMap<ChainId, Chain>,
    /// When `/mcp` last saw a new generation of a chain for the first time, seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<u64>,
    /// Why it ended, if it did and this version knows the reason.
    #[serde(default, deserialize_with = "known_reason", skip_serializing_if = "Option::is_none")]
    pub ended_for: Option<EndReason>,
    /// When it ended, seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<u64>,
    /// How many chains were created by forks. Every fork changes it, so that a write that depends on the set of chains
    /// can demand that no other one came in between.
    #[serde(default)]
    pub forks: u64,
    /// The start of the current count of forks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forks_before: Option<ForkMark>,
    /// When the store may delete it, seconds since the Unix epoch.
    pub purge_at: u64,
}

impl Grant {
    /// Whether the grant permits a request.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.state == GrantState::Active && now.secs() < self.expires_at
    }

    /// In how many places it is in use: the number of chains whose token can still be refreshed. This includes chains
    /// without a known use: each may be a lost response, but also a thief who waits.
    pub fn places(&self, now: Timestamp) -> usize {
        if !self.stands(now) {
            return 0;
        }
        self.chains.values().filter(|chain| chain.is_alive(now)).count()
    }

    /// When it was last used: seen at `/mcp`, or refreshed. `None` before the code exchange.
    pub fn last_used(&self) -> Option<Timestamp> {
        let seen = self.last_used_at.map(Timestamp::from_secs);
        self.chains.values().filter_map(Chain::rotated_at).chain(seen).max()
    }

    /// Whether a code or token of it may still be valid. A grant whose holders were all inactive for too long stands,
    /// but cannot be used.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now.secs() < self.expires_at
            && match self.state {
                GrantState::CodeIssued => now.secs() < self.code_expires_at,
                GrantState::Active => self.chains.values().any(|chain| chain.is_alive(now)),
                GrantState::Revoked => false,
            }
    }

    /// The number of forks since the mark.
    pub fn recent_forks(&self) -> u64 {
        self.forks.saturating_sub(self.forks_before.as_ref().map_or(0, |mark| mark.forks))
    }

    /// The mark that the next fork has to set, if the current one is too old.
    pub fn next_fork_mark(&self, now: Timestamp) -> Option<ForkMark> {
        let since = self.forks_before.as_ref().map(|mark| Timestamp::from_secs(mark.at));
        let is_recent = since.is_some_and(|since| now.since(since) < FORK_PERIOD);
        (!is_recent).then_some(ForkMark { at: now.secs(), forks: self.forks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refresh::tests::{NOW, grant};

    const HOUR: Duration = Duration::from_hours(1);

    fn in_two_places() -> Grant {
        let mut grant = grant();
        grant.chains.insert(ChainId::new("old"), Chain::start("a".into(), NOW));
        grant.chains.insert(ChainId::new("new"), Chain::start("b".into(), NOW.plus(HOUR)));
        grant
    }

    #[test]
    fn a_place_is_a_token_that_still_refreshes() {
        let mut grant = in_two_places();
        assert_eq!(grant.places(NOW), 2);
        assert_eq!(grant.places(NOW.plus(REFRESH_LIFE)), 1);
        assert_eq!(grant.places(NOW.plus(REFRESH_LIFE).plus(HOUR)), 0);
        grant.state = GrantState::Revoked;
        assert_eq!(grant.places(NOW), 0);
    }

    #[test]
    fn the_last_use_is_a_refresh_or_a_call_whichever_was_later() {
        let mut grant = in_two_places();
        assert_eq!(grant.last_used(), Some(NOW.plus(HOUR)));
        grant.last_used_at = Some(NOW.secs() + 7200);
        assert_eq!(grant.last_used(), Some(NOW.plus(2 * HOUR)));
        grant.last_used_at = Some(NOW.secs());
        assert_eq!(grant.last_used(), Some(NOW.plus(HOUR)));
        grant.chains.clear();
        grant.last_used_at = None;
        assert_eq!(grant.last_used(), None);
    }

    #[test]
    fn a_state_is_stored_by_the_name_that_conditions_compare() {
        for state in [GrantState::CodeIssued, GrantState::Active, GrantState::Revoked] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }

    #[test]
    fn the_claim_is_one_workspace_or_a_star() {
        let one = WorkspaceChoice::One { id: WorkspaceId::new("w") };
        let all = WorkspaceChoice::All { default: Some(WorkspaceId::new("w")) };
        assert_eq!((one.claim(), all.claim()), ("w", "*"));
    }

    #[test]
    fn a_grant_stands_until_its_cap() {
        let grant = Grant { expires_at: NOW.secs() + 1, ..in_two_places() };
        assert!(grant.stands(NOW) && !grant.stands(Timestamp::from_secs(NOW.secs() + 1)));
    }

    #[test]
    fn a_code_that_was_not_exchanged_lives_until_it_expires() {
        let grant = Grant {
            state: GrantState::CodeIssued,
            code_expires_at: NOW.secs() + 1,
            expires_at: NOW.secs() + 100,
            ..in_two_places()
        };
        let at = |secs| grant.is_live(Timestamp::from_secs(NOW.secs() + secs));
        assert!(at(0) && !at(1) && !at(2));
    }

    #[test]
    fn a_grant_lives_as_long_as_one_of_its_tokens() {
        let mut grant = in_two_places();
        grant.state = GrantState::Active;
        assert!(grant.is_live(NOW) && grant.is_live(NOW.plus(REFRESH_LIFE)));
        assert!(!grant.is_live(NOW.plus(REFRESH_LIFE).plus(HOUR)));
        assert!(!Grant { expires_at: NOW.secs(), ..grant.clone() }.is_live(NOW), "capped");
        assert!(!Grant { state: GrantState::Revoked, ..grant }.is_live(NOW));
    }

    #[test]
    fn a_reason_of_a_newer_version_leaves_the_grant_readable() {
        let ended = Grant { ended_for: Some(EndReason::CredentialDead), ended_at: Some(7), ..grant() };
        let mut stored = serde_json::to_value(&ended).unwrap();
        assert_eq!(stored["ended_for"], EndReason::CredentialDead.as_str());
        let read = |stored: &serde_json::Value| Grant::deserialize(stored).unwrap().ended_for;
        assert_eq!(read(&stored), ended.ended_for);
        stored["ended_for"] = "of another version".into();
        assert_eq!(read(&stored), None);
    }

    #[test]
    fn forks_are_counted_by_the_day() {
        let mut grant = Grant { forks_before: None, ..grant() };
        assert_eq!(grant.next_fork_mark(NOW), Some(ForkMark { at: NOW.secs(), forks: 0 }));
        grant.forks_before = grant.next_fork_mark(NOW);
        grant.forks = 5;
        assert_eq!((grant.recent_forks(), grant.next_fork_mark(NOW.plus(23 * HOUR))), (5, None));
        let next_day = NOW.plus(24 * HOUR);
        assert_eq!(grant.next_fork_mark(next_day), Some(ForkMark { at: next_day.secs(), forks: 5 }));
        grant.forks_before = grant.next_fork_mark(next_day);
        grant.forks = 6;
        assert_eq!(grant.recent_forks(), 1);
    }
}
