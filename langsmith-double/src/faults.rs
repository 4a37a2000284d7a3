//! Faults on demand: the ways in which an upstream misbehaves. Public report: 429 comes without `Retry-After`
//! (`langchain-ai/langsmith-sdk` issue 2032). Faults observed on LangSmith itself name their source below; the others
//! happen to any server.

use std::sync::Mutex;
use std::time::Duration;

use axum::http::Method;

use crate::shelf::lock;

/// A fault rule: which requests misbehave, how, and how often.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The method; `None` means every method.
    pub method: Option<Method>,
    /// Part of the path, for example `/runs/query`; empty means every path.
    pub path_contains: String,
    /// How such a request misbehaves.
    pub kind: FaultKind,
    /// How many requests it hits; `None` means until [`crate::Handle::clear_faults`].
    pub times: Option<u32>,
}

/// How a request misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Answered with this status and an error body in the platform's style.
    Status(u16),
    /// Answered 429, with `Retry-After` if given.
    RateLimited {
        /// The seconds in `Retry-After`.
        retry_after_secs: Option<u64>,
    },
    /// Answered properly, but after this delay.
    Slow(Duration),
    /// Never answered; ends when the client goes away or the double stops.
    Hang,
    /// The connection is closed without an answer; the request is not carried out.
    Drop,
    /// The request is carried out, then the connection is closed without an answer.
    AnswerLost,
    /// Of a batch of examples or runs, the new ones are stored; the answer is 409 all the same, and names the existing
    /// ones.
    PartlyStored,
    /// A batch of runs is accepted, and the answer reports errors for every second run, as LangChain's
    /// `langsmith-data-migration-tool` expects. Assumed: their form.
    Reports {
        /// Whether those runs are not stored.
        left_out: bool,
    },
    /// Answered 200 with truncated JSON.
    Malformed,
    /// Answered 200 with a valid JSON body of at least this many bytes, streamed without a `Content-Length`.
    Oversized(u64),
    /// Answered 200 with an HTML page, as by a proxy in between.
    Html,
    /// Answered 403 with an HTML page, as by a firewall in between. Public report: LangChain's
    /// `langsmith-data-migration-tool`, version 0.0.83.
    Blocked,
}

/// Request extension for [`FaultKind::PartlyStored`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Partly;

/// Request extension for [`FaultKind::Reports`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reports {
    pub(crate) left_out: bool,
}

/// The rules in force; the first match wins.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.0).push(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// The fault for this request; removes a rule that is used up.
    pub(crate) fn take_fault(&self, method: &Method, path: &str) -> Option<FaultKind> {
        let mut rules = lock(&self.0);
        let hits = |rule: &Fault| {
            rule.times != Some(0)
                && rule.method.as_ref().is_none_or(|wanted| wanted == method)
                && path.contains(&rule.path_contains)
        };
        let rule = rules.iter_mut().find(|rule| hits(rule))?;
        rule.times = rule.times.map(|times| times - 1);
        let kind = rule.kind;
        rules.retain(|rule| rule.times != Some(0));
        Some(kind)
    }
}
