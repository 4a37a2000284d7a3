//! The walk through all matching runs, page by page: the runs of a call, and the place for the next call.

use langsmith::{Order, Run, RunCursor};

use super::cursor::{Cursor, Subject};
use super::fetch::Page;
use super::request::Request;
use super::resume_point::{DeliveredRun, ResumePoint, parse_time};
use super::window;
use crate::toolset::arguments::period::Period;

/// The runs of the fetched pages.
pub(super) struct Walk<'p> {
    /// In LangSmith's order, including those delivered before.
    runs: Vec<Run<'p>>,
    /// The start of each page, and its number of runs.
    pages: Vec<(&'p RunCursor, usize)>,
    next: Option<RunCursor>,
    delivered: usize,
    /// The last run delivered by an earlier call.
    seen: Option<DeliveredRun>,
}

impl<'p> Walk<'p> {
    /// Continues behind `place`, or begins with the first run.
    pub(super) fn new(pages: Vec<Page<'p>>, place: Option<&ResumePoint>, order: Order) -> Self {
        let mut walk = Self { runs: Vec::new(), pages: Vec::new(), next: None, delivered: 0, seen: None };
        for (start, batch) in pages {
            // A cursor that does not advance would lead back to its own page, for ever.
            walk.next = batch.next().filter(|next| *next != start).cloned();
            walk.pages.push((start, batch.runs.len()));
            if walk.runs.is_empty() {
                walk.runs = batch.runs;
            } else {
                walk.runs.extend(batch.runs);
            }
        }
        walk.delivered = place.map_or(0, |place| place.resume(&walk.runs, order));
        walk.seen = place.and_then(|place| place.seen.clone());
        walk
    }

    /// The last of the first `index` runs.
    fn last(&self, index: usize) -> Option<DeliveredRun> {
        DeliveredRun::of(self.runs.get(..index).unwrap_or(&self.runs))
    }

    /// The next runs, at most `limit`.
    pub(super) fn next_runs(&self, limit: u32) -> Vec<&Run<'p>> {
        self.runs.iter().skip(self.delivered).take(limit as usize).collect()
    }

    /// The window for the rest of the walk: runs newer than the first one stay outside.
    pub(super) fn window(&self, window: Period, order: Order) -> Period {
        let first = self.runs.first().filter(|_| order == Order::Desc);
        first
            .and_then(|run| parse_time(run.start_time?))
            .map_or(window, |newest| window::until(window, newest))
    }

    /// The place after `count` more runs; `None` at the end.
    pub(super) fn place(&self, count: usize) -> Option<ResumePoint> {
        let mut index = self.delivered + count;
        let seen = if count > 0 { self.last(index) } else { self.seen.clone() };
        for (start, length) in &self.pages {
            if index < *length {
                return Some(ResumePoint { at: (*start).clone(), index, seen });
            }
            index -= length;
        }
        self.next.clone().map(|at| ResumePoint { at, index: 0, seen })
    }
}

/// The cursor for the client; `None` at the end, and where the runs are ordered here: such an order ends with the
/// fetched runs.
pub(super) fn next_cursor(
    walk: &Walk<'_>,
    request: &Request,
    (window, projects): (Period, &[String]),
    count: usize,
) -> Option<String> {
    if !request.order.is_upstream() {
        return None;
    }
    let subject = Subject::new(&request.subject(), projects);
    walk.place(count).map(|place| Cursor { place, end: window.end, subject }.write())
}
