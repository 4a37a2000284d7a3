//! A position in the walk through all runs: a page of LangSmith's, and the delivered part of it.

use std::borrow::Cow;

use langsmith::{Order, Received, Run, RunCursor};

use super::value::text;
use crate::toolset::iso;

/// The position after the last delivered run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResumePoint {
    /// The page of the next run.
    pub(crate) at: RunCursor,
    /// The number of its delivered runs.
    pub(crate) index: usize,
    /// The last delivered run. At the beginning of a page it is from an earlier page: runs stored late may have pushed
    /// it from there onto this one.
    pub(crate) seen: Option<DeliveredRun>,
}

/// A delivered run, by which its position is found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliveredRun {
    pub(crate) id: String,
    /// Its start in microseconds since the Unix epoch.
    pub(crate) start: Option<i64>,
    /// Runs delivered before it with the same start, the last ones first: if it is deleted, its time alone does not
    /// tell them from those to come.
    pub(crate) same_start: Vec<String>,
}

/// The maximum number of such runs in a cursor, which has to stay short.
pub(super) const MAX_SAME_START: usize = 16;

impl ResumePoint {
    /// The beginning of a page.
    pub(crate) fn start(at: RunCursor) -> Self {
        Self { at, index: 0, seen: None }
    }

    /// The number of delivered ones among `runs`, the same page read again.
    ///
    /// LangSmith stores runs late and deletes old ones, and both shift a page. So the run counts and not its index. If
    /// it is gone or was pushed off the page, the start times decide which runs precede it. If a page has it twice, the
    /// index decides: otherwise the walk would never get past the second one.
    pub(super) fn resume(&self, runs: &[Run<'_>], order: Order) -> usize {
        let Some(seen) = &self.seen else { return self.index.min(runs.len()) };
        let place = |id: &String| {
            let is_it = |run: &Run<'_>| run.id.and_then(text).is_some_and(|own| own == *id);
            let places = runs.iter().enumerate().filter(|(_, run)| is_it(run)).map(|(at, _)| at);
            places.min_by_key(|at| self.index.abs_diff(at + 1))
        };
        if let Some(at) = std::iter::once(&seen.id).chain(&seen.same_start).find_map(place) {
            return at + 1;
        }
        let is_before = |run: &Run<'_>| match (start(run).zip(seen.start), order) {
            (Some((run, seen)), Order::Desc) => run > seen,
            (Some((run, seen)), Order::Asc) => run < seen,
            (None, _) => false,
        };
        runs.iter().take_while(|run| is_before(run)).count()
    }
}

impl DeliveredRun {
    /// The last of the `delivered` runs; `None` if there is none, or it has no id.
    pub(super) fn of(delivered: &[Run<'_>]) -> Option<Self> {
        let (last, before) = delivered.split_last()?;
        let id = |run: &Run<'_>| run.id.and_then(text).map(Cow::into_owned);
        let moment = start(last);
        let same_start = before.iter().rev().take_while(|run| moment.is_some() && start(run) == moment);
        let same_start = same_start.filter_map(id).take(MAX_SAME_START).collect();
        Some(Self { id: id(last)?, start: moment, same_start })
    }
}

fn start(run: &Run<'_>) -> Option<i64> {
    let moment = parse_time(run.start_time?)?;
    i64::try_from(moment.unix_timestamp_nanos() / 1000).ok()
}

/// A time from LangSmith.
pub(crate) fn parse_time(raw: Received<'_>) -> Option<time::OffsetDateTime> {
    iso::parse_time(&text(raw)?)
}

#[cfg(test)]
mod tests {
    use langsmith::Backend;
    use serde_json::value::RawValue;

    use super::*;

    const FIRST: RunCursor = RunCursor { backend: Backend::V1, after: None };

    /// Runs with one-letter ids; the second character is the second of their start.
    fn runs(text: &str) -> Vec<Box<RawValue>> {
        let run = |word: &str| {
            let (id, second) = word.split_at(1);
            let json = format!(r#"{{"id":"{id}","start_time":"2026-01-01T00:00:0{second}.000000"}}"#);
            RawValue::from_string(json).unwrap()
        };
        text.split(' ').map(run).collect()
    }

    fn resume(place: &ResumePoint, text: &str, order: Order) -> usize {
        let raw = runs(text);
        let runs: Vec<Run<'_>> = raw.iter().map(|raw| serde_json::from_str(raw.get()).unwrap()).collect();
        place.resume(&runs, order)
    }

    fn behind(words: &str, index: usize) -> ResumePoint {
        let raw = runs(words);
        let runs: Vec<Run<'_>> = raw.iter().map(|raw| serde_json::from_str(raw.get()).unwrap()).collect();
        ResumePoint { at: FIRST, index, seen: DeliveredRun::of(&runs) }
    }

    #[test]
    fn the_run_is_found_wherever_it_went() {
        for (page, expected) in [("a5 b4 c3 d2", 2), ("x5 a5 b4 c3", 3), ("b4 c3 d2 e1", 1)] {
            assert_eq!(resume(&behind("b4", 2), page, Order::Desc), expected, "{page}");
        }
    }

    #[test]
    fn a_run_that_is_gone_is_missed_by_nobody() {
        assert_eq!(resume(&behind("b4", 2), "a5 c3 d2", Order::Desc), 1);
        assert_eq!(resume(&behind("b4", 2), "w9 x8 y7 z6", Order::Desc), 4);
        assert_eq!(resume(&behind("b4", 2), "a3 c5 d6", Order::Asc), 1);
        assert_eq!(resume(&behind("b4", 2), "c4 d3", Order::Desc), 0);
    }

    #[test]
    fn runs_of_one_moment_come_once_though_the_last_one_is_gone() {
        let place = behind("a5 b4 c4 d4", 4);
        for order in [Order::Desc, Order::Asc] {
            for (page, expected) in [("a5 b4 c4 e4 f3", 3), ("b4 e4", 1), ("a5 c4 d4 e4", 3)] {
                assert_eq!(resume(&place, page, order), expected, "{page}");
            }
        }
        assert_eq!(place.seen.unwrap().same_start, ["c", "b"]);
    }

    #[test]
    fn only_the_last_runs_of_a_moment_are_kept() {
        let many: Vec<String> = ('A'..='Z').map(|id| format!("{id}4")).collect();
        let seen = behind(&many.join(" "), 26).seen.unwrap();
        assert_eq!((seen.id.as_str(), seen.same_start.len()), ("Z", MAX_SAME_START));
        assert_eq!(seen.same_start[0], "Y");
    }

    #[test]
    fn a_run_that_was_pushed_onto_the_next_page_is_found_there() {
        let place = behind("b4", 0);
        for (page, expected) in [("c3 d2", 0), ("a5 b4 c3", 2), ("b4 c3", 1), ("a5 c3", 1)] {
            assert_eq!(resume(&place, page, Order::Desc), expected, "{page}");
        }
    }

    #[test]
    fn a_run_that_is_there_twice_is_passed_twice() {
        let page = "x5 a4 b4 a4 c3 d2";
        assert_eq!(resume(&behind("x5 a4", 2), page, Order::Desc), 2);
        assert_eq!(resume(&behind("x5 a4 b4 a4", 4), page, Order::Desc), 4);
        assert_eq!(resume(&behind("a4", 0), page, Order::Desc), 2);
    }

    #[test]
    fn a_page_from_its_start_needs_no_run() {
        assert_eq!(resume(&ResumePoint::start(FIRST), "a5 b4", Order::Desc), 0);
        let place = ResumePoint { at: FIRST, index: 9, seen: None };
        assert_eq!(resume(&place, "a5 b4", Order::Desc), 2);
    }
}
