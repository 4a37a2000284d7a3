//! The secrets of users who went away.
//!
//! A secret costs money as long as it exists, and what is gone cannot leak. One that no live grant needs is tagged with
//! the time that this was first seen, and a week later its deletion is scheduled, which Secrets Manager carries out after
//! another week; a login in between restores it. Deleting it shreds everything that is sealed under its data key.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::primitives::DateTime;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry, Tag};
use shared::aws::cause;
use shared::clock::Timestamp;
use shared::ids::UserRef;
use shared::store::Grants;

use crate::JanitorError;

/// How long nobody must need a secret.
const IDLE: Duration = Duration::from_hours(7 * 24);
/// A secret that a login has just read will have a grant in a moment. Secrets Manager tells the day only.
const TOUCHED: Duration = Duration::from_hours(48);
/// How long a deletion can be taken back.
const RECOVERY_DAYS: i64 = 7;
/// Tells since when no grant was seen, in seconds since the Unix epoch.
const TAG: &str = "idle-since";
/// What a user's reference may start with.
const FIRST: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The secrets of all users.
pub(crate) struct UserSecrets {
    client: Client,
    prefix: String,
}

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) seen: usize,
    pub(crate) scheduled: usize,
    pub(crate) restored: usize,
    pub(crate) failed: usize,
}

/// What is to be done about one secret.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Mark,
    Unmark,
    Schedule,
    Restore,
}

/// What is known about one secret.
struct Known {
    is_live: bool,
    is_scheduled: bool,
    idle_since: Option<Timestamp>,
    touched: Option<Timestamp>,
}

impl Known {
    fn due(&self, now: Timestamp) -> Due {
        let since = |at: Option<Timestamp>| at.map(|at| now.since(at));
        match (self.is_live, self.is_scheduled) {
            // A login came between the look at the grants and the schedule.
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
    pub(crate) const fn new(client: Client, prefix: String) -> Self {
        Self { client, prefix }
    }

    /// Looks after the users whose turn it is: each hour of the day has its share of them, so a run stays short.
    pub(crate) async fn sweep(&self, grants: &Grants, now: Timestamp) -> Result<Tally, JanitorError> {
        let mut tally = Tally::default();
        for first in turn(now) {
            let mut pages = self
                .client
                .list_secrets()
                .filters(name_starts(&format!("{}{first}", self.prefix)))
                .include_planned_deletion(true)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| JanitorError::secrets("users.list", cause(&error)))?;
                for secret in page.secret_list.unwrap_or_default() {
                    self.visit(&secret, grants, now, &mut tally).await;
                }
            }
        }
        Ok(tally)
    }

    /// One failure does not keep the others' secrets.
    async fn visit(&self, secret: &SecretListEntry, grants: &Grants, now: Timestamp, tally: &mut Tally) {
        let Some(name) = secret.name().filter(|name| name.starts_with(&self.prefix)) else { return };
        let user = UserRef::new(name.strip_prefix(&self.prefix).unwrap_or_default());
        tally.seen += 1;
        match self.look_after(name, &user, secret, grants, now).await {
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

    async fn look_after(
        &self,
        name: &str,
        user: &UserRef,
        secret: &SecretListEntry,
        grants: &Grants,
        now: Timestamp,
    ) -> Result<Due, JanitorError> {
        let due = known(secret, grants.any_live(user, now).await?).due(now);
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

/// The first characters of the users whose turn it is in this hour.
fn turn(now: Timestamp) -> impl Iterator<Item = char> {
    let hour = usize::try_from(now.secs() / 3600 % 24).unwrap_or_default();
    FIRST.iter().skip(hour).step_by(24).copied().map(char::from)
}

fn name_starts(prefix: &str) -> Filter {
    Filter::builder().key(FilterNameStringType::Name).values(prefix).build()
}

fn known(secret: &SecretListEntry, is_live: bool) -> Known {
    let idle_since = secret.tags().iter().find(|tag| tag.key() == Some(TAG)).and_then(Tag::value);
    let touched = [secret.last_accessed_date(), secret.last_changed_date(), secret.created_date()];
    Known {
        is_live,
        is_scheduled: secret.deleted_date().is_some(),
        idle_since: idle_since.and_then(|since| since.parse().ok()).map(Timestamp::from_secs),
        touched: touched.into_iter().flatten().filter_map(moment).max(),
    }
}

fn moment(date: &DateTime) -> Option<Timestamp> {
    u64::try_from(date.secs()).ok().map(Timestamp::from_secs)
}

#[cfg(test)]
#[path = "users_tests.rs"]
mod tests;
