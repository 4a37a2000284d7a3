//! Load: workers with one request in flight each, until the time is up.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep_until;

use crate::stats::Sample;
use crate::{Outcome, clock};

/// The repeated action of one worker.
pub(crate) trait Work: Send + Sized + 'static {
    /// Performs it once. An unexpected answer is an error: a wrong answer must not count as a fast one.
    fn once(&mut self) -> impl Future<Output = Outcome> + Send;

    /// Whether it can be repeated.
    fn has_more(&self) -> bool {
        true
    }
}

/// When a worker starts its next request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// As soon as the last one is answered.
    Closed,
    /// At fixed times, this many per second among all workers. The latency of a delayed request counts from its
    /// scheduled time, not from when it was sent, so that a stall is not hidden by the requests that wait for it.
    PerSecond(u32),
}

/// Runs every worker for `span` or until it has no more work, waits for the last requests, and returns the workers.
pub(crate) async fn load<W: Work>(workers: Vec<W>, pace: Pace, span: Duration) -> Outcome<(Vec<W>, Sample)> {
    let began = clock::now();
    let count = u32::try_from(workers.len())?;
    let mut tasks = JoinSet::new();
    for (number, worker) in workers.into_iter().enumerate() {
        let schedule = Schedule::new(pace, began, u32::try_from(number)?, count);
        tasks.spawn(follow(worker, schedule, began, began + span));
    }
    let (mut workers, mut latencies, mut rate) = (Vec::new(), Vec::new(), 0.0);
    while let Some(finished) = tasks.join_next().await {
        let (worker, mut own, elapsed) = finished??;
        // Each worker's own time: the wait for the slowest last request belongs to no other worker.
        rate += per_second(own.len(), elapsed);
        workers.push(worker);
        latencies.append(&mut own);
    }
    Ok((workers, Sample::new(latencies, rate)))
}

type Followed<W> = Outcome<(W, Vec<Duration>, Duration)>;

async fn follow<W: Work>(mut worker: W, mut schedule: Schedule, began: Instant, end: Instant) -> Followed<W> {
    let mut latencies = Vec::new();
    loop {
        let due = schedule.next().await;
        if due >= end || !worker.has_more() {
            break;
        }
        worker.once().await?;
        latencies.push(due.elapsed());
    }
    Ok((worker, latencies, began.elapsed()))
}

enum Schedule {
    Closed,
    At { next: Instant, every: Duration },
}

impl Schedule {
    fn new(pace: Pace, began: Instant, number: u32, count: u32) -> Self {
        match pace {
            Pace::Closed => Self::Closed,
            Pace::PerSecond(rate) => {
                let gap = Duration::from_secs(1) / rate;
                Self::At { next: began + gap * number, every: gap * count }
            }
        }
    }

    /// The start time of the next request.
    async fn next(&mut self) -> Instant {
        match self {
            Self::Closed => clock::now(),
            Self::At { next, every } => {
                let due = *next;
                *next = due + *every;
                if clock::now() >= due {
                    return due;
                }
                // The timer wakes up to a millisecond late, which is not the server's fault.
                sleep_until(due.into()).await;
                clock::now()
            }
        }
    }
}

/// The rate per second of `count` in this time.
pub(crate) fn per_second(count: usize, elapsed: Duration) -> f64 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    f64::from(count) / elapsed.as_secs_f64()
}
