//! Threads: the state that runs leave for later runs.

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

#[derive(Serialize)]
struct NewThread<'a> {
    metadata: &'a Map<String, Value>,
    ttl: Ttl,
}

#[derive(Deserialize)]
struct ThreadRow {
    thread_id: Uuid,
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
    pub async fn create_thread(&self, ttl: Ttl, metadata: &Map<String, Value>) -> Result<Uuid, AgentError> {
        let new = NewThread { metadata, ttl };
        let row: ThreadRow = self.json(Method::POST, "/threads", Some(&new)).await?;
        Ok(row.thread_id)
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
