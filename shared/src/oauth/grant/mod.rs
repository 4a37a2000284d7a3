//! A grant: one consent of one user to one client, as one item and one state machine
//! (`code_issued -> active -> revoked`), so that every token operation is one conditional write decided by the store.

mod chain;
mod room;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::Timestamp;
use crate::ids::{ClientId, CredentialId, GrantId, UserId, UserRef, WorkspaceId};
use crate::oauth::token::ChainId;

pub use chain::Chain;
pub use room::{Eviction, Room};

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
/// How long the forks of a grant are counted together.
pub const FORK_PERIOD: Duration = Duration::from_hours(24);
/// So many forks within a period that somebody has to look: enough to push every other holder out.
pub const MANY_FORKS: u64 = MAX_CHAINS as u64;
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

/// The state of the fork counter when a period began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkMark {
    /// When the period began, seconds since the Unix epoch.
    pub at: u64,
    /// How many forks there had been by then.
    pub forks: u64,
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
    /// How often a holder got a chain of its own. Every one of those writes changes it, so that a write that has to
    /// know which chains there are can demand that no other one came in between.
    #[serde(default)]
    pub forks: u64,
    /// Where the count of the recent forks began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forks_before: Option<ForkMark>,
    /// When the store may delete it, seconds since the Unix epoch.
    pub purge_at: u64,
}

impl Grant {
    /// Whether the grant lets a request through.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.state == GrantState::Active && now.secs() < self.expires_at
    }

    /// In how many places it is in use: every chain whose token still refreshes is one. A chain that nobody was seen
    /// with counts, too: it may be an answer that was lost, but also a thief who waits.
    pub fn places(&self, now: Timestamp) -> usize {
        if !self.stands(now) {
            return 0;
        }
        self.chains.values().filter(|chain| chain.is_alive(now)).count()
    }

    /// When it was last used: seen at `/mcp`, or refreshed. None before its code was exchanged.
    pub fn last_used(&self) -> Option<Timestamp> {
        let seen = self.last_used_at.map(Timestamp::from_secs);
        self.chains.values().filter_map(Chain::rotated_at).chain(seen).max()
    }

    /// Whether a code or token of it may still be good. A grant whose holders have all been away for too long stands on
    /// paper only.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now.secs() < self.expires_at
            && match self.state {
                GrantState::CodeIssued => now.secs() < self.code_expires_at,
                GrantState::Active => self.chains.values().any(|chain| chain.is_alive(now)),
                GrantState::Revoked => false,
            }
    }

    /// How many forks there were since the mark.
    pub fn recent_forks(&self) -> u64 {
        self.forks.saturating_sub(self.forks_before.as_ref().map_or(0, |mark| mark.forks))
    }

    /// The mark that the next fork has to set, if the last one is too old.
    pub fn next_fork_mark(&self, now: Timestamp) -> Option<ForkMark> {
        let since = self.forks_before.as_ref().map(|mark| Timestamp::from_secs(mark.at));
        let is_recent = since.is_some_and(|since| now.since(since) < FORK_PERIOD);
        (!is_recent).then_some(ForkMark { at: now.secs(), forks: self.forks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::refresh::tests::{NOW, grant};

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
