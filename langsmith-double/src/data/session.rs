//! A project or experiment, serialized once with and once without statistics. Description: `TracerSession` and
//! `RunStats`. Assumed: the numbers are those of the root runs. Assumed: without `include_stats` they are null.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::feedback::{Feedback, stats as feedback_stats};
use super::ids::sample_id;
use super::moment::{dollars, local};
use super::run::{Facts, Run};

/// A project as the sample data describes it.
pub(crate) struct ProjectDraft {
    pub(crate) workspace: Uuid,
    pub(crate) name: String,
    pub(crate) description: Option<&'static str>,
    pub(crate) started: OffsetDateTime,
    pub(crate) metadata: Value,
    pub(crate) reference_dataset: Option<Uuid>,
}

/// A stored project. A change of it or of its runs must be followed by [`refresh`](Session::refresh).
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) started: OffsetDateTime,
    pub(crate) ended: Option<OffsetDateTime>,
    /// Free-form properties, among them the metadata.
    pub(crate) extra: Value,
    pub(crate) reference_dataset: Option<Uuid>,
    /// The number of an experiment on its dataset, from 1.
    pub(crate) number: Option<usize>,
    pub(crate) stats: Stats,
    /// The feedback on the project itself.
    pub(crate) marks: Feedback,
    plain: Box<str>,
    with_stats: Box<str>,
}

/// The statistics of a project's runs.
#[derive(Default)]
pub(crate) struct Stats {
    runs: usize,
    pub(crate) latency_p50: Option<f64>,
    pub(crate) latency_p99: Option<f64>,
    pub(crate) error_rate: Option<f64>,
    pub(crate) last_run_start: Option<OffsetDateTime>,
    first_token_p50: Option<f64>,
    first_token_p99: Option<f64>,
    prompt_tokens: u64,
    completion_tokens: u64,
    prompt_cost_nanos: u64,
    completion_cost_nanos: u64,
    feedback: Map<String, Value>,
}

impl Session {
    /// Stores a project with the statistics of its runs.
    pub(crate) fn new(draft: ProjectDraft, runs: &[Arc<Run>]) -> Self {
        let id = sample_id(&format!("project:{}", draft.name));
        let mut session = Self::bare(id, draft.workspace, draft.name, draft.started);
        session.description = draft.description.map(str::to_owned);
        session.ended = draft.reference_dataset.map(|_| draft.started + time::Duration::minutes(10));
        session.extra = json!({"metadata": draft.metadata});
        session.reference_dataset = draft.reference_dataset;
        session.number = draft.reference_dataset.map(|_| 1);
        session.refresh(runs);
        session
    }

    /// A project with only a name; call [`refresh`](Session::refresh) once the rest is set.
    pub(crate) fn bare(id: Uuid, workspace: Uuid, name: String, started: OffsetDateTime) -> Self {
        Self {
            id,
            workspace,
            name,
            description: None,
            started,
            ended: None,
            extra: Value::Null,
            reference_dataset: None,
            number: None,
            stats: Stats::default(),
            marks: Feedback::new(),
            plain: Box::default(),
            with_stats: Box::default(),
        }
    }

    /// Recomputes the statistics and both serialized forms.
    pub(crate) fn refresh(&mut self, runs: &[Arc<Run>]) {
        self.stats = Stats::of(runs);
        let base = json!({
            "id": self.id,
            "tenant_id": self.workspace,
            "name": self.name,
            "description": self.description,
            "start_time": local(self.started),
            "end_time": self.ended.map(local),
            "extra": self.extra,
            "default_dataset_id": null,
            "reference_dataset_id": self.reference_dataset,
            "trace_tier": "longlived",
            "test_run_number": self.number,
        });
        let with = |fields: Value| merged(&base, fields).to_string().into_boxed_str();
        self.plain = with(Stats::none());
        let marks = feedback_stats(std::iter::once(&self.marks));
        self.with_stats = with(merged(&self.stats.wire(), json!({ "session_feedback_stats": marks })));
    }

    /// The metadata; null without any.
    pub(crate) fn metadata(&self) -> &Value {
        self.extra.get("metadata").unwrap_or(&Value::Null)
    }

    /// The serialized project.
    pub(crate) fn json(&self, include_stats: bool) -> &str {
        if include_stats { &self.with_stats } else { &self.plain }
    }
}

impl Stats {
    /// The statistics of a project, which are those of its root runs.
    pub(crate) fn of(runs: &[Arc<Run>]) -> Self {
        Self::over(runs, |run| run.parent.is_none())
    }

    /// Statistics of the runs that `counts` accepts; the last start and the times to the first token are those of all
    /// runs.
    pub(crate) fn over(runs: &[Arc<Run>], counts: fn(&Facts) -> bool) -> Self {
        if runs.is_empty() {
            return Self::default();
        }
        let facts = || runs.iter().map(|run| &run.facts);
        let roots = || facts().filter(|run| counts(run));
        let latencies = sorted(roots().filter(|run| !run.pending).map(Facts::latency));
        let waits = sorted(facts().filter_map(|run| Some((run.first_token? - run.start).as_seconds_f64())));
        let failed = roots().filter(|run| run.error.is_some()).count();
        Self {
            runs: roots().count(),
            latency_p50: quantile(&latencies, 50),
            latency_p99: quantile(&latencies, 99),
            error_rate: Some(ratio(failed, roots().count())),
            last_run_start: facts().map(|run| run.start).max(),
            first_token_p50: quantile(&waits, 50),
            first_token_p99: quantile(&waits, 99),
            prompt_tokens: roots().map(|run| run.prompt_tokens).sum(),
            completion_tokens: roots().map(|run| run.completion_tokens).sum(),
            prompt_cost_nanos: roots().map(|run| run.prompt_cost_nanos).sum(),
            completion_cost_nanos: roots().map(|run| run.completion_cost_nanos).sum(),
            feedback: feedback_stats(roots().map(|run| &run.feedback)),
        }
    }

    fn wire(&self) -> Value {
        let cost = |nanos| (self.runs > 0).then(|| dollars(nanos));
        json!({
            "run_count": self.runs,
            "latency_p50": self.latency_p50,
            "latency_p99": self.latency_p99,
            "first_token_p50": self.first_token_p50,
            "first_token_p99": self.first_token_p99,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_cost": cost(self.prompt_cost_nanos + self.completion_cost_nanos),
            "prompt_cost": cost(self.prompt_cost_nanos),
            "completion_cost": cost(self.completion_cost_nanos),
            "last_run_start_time": self.last_run_start.map(local),
            "last_run_start_time_live": null,
            "feedback_stats": self.feedback,
            "session_feedback_stats": {},
            "run_facets": [],
            "error_rate": self.error_rate,
            "streaming_rate": 0.0,
            "experiment_progress": null,
        })
    }

    /// `RunStats`: the same statistics, with costs as numbers.
    pub(crate) fn numbers(&self) -> Value {
        let mut wire = self.wire();
        for name in ["total_cost", "prompt_cost", "completion_cost"] {
            let cost = wire.get(name).and_then(Value::as_str).and_then(|text| text.parse::<f64>().ok());
            if let Some(members) = wire.as_object_mut() {
                members.insert(name.to_owned(), json!(cost));
            }
        }
        wire
    }

    /// The statistics without `include_stats`: the same keys, all null.
    fn none() -> Value {
        let Value::Object(fields) = Self::default().wire() else { return Value::Null };
        fields.into_iter().map(|(key, _)| (key, Value::Null)).collect::<Map<_, _>>().into()
    }
}

fn merged(base: &Value, fields: Value) -> Value {
    let mut all = base.clone();
    if let (Value::Object(all), Value::Object(fields)) = (&mut all, fields) {
        all.extend(fields);
    }
    all
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn quantile(sorted: &[f64], percent: usize) -> Option<f64> {
    sorted.get((sorted.len().saturating_sub(1)) * percent / 100).copied()
}

fn ratio(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    number(part) / number(whole)
}
