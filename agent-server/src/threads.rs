//! Threads: the state that runs leave for later runs.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::outcome::Interrupt;
use crate::send::NO_BODY;
use crate::{AgentError, Session};

/// How long a server keeps a thread after its last use. One without a limit would be kept for good.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ttl {
    /// In minutes.
    ttl: u32,
    strategy: &'static str,
}

impl Ttl {
    /// The thread is deleted after so many minutes.
    pub const fn minutes(ttl: u32) -> Self {
        Self { ttl, strategy: "delete" }
    }
}

/// A thread to make.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NewThread<'a> {
    /// Its id; the server chooses one if there is none. Another thread with it is [`AgentError::Conflict`].
    #[serde(rename = "thread_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// What a [search](Session::interrupted_threads) finds it by.
    pub metadata: &'a Map<String, Value>,
    /// How long it is kept.
    pub ttl: Ttl,
}

#[derive(Deserialize)]
struct ThreadRow {
    thread_id: Uuid,
}

#[derive(Deserialize)]
struct ThreadMetadata {
    #[serde(default)]
    metadata: Map<String, Value>,
}

#[derive(Serialize)]
struct Search<'a> {
    metadata: &'a Map<String, Value>,
    status: &'static str,
    limit: usize,
    sort_by: &'static str,
    sort_order: &'static str,
    select: [&'static str; 6],
}

/// A thread whose last run stopped before its end.
#[derive(Clone, Debug, Deserialize)]
pub struct InterruptedThread {
    /// Its id.
    #[serde(rename = "thread_id")]
    pub id: Uuid,
    /// Its metadata.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// The open questions by task.
    #[serde(default)]
    interrupts: BTreeMap<String, Vec<Interrupt>>,
    #[serde(default)]
    created_at: Option<String>,
    /// Older servers have `updated_at` alone.
    #[serde(default)]
    state_updated_at: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
}

impl InterruptedThread {
    /// The open questions; none if its run was cancelled, after which the server calls a thread interrupted, too.
    pub fn questions(self) -> Vec<Interrupt> {
        self.interrupts.into_values().flatten().collect()
    }

    /// How long after the thread was made its last run stopped. Both times are the server's, whose clock may differ from
    /// ours.
    pub fn stopped_after(&self) -> Option<Duration> {
        let time = |text: &Option<String>| OffsetDateTime::parse(text.as_deref()?, &Rfc3339).ok();
        let stopped = time(&self.state_updated_at).or_else(|| time(&self.updated_at))?;
        (stopped - time(&self.created_at)?).try_into().ok()
    }
}

/// The state of a thread.
#[derive(Clone, Debug, Deserialize)]
pub struct ThreadState {
    #[serde(default)]
    tasks: Vec<Task>,
}

#[derive(Clone, Debug, Deserialize)]
struct Task {
    #[serde(default)]
    interrupts: Vec<Interrupt>,
}

impl ThreadState {
    /// The open questions; none unless the last run has stopped with some.
    pub fn questions(self) -> Vec<Interrupt> {
        self.tasks.into_iter().flat_map(|task| task.interrupts).collect()
    }
}

impl Session<'_> {
    /// Makes a thread.
    pub async fn create_thread(&self, new: NewThread<'_>) -> Result<Uuid, AgentError> {
        let row: ThreadRow = self.json(Method::POST, "/threads", Some(&new)).await?;
        Ok(row.thread_id)
    }

    /// Interrupted threads whose metadata has all of `metadata`: at most ten, those that changed last first.
    pub async fn interrupted_threads(
        &self,
        metadata: &Map<String, Value>,
    ) -> Result<Vec<InterruptedThread>, AgentError> {
        let search = Search {
            metadata,
            status: "interrupted",
            limit: 10,
            sort_by: "updated_at",
            sort_order: "desc",
            select: ["thread_id", "metadata", "interrupts", "created_at", "state_updated_at", "updated_at"],
        };
        self.json(Method::POST, "/threads/search", Some(&search)).await
    }

    /// The metadata of a thread. It comes with the thread's values, so ask only for threads that have few of them.
    pub async fn thread_metadata(&self, thread: Uuid) -> Result<Map<String, Value>, AgentError> {
        let found: ThreadMetadata = self.json(Method::GET, &format!("/threads/{thread}"), NO_BODY).await?;
        Ok(found.metadata)
    }

    /// The state of a thread.
    pub async fn thread_state(&self, thread: Uuid) -> Result<ThreadState, AgentError> {
        self.json(Method::GET, &format!("/threads/{thread}/state"), NO_BODY).await
    }

    /// Deletes a thread with its runs.
    pub async fn delete_thread(&self, thread: Uuid) -> Result<(), AgentError> {
        self.send(Method::DELETE, &format!("/threads/{thread}"), NO_BODY).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stopped_after(mut thread: Value) -> Option<Duration> {
        thread["thread_id"] = json!(Uuid::nil());
        serde_json::from_value::<InterruptedThread>(thread).unwrap().stopped_after()
    }

    #[test]
    fn the_time_of_a_question_counts_from_its_thread() {
        let made = "2026-12-02T10:00:00.500000+00:00";
        let later = "2026-12-02T10:01:00.500000+00:00";
        let minute = Some(Duration::from_mins(1));
        for (thread, expected) in [
            (json!({"created_at": made, "updated_at": made, "state_updated_at": later}), minute),
            (json!({"created_at": made, "updated_at": "2026-12-02T10:01:00.5Z"}), minute),
            (json!({"created_at": made, "updated_at": "2026-12-02T12:01:00.5+02:00"}), minute),
            (json!({"created_at": later, "updated_at": made}), None),
            (json!({"created_at": made}), None),
            (json!({"created_at": "yesterday", "updated_at": later}), None),
            (json!({"updated_at": later}), None),
        ] {
            assert_eq!(stopped_after(thread.clone()), expected, "{thread}");
        }
    }
}
