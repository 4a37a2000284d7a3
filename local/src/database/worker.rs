//! The thread of a database on disk.
//!
//! A durable write waits for the disk, so it must not block a thread that serves requests. The engine takes one call at
//! a time, so a thread pool would only wait for its lock, with threads waking each other. One thread that takes calls
//! from a queue minimizes the idle time of the disk between two commits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use dynoxide::Database;
use tokio::sync::oneshot;

use super::engine::{Answer, answer};

struct Call {
    request: HttpRequest,
    reply: oneshot::Sender<Answer>,
}

/// The handle of the thread, which ends when the last handle is dropped.
#[derive(Clone)]
pub(super) struct Worker {
    queue: Sender<Call>,
}

impl Worker {
    pub(super) fn start(engine: Database) -> std::io::Result<Self> {
        let (queue, calls) = channel();
        std::thread::Builder::new().name("database".to_owned()).spawn(move || work(&engine, &calls))?;
        Ok(Self { queue })
    }

    /// The response; `None` when the thread has ended.
    pub(super) async fn ask(self, request: HttpRequest) -> Option<Answer> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Call { request, reply }).ok()?;
        answer.await.ok()
    }
}

fn work(engine: &Database, calls: &Receiver<Call>) {
    for Call { request, reply } in calls {
        // Nobody waits any longer: the caller's deadline passed while the call was in the queue.
        if reply.is_closed() {
            continue;
        }
        if let Ok(answer) = catch_unwind(AssertUnwindSafe(|| answer(engine, &request))) {
            let _caller_left = reply.send(answer);
        } else {
            // Its lock is poisoned, so every later call would fail. Committed data is on disk, and a restarted process
            // continues with it.
            tracing::error!("the database engine panicked; ending");
            std::process::abort();
        }
    }
}
