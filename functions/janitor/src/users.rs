//! The secrets of departed users.
//!
//! A secret costs money as long as it exists, and a deleted one cannot leak. A secret without a live grant is tagged
//! with the time of the first sighting. A week later its deletion is scheduled, and Secrets Manager deletes it after
//! another week; a login in between restores it. Its deletion shreds everything sealed under its data key.
//!
//! A stack that has changed its vault to KMS needs none of the remaining secrets, whatever grants it has.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::primitives::DateTime;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry, Tag};
use futures_util::{StreamExt as _, stream};
use primitives::clock::{SharedClock, Timestamp};
use primitives::ids::UserRef;
use shared::aws_error::cause;
use shared::store::Grants;

use crate::JanitorError;

/// How long a secret must be unneeded.
const IDLE: Duration = Duration::from_hours(7 * 24);
/// A login that has just read the secret is about to create a grant. Secrets Manager reports only the day of an access.
const TOUCHED: Duration = Duration::from_hours(48);
/// How long a deletion can be undone.
const RECOVERY_DAYS: i64 = 7;
/// How many users' grants are read concurrently.
const AT_ONCE: usize = 16;
/// After how long no further page of secrets is begun: the function may take 300 s, and a page on which Secrets Manager
/// refuses every call can take more than a minute.
const PATIENCE: Duration = Duration::from_mins(3);
/// The tag with the time of the first sighting without a grant, in seconds since the Unix epoch.
const TAG: &str = "idle-since";
/// The possible first characters of a user's reference.
const FIRST: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The secrets of all users.
pub(crate) struct UserSecrets {
    client: Client,
    prefix: String,
    /// The grants of the users; `None` if no grant needs a secret.
    grants: Option<Grants>,
}

/// The result of a sweep.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) seen: usize,
    pub(crate) scheduled: usize,
    pub(crate) restored: usize,
    pub(crate) failed: usize,
    /// Whether time ran out before the end.
    pub(crate) is_cut: bool,
}

/// The due action for one secret.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Mark,
    Unmark,
    Schedule,
    Restore,
}

/// The state of one secret.
struct SecretState {
    is_live: bool,
    is_scheduled: bool,
    idle_since: Option<Timestamp>,
    touched: Option<Timestamp>,
}

impl SecretState {
    fn due(&self, now: Timestamp) -> Due {
        let since = |at: Option<Timestamp>| at.map(|at| now.since(at));
        match (self.is_live, self.is_scheduled) {
            // A login came between the reading of the grants and the scheduling.
            (true, true) => Due::Restore,
            (true, false) if self.idle_since.is_some() => Due::Unmark,
            (true, false) | (false, true) => Due::Nothing,
            (false, false) => match since(self.idle_since) {
                None => Due::Mark,
                Some(idle) if idle < IDLE => Due::Nothing,
                Some(_) if since(self.touched).is_some_and(|age| age < TOUCHED) => Due::Nothing,
                Some(_) => Due::Schedule,
            },
        }
    }
}

impl UserSecrets {
    pub(crate) const fn new(client: Client, prefix: String, grants: Option<Grants>) -> Self {
        Self { client, prefix, grants }
    }

    /// Visits this hour's share of the users: a share keeps a run short.
    pub(crate) async fn sweep(&self, clock: &SharedClock) -> Result<Tally, JanitorError> {
        let (now, mut tally) = (clock.now(), Tally::default());
        for first in shard_of_hour(now) {
            let mut pages = self
                .client
                .list_secrets()
                .filters(name_starts(&format!("{}{first}", self.prefix)))
                .include_planned_deletion(true)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| JanitorError::secrets("users.list", cause(&error)))?;
                if clock.now().since(now) >= PATIENCE {
                    tally.is_cut = true;
                    return Ok(tally);
                }
                self.visit(&page.secret_list.unwrap_or_default(), now, &mut tally).await;
            }
        }
        Ok(tally)
    }

    /// Reads concurrently and writes sequentially: Secrets Manager takes few writes per second, and logins need some of
    /// them. A failure for one secret does not hold up the others.
    pub(crate) async fn visit(&self, secrets: &[SecretListEntry], now: Timestamp, tally: &mut Tally) {
        let looks: Vec<_> = secrets
            .iter()
            .filter_map(|secret| {
                let name = secret.name()?;
                let user = UserRef::new(name.strip_prefix(&self.prefix)?);
                Some(async move {
                    let due = self
                        .is_needed(&user, now)
                        .await
                        .map(|is_live| secret_state(secret, is_live).due(now));
                    (name, user, due)
                })
            })
            .collect();
        let found: Vec<_> = stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
        tally.seen += found.len();
        for (name, user, due) in found {
            let done = match due {
                Ok(due) => self.look_after(name, &user, due, now).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(Due::Schedule) => {
                    tally.scheduled += 1;
                    tracing::info!(target: "audit", event = "secret_scheduled_for_deletion", %user);
                }
                Ok(Due::Restore) => {
                    tally.restored += 1;
                    tracing::info!(target: "audit", event = "secret_restored", %user);
                }
                Ok(Due::Nothing | Due::Mark | Due::Unmark) => {}
                Err(error) => {
                    tally.failed += 1;
                    tracing::error!(%error, %user, "a user's secret could not be looked after");
                }
            }
        }
    }

    async fn is_needed(&self, user: &UserRef, now: Timestamp) -> Result<bool, JanitorError> {
        match &self.grants {
            Some(grants) => Ok(grants.any_live(user, now).await?),
            None => Ok(false),
        }
    }

    /// Takes the due action, unless a new grant forbids the deletion. Returns the action taken.
    async fn look_after(
        &self,
        name: &str,
        user: &UserRef,
        due: Due,
        now: Timestamp,
    ) -> Result<Due, JanitorError> {
        let failed = |operation| move |cause: &str| JanitorError::secrets(operation, cause);
        match due {
            Due::Nothing => {}
            Due::Mark => {
                let tag = Tag::builder().key(TAG).value(now.secs().to_string()).build();
                let done = self.client.tag_resource().secret_id(name).tags(tag).send().await;
                done.map_err(|error| failed("users.mark")(cause(&error)))?;
            }
            Due::Unmark => self.unmark(name).await?,
            Due::Schedule => {
                // Writes for other users of the page may have taken seconds since the first check.
                if self.is_needed(user, now).await? {
                    return Ok(Due::Nothing);
                }
                let delete = self.client.delete_secret().secret_id(name);
                let done = delete.recovery_window_in_days(RECOVERY_DAYS).send().await;
                done.map_err(|error| failed("users.schedule")(cause(&error)))?;
            }
            Due::Restore => {
                let done = self.client.restore_secret().secret_id(name).send().await;
                done.map_err(|error| failed("users.restore")(cause(&error)))?;
                self.unmark(name).await?;
            }
        }
        Ok(due)
    }

    async fn unmark(&self, name: &str) -> Result<(), JanitorError> {
        let done = self.client.untag_resource().secret_id(name).tag_keys(TAG).send().await;
        done.map(drop).map_err(|error| JanitorError::secrets("users.unmark", cause(&error)))
    }
}

/// The first characters of this hour's users. A different one comes first each day, so that a share too large for one
/// run is not always cut at the same place.
fn shard_of_hour(now: Timestamp) -> Vec<char> {
    let [hour, day] = [now.secs() / 3600 % 24, now.secs() / 86_400].map(usize::try_from);
    let hour = hour.unwrap_or_default();
    let mut turn: Vec<_> = FIRST.iter().skip(hour).step_by(24).copied().map(char::from).collect();
    let first = day.unwrap_or_default().checked_rem(turn.len()).unwrap_or_default();
    turn.rotate_left(first);
    turn
}

fn name_starts(prefix: &str) -> Filter {
    Filter::builder().key(FilterNameStringType::Name).values(prefix).build()
}

fn secret_state(secret: &SecretListEntry, is_live: bool) -> SecretState {
    let idle_since = secret.tags().iter().find(|tag| tag.key() == Some(TAG)).and_then(Tag::value);
    let touched = [secret.last_accessed_date(), secret.last_changed_date(), secret.created_date()];
    SecretState {
        is_live,
        is_scheduled: secret.deleted_date().is_some(),
        idle_since: idle_since.and_then(|since| since.parse().ok()).map(Timestamp::from_secs),
        touched: touched.into_iter().flatten().filter_map(to_timestamp).max(),
    }
}

fn to_timestamp(date: &DateTime) -> Option<Timestamp> {
    u64::try_from(date.secs()).ok().map(Timestamp::from_secs)
}

#[cfg(test)]
#[path = "users_tests.rs"]
mod tests;
