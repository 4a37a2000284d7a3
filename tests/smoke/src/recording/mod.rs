//! The requests to a LangSmith and its answers. No headers are kept but the media type of the answer: a recording never
//! contains a credential or a cookie.

mod proxy;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

pub(crate) use proxy::{ASKED_BY_SMOKE, RecordingProxy};

/// A request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// The script's step that caused it.
    pub(crate) step: &'static str,
    pub(crate) asker: Asker,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) request: Bytes,
    pub(crate) answer: Answer,
    /// Whether the step was repeated because LangSmith did not show all data yet: such an exchange is kept, but not
    /// compared.
    pub(crate) is_early: bool,
}

/// The sender of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asker {
    /// The server under test.
    Product,
    /// The smoke test itself, which prepares, inspects LangSmith, and deletes.
    Smoke,
}

/// The outcome of a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// An answer from LangSmith.
    Received { status: u16, media_type: String, body: Bytes },
    /// 501 by the proxy in place of LangSmith's answer: the server under test must use the other API for runs.
    Withheld,
    /// No answer, and why.
    None(&'static str),
}

impl Exchange {
    /// Whether it queries runs, which have LangSmith's strictest rate limit.
    fn is_query_of_runs(&self) -> bool {
        self.path.ends_with("/runs/query") && !matches!(self.answer, Answer::Withheld)
    }
}

/// Records the exchanges, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    step: &'static str,
    /// The index of the step's first exchange.
    from: usize,
    exchanges: Vec<Exchange>,
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a step, to which later exchanges belong.
    pub(crate) fn begin(&self, step: &'static str) {
        let mut kept = self.lock();
        kept.step = step;
        kept.from = kept.exchanges.len();
    }

    /// Repeats the step: its exchanges so far came too early.
    pub(crate) fn again(&self) {
        let mut kept = self.lock();
        let from = kept.from;
        for exchange in kept.exchanges.iter_mut().skip(from) {
            exchange.is_early = true;
        }
        kept.from = kept.exchanges.len();
    }

    /// The number of run queries since the step began or was repeated.
    pub(crate) fn queries(&self) -> u32 {
        let kept = self.lock();
        let queries = kept.exchanges.iter().skip(kept.from).filter(|exchange| exchange.is_query_of_runs());
        u32::try_from(queries.count()).unwrap_or(u32::MAX)
    }

    /// All exchanges so far.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.lock().exchanges.clone()
    }

    fn keep(&self, asked: Asked, answer: Answer) {
        let mut kept = self.lock();
        let Asked { asker, method, path, query, request } = asked;
        let step = kept.step;
        kept.exchanges.push(Exchange { step, asker, method, path, query, request, answer, is_early: false });
    }
}

/// The request of an exchange.
struct Asked {
    asker: Asker,
    method: String,
    path: String,
    query: String,
    request: Bytes,
}
