//! The validated body of `POST /runs/query`. Description: `BodyParamsForRunsQuerySchema`; the limit is 100, and one of
//! the ids is required.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::{Facts, Selection};
use crate::fql::{self, Filter};
use crate::json::{refused, time_of};
use crate::projects::Ledger;
use crate::reply::ApiError;

/// The raw body; unknown keys (such as `order_by`) are ignored, as on the platform.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Body {
    pub(in crate::routes) id: Option<Vec<Uuid>>,
    pub(in crate::routes) trace: Option<Uuid>,
    pub(in crate::routes) parent_run: Option<Uuid>,
    pub(in crate::routes) run_type: Option<RunType>,
    pub(in crate::routes) session: Option<Vec<Uuid>>,
    pub(in crate::routes) reference_example: Option<Vec<Uuid>>,
    pub(in crate::routes) start_time: Option<String>,
    pub(in crate::routes) end_time: Option<String>,
    pub(in crate::routes) error: Option<bool>,
    pub(in crate::routes) is_root: Option<bool>,
    pub(in crate::routes) query: Option<String>,
    pub(in crate::routes) search_filter: Option<String>,
    pub(in crate::routes) filter: Option<String>,
    pub(in crate::routes) trace_filter: Option<String>,
    pub(in crate::routes) tree_filter: Option<String>,
    pub(in crate::routes) cursor: Option<String>,
    pub(in crate::routes) limit: Option<i64>,
    pub(in crate::routes) select: Option<Vec<String>>,
    pub(in crate::routes) order: Option<Order>,
}

#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(in crate::routes) enum RunType {
    Tool,
    Chain,
    Llm,
    Retriever,
    Embedding,
    Prompt,
    Parser,
}

impl RunType {
    fn name(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Chain => "chain",
            Self::Llm => "llm",
            Self::Retriever => "retriever",
            Self::Embedding => "embedding",
            Self::Prompt => "prompt",
            Self::Parser => "parser",
        }
    }
}

/// The order by start time.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    Asc,
    Desc,
}

/// A validated query.
pub(crate) struct Query {
    pub(crate) sessions: Vec<Uuid>,
    pub(crate) limit: usize,
    pub(crate) order: Order,
    pub(crate) selection: Selection,
    pub(crate) cursor: Option<(OffsetDateTime, Uuid)>,
    ids: Option<Vec<Uuid>>,
    trace: Option<Uuid>,
    parent_run: Option<Uuid>,
    run_type: Option<&'static str>,
    reference_examples: Option<Vec<Uuid>>,
    since: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
    error: Option<bool>,
    is_root: Option<bool>,
    texts: Vec<String>,
    filter: Option<Filter>,
    trace_filter: Option<Filter>,
    tree_filter: Option<Filter>,
}

const MAX_LIMIT: usize = 100;

impl Body {
    /// Validates every field.
    pub(crate) fn check(self) -> Result<Query, ApiError> {
        let scoped = self.session.is_some()
            || self.id.is_some()
            || self.trace.is_some()
            || self.parent_run.is_some()
            || self.reference_example.is_some();
        if !scoped {
            let text = "At least one of 'session', 'id', 'parent_run', 'trace' or 'reference_example' must be specified";
            return Err(ApiError::BadRequest(text.to_owned()));
        }
        let selection = match &self.select {
            None => Selection::by_default(),
            Some(names) => {
                Selection::parse(names).map_err(|name| refused("select", &format!("unknown {name:?}")))?
            }
        };
        // A trace comes whole: the platform applies neither limit nor cursor to it.
        let whole = self.trace.is_some();
        let (limit, cursor) = (limit(self.limit)?, self.cursor.as_deref().map(read_cursor).transpose()?);
        Ok(Query {
            limit: if whole { usize::MAX } else { limit },
            order: self.order.unwrap_or(Order::Desc),
            selection,
            cursor: cursor.filter(|_| !whole),
            sessions: self.session.unwrap_or_default(),
            ids: self.id,
            trace: self.trace,
            parent_run: self.parent_run,
            run_type: self.run_type.map(RunType::name),
            reference_examples: self.reference_example,
            since: self.start_time.as_deref().map(|text| time_of("start_time", text)).transpose()?,
            until: self.end_time.as_deref().map(|text| time_of("end_time", text)).transpose()?,
            error: self.error,
            is_root: self.is_root,
            texts: [self.query, self.search_filter]
                .into_iter()
                .flatten()
                .map(|text| text.to_lowercase())
                .collect(),
            filter: filter("filter", self.filter.as_deref())?,
            trace_filter: filter("trace_filter", self.trace_filter.as_deref())?,
            tree_filter: filter("tree_filter", self.tree_filter.as_deref())?,
        })
    }
}

impl Query {
    /// Whether a run matches the query. `start_time` and `end_time` bound the run's start.
    pub(crate) fn keeps(&self, run: &Facts, ledger: &Ledger) -> bool {
        self.keeps_itself(run) && self.keeps_tree(run, ledger)
    }

    fn keeps_itself(&self, run: &Facts) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(&run.id))
            && self.trace.is_none_or(|trace| run.trace == trace)
            && self.parent_run.is_none_or(|parent| run.parent == Some(parent))
            && self.run_type.is_none_or(|run_type| run.run_type == run_type)
            && self.reference_examples.as_ref().is_none_or(|examples| {
                run.reference_example.is_some_and(|example| examples.contains(&example))
            })
            && self.since.is_none_or(|since| run.start >= since)
            && self.until.is_none_or(|until| run.start <= until)
            && self.error.is_none_or(|error| run.error.is_some() == error)
            && self.is_root.is_none_or(|root| run.parent.is_none() == root)
            && self.texts.iter().all(|text| run.text.contains(text))
            && self.filter.as_ref().is_none_or(|filter| fql::matches(filter, run))
    }

    /// `trace_filter` applies to the root of the run's trace, `tree_filter` to any run of it.
    fn keeps_tree(&self, run: &Facts, ledger: &Ledger) -> bool {
        let tree = || ledger.trace(run.trace).iter().map(|run| &run.facts);
        let root = |filter| tree().any(|run| run.parent.is_none() && fql::matches(filter, run));
        let any = |filter| tree().any(|run| fql::matches(filter, run));
        self.trace_filter.as_ref().is_none_or(root) && self.tree_filter.as_ref().is_none_or(any)
    }
}

fn limit(limit: Option<i64>) -> Result<usize, ApiError> {
    let Some(limit) = limit else { return Ok(MAX_LIMIT) };
    match usize::try_from(limit) {
        Ok(limit @ 1..=MAX_LIMIT) => Ok(limit),
        Ok(1..) => Err(ApiError::BadRequest(format!("Limit exceeds maximum allowed value of {MAX_LIMIT}"))),
        _ => Err(ApiError::BadRequest("Limit must be at least 1".to_owned())),
    }
}

fn filter(name: &str, text: Option<&str>) -> Result<Option<Filter>, ApiError> {
    let parsed = text.map(fql::parse).transpose();
    parsed.map_err(|error| ApiError::BadRequest(format!("Invalid {name}: {error}")))
}

/// Parses a cursor from an earlier answer.
pub(in crate::routes) fn read_cursor(cursor: &str) -> Result<(OffsetDateTime, Uuid), ApiError> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (nanos, id) = text.split_once('|')?;
        let start = OffsetDateTime::from_unix_timestamp_nanos(nanos.parse().ok()?).ok()?;
        Some((start, Uuid::try_parse(id).ok()?))
    };
    read().ok_or_else(|| ApiError::BadRequest("Invalid cursor".to_owned()))
}
