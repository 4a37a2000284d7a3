//! The thread that a database on a disk runs on.
//!
//! A durable write waits for the disk, so it must not hold a thread that serves requests; and the engine takes one call
//! at a time, so a pool of threads would only wait for its lock, waking each other on the way. One thread that takes
//! calls from a queue leaves the disk idle for the shortest time between two commits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use dynoxide::Database;
use tokio::sync::oneshot;

use super::connector::{Answer, answer};

struct Call {
    request: HttpRequest,
    reply: oneshot::Sender<Answer>,
}

/// The way to the thread, which ends when the last of these is gone.
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

    /// The answer; nothing when the thread has ended.
    pub(super) async fn ask(self, request: HttpRequest) -> Option<Answer> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Call { request, reply }).ok()?;
        answer.await.ok()
    }
}

fn work(engine: &Database, calls: &Receiver<Call>) {
    for Call { request, reply } in calls {
        // Nobody waits any longer: the caller ran into its deadline while the call was in the queue.
        if reply.is_closed() {
            continue;
        }
        if let Ok(answer) = catch_unwind(AssertUnwindSafe(|| answer(engine, &request))) {
            let _caller_left = reply.send(answer);
        } else {
            // Its lock is poisoned, so that every later call would fail. What was committed is on the disk, and a process
            // that is started anew goes on with it.
            tracing::error!("the database engine panicked; ending");
            std::process::abort();
        }
    }
}
