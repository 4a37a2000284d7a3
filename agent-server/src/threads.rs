//! Threads: the state that runs leave for later runs.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
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

#[derive(Serialize)]
struct Search<'a> {
    metadata: &'a Map<String, Value>,
    status: &'static str,
    limit: usize,
    select: [&'static str; 3],
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
}

impl InterruptedThread {
    /// The open questions. A thread whose run was cancelled is called interrupted, too, but has none.
    pub fn questions(self) -> Vec<Interrupt> {
        self.interrupts.into_values().flatten().collect()
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
    /// The open questions. A thread whose run was cancelled is called interrupted, too, but has none.
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

    /// Interrupted threads whose metadata has all of `metadata`, at most ten, the latest ones first.
    pub async fn interrupted_threads(
        &self,
        metadata: &Map<String, Value>,
    ) -> Result<Vec<InterruptedThread>, AgentError> {
        let select = ["thread_id", "metadata", "interrupts"];
        let search = Search { metadata, status: "interrupted", limit: 10, select };
        self.json(Method::POST, "/threads/search", Some(&search)).await
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
