//! What was asked of a LangSmith and what it answered. Headers are not kept, but for the media type of the answer: no
//! credential and no cookie is ever part of a recording.

mod proxy;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

pub(crate) use proxy::{ASKED_BY_SMOKE, RecordingProxy};

/// A request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// The step of the script that caused it.
    pub(crate) step: &'static str,
    pub(crate) asker: Asker,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) request: Bytes,
    pub(crate) answer: Answer,
    /// Whether the step was repeated because LangSmith did not show everything yet: such an exchange is kept, and not compared.
    pub(crate) is_early: bool,
}

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asker {
    /// The server under test.
    Product,
    /// The smoke itself, which prepares, looks into LangSmith, and deletes.
    Smoke,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// An answer of LangSmith's.
    Received { status: u16, media_type: String, body: Bytes },
    /// 501 by the proxy, in place of LangSmith's: the server under test is to use the other API for runs.
    Withheld,
    /// None, and why.
    None(&'static str),
}

impl Exchange {
    /// Whether it asks for runs, which LangSmith limits more than all else.
    fn is_query_of_runs(&self) -> bool {
        self.path.ends_with("/runs/query") && !matches!(self.answer, Answer::Withheld)
    }
}

/// Keeps the exchanges, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    step: &'static str,
    /// Where the step began.
    from: usize,
    exchanges: Vec<Exchange>,
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What comes from now on belongs to this step.
    pub(crate) fn begin(&self, step: &'static str) {
        let mut kept = self.lock();
        kept.step = step;
        kept.from = kept.exchanges.len();
    }

    /// The step is done again: what it has asked so far came too early.
    pub(crate) fn again(&self) {
        let mut kept = self.lock();
        let from = kept.from;
        for exchange in kept.exchanges.iter_mut().skip(from) {
            exchange.is_early = true;
        }
        kept.from = kept.exchanges.len();
    }

    /// How many queries for runs the step has caused since it began, or began again.
    pub(crate) fn queries(&self) -> u32 {
        let kept = self.lock();
        let queries = kept.exchanges.iter().skip(kept.from).filter(|exchange| exchange.is_query_of_runs());
        u32::try_from(queries.count()).unwrap_or(u32::MAX)
    }

    /// All of them.
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

/// The first half of an exchange.
struct Asked {
    asker: Asker,
    method: String,
    path: String,
    query: String,
    request: Bytes,
}
