//! Reads the calls of a thread, newest first, as far as the limits allow. The last calls repeat the messages of the
//! first ones: if a thread is too long to be read whole, the least is missing.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use langsmith::filter::literal;
use langsmith::{Received, Run, RunQuery, UpstreamError, WorkspaceClient};
use time::{Duration, OffsetDateTime};

use super::archive::Archive;
use super::conversation::{Conversation, Message};
use super::messages;
use super::request::Request;
use crate::toolset::{CallError, iso};
use crate::toolsets::langsmith::runs::fetch_runs::cursor::{Cursor, Subject};
use crate::toolsets::langsmith::runs::fetch_runs::resume_point::{ResumePoint, parse_time};

/// The maximum number of queries for one answer. LangSmith allows few of them (three in ten seconds without a window).
const MAX_QUERIES: usize = 10;

/// The maximum number of calls in one query.
const PAGE: u32 = 100;

/// The maximum size of all held messages, in bytes.
const MAX_HELD: usize = 16 * 1024 * 1024;

/// The columns of a query.
const SELECT: [&str; 5] = ["id", "inputs", "outputs", "start_time", "trace_id"];

/// The calls of a thread, newest first.
#[derive(Default)]
pub(super) struct Thread {
    calls: Vec<Call>,
    archive: Archive,
    /// The cursor for the client, if there are older calls.
    pub(super) next: Option<String>,
    /// The start of the search, if the call has none.
    pub(super) since: Option<String>,
}

struct Call {
    turn: u64,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
}

impl Thread {
    /// Reads the thread of a project. A limit reached after the first page ends the reading without an error.
    pub(super) async fn read(
        caller: &WorkspaceClient<'_>,
        project: String,
        request: &Request,
    ) -> Result<Self, CallError> {
        let (mut thread, mut projects, filter) = (Self::default(), vec![project], filter(&request.thread));
        let begun = request.cursor.as_ref();
        if let Some(cursor) = begun {
            projects = cursor.projects(caller, projects).await?;
        }
        let mut latest = begun.map_or(request.period.end, |cursor| cursor.end);
        let (start, end) = (request.period.start.map(iso::rfc3339), latest.map(iso::rfc3339));
        let mut query = RunQuery {
            projects: &projects,
            run_type: Some("llm"),
            filter: Some(&filter),
            start_time: start.as_deref(),
            end_time: end.as_deref(),
            limit: PAGE,
            select: &SELECT,
            cursor: begun.map(|cursor| cursor.place.at.clone()),
            ..RunQuery::default()
        };
        for _ in 0..MAX_QUERIES {
            let page = match caller.runs(&query).await {
                Ok(page) => page,
                Err(UpstreamError::TooLarge) if query.limit > 1 => {
                    query.limit = (query.limit / 5).max(1);
                    continue;
                }
                Err(error) if thread.can_do_without(&error) => break,
                Err(error) => {
                    if error.is_not_found() {
                        // A deleted project may exist again under its name.
                        caller.forget_project(&request.project);
                    }
                    return Err(if begun.is_none() {
                        CallError::without_cursor(error)
                    } else {
                        error.into()
                    });
                }
            };
            if thread.since.is_none() {
                thread.since = page.since().map(str::to_owned);
            }
            let batch = page.split()?;
            if begun.is_none() && thread.is_empty() {
                latest = until_newest(&batch.runs, latest);
            }
            for run in &batch.runs {
                thread.add(run);
            }
            let next = batch.next().cloned().filter(|next| query.cursor.as_ref() != Some(next));
            if next.is_none() {
                return Ok(thread);
            }
            query.cursor = next;
            if thread.archive.size() > MAX_HELD {
                break;
            }
        }
        let place = query.cursor.map(ResumePoint::start);
        // A project may have been created anew since its id was cached: the calls are those of the new one then.
        let read = caller.current_projects(&projects).unwrap_or(projects);
        let subject = Subject::new(&request.subject(), &read);
        thread.next = place.map(|place| Cursor { place, end: latest, subject }.write());
        Ok(thread)
    }

    /// Whether a later page may be missing. A refused credential or an outage fails the whole answer.
    fn can_do_without(&self, error: &UpstreamError) -> bool {
        let limit = matches!(
            error,
            UpstreamError::RateLimited { .. } | UpstreamError::Timeout | UpstreamError::TooLarge
        );
        limit && !self.is_empty()
    }

    fn add(&mut self, run: &Run<'_>) {
        let mut keep = |messages: Vec<Cow<'_, str>>| {
            messages.iter().map(|message| self.archive.keep(message)).collect::<Vec<_>>()
        };
        let (inputs, outputs) = (
            keep(messages::inputs(run.inputs.map(Received::get))),
            keep(messages::outputs(run.outputs.map(Received::get))),
        );
        let turn = turn_number(run.trace_id.or(run.id));
        self.calls.push(Call { turn, inputs, outputs });
    }

    /// Whether there is no call.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The number of calls read.
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// The messages, oldest first, without the repetitions of the thread.
    pub(super) fn messages(&self) -> Vec<Arc<str>> {
        let mut conversation = Conversation::default();
        let shown =
            self.calls.iter().rev().flat_map(|call| conversation.add(call.turn, &call.inputs, &call.outputs));
        shown.map(|message| self.archive.text(message)).collect()
    }
}

/// The end of the window for the next call: runs newer than the first one stay outside and shift nothing.
fn until_newest(runs: &[Run<'_>], end: Option<OffsetDateTime>) -> Option<OffsetDateTime> {
    let newest = runs.first().and_then(|run| parse_time(run.start_time?));
    let behind = newest.map(|newest| newest.saturating_add(Duration::MICROSECOND));
    behind.into_iter().chain(end).min()
}

/// The runs with the thread's id, under any of LangSmith's grouping keys.
fn filter(thread: &str) -> String {
    const KEYS: &str = r#"["session_id","conversation_id","thread_id"]"#;
    format!("and(in(metadata_key, {KEYS}), eq(metadata_value, {}))", literal(thread))
}

/// A hash that identifies a turn.
fn turn_number(id: Option<Received<'_>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.map(Received::get).hash(&mut hasher);
    hasher.finish()
}
