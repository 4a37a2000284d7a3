//! From the short description of a run to a stored one: derived ids, times, costs and the wire form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::feedback::{Mark, stats};
use super::ids::sample_id;
use super::moment::{compact, dollars, local};
use super::run::{Facts, Run};

/// Prices of the sample model, in billionths of a dollar per token.
const PROMPT_PRICE: u64 = 150;
const COMPLETION_PRICE: u64 = 600;

/// A run as the sample data describes it.
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) run_type: &'static str,
    /// The position of the parent in the trace; `None` for the root.
    pub(crate) parent: Option<usize>,
    /// The start, in milliseconds after that of the trace.
    pub(crate) starts_ms: i64,
    pub(crate) lasts_ms: i64,
    pub(crate) inputs: Value,
    pub(crate) outputs: Value,
    pub(crate) error: Option<&'static str>,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
}

/// The properties shared by the runs of one trace.
pub(crate) struct Trace<'a> {
    pub(crate) workspace: Uuid,
    pub(crate) project: &'a str,
    pub(crate) number: usize,
    pub(crate) began: OffsetDateTime,
    pub(crate) tags: Vec<String>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) feedback: BTreeMap<String, f64>,
    pub(crate) reference_example: Option<Uuid>,
    pub(crate) reference_dataset: Option<Uuid>,
}

impl Trace<'_> {
    /// Turns the drafts into stored runs; the first is the root, and a parent comes before its children.
    pub(crate) fn finish(&self, mut drafts: Vec<Draft>) -> Vec<Run> {
        add_up(&mut drafts);
        let ids: Vec<Uuid> = (0..drafts.len()).map(|at| self.run_id(at)).collect();
        let mut lines: Vec<Line> = Vec::with_capacity(drafts.len());
        for (at, draft) in drafts.iter().enumerate() {
            let parent = draft.parent.and_then(|parent| lines.get(parent));
            let line =
                Line::below(parent, self.began + Duration::milliseconds(draft.starts_ms), self.run_id(at));
            lines.push(line);
        }
        let children = |at: usize| -> Vec<Uuid> {
            let below = drafts.iter().enumerate().filter(|(_, draft)| draft.parent == Some(at));
            below.filter_map(|(child, _)| ids.get(child).copied()).collect()
        };
        let children: Vec<Vec<Uuid>> = (0..drafts.len()).map(children).collect();
        let stored = drafts.into_iter().zip(lines).zip(children).enumerate();
        stored.map(|(at, ((draft, line), children))| self.store(at, draft, &line, &children)).collect()
    }

    fn run_id(&self, at: usize) -> Uuid {
        sample_id(&format!("run:{}:{}:{at}", self.project, self.number))
    }

    fn store(&self, at: usize, draft: Draft, line: &Line, children: &[Uuid]) -> Run {
        let session = sample_id(&format!("project:{}", self.project));
        let root = at == 0;
        let (inputs, outputs) = (draft.inputs, draft.outputs);
        let facts = Facts {
            id: self.run_id(at),
            trace: self.run_id(0),
            parent: line.parents.last().copied(),
            text: search_text(&draft.name, &inputs, &outputs, draft.error),
            name: draft.name,
            run_type: draft.run_type,
            start: line.start,
            end: line.start + Duration::milliseconds(draft.lasts_ms),
            pending: false,
            error: draft.error.map(str::to_owned),
            tags: self.tags.clone(),
            metadata: self.metadata.clone(),
            feedback: self
                .feedback
                .iter()
                .filter(|_| root)
                .map(|(key, score)| (key.clone(), vec![Mark::sample(*score)]))
                .collect(),
            prompt_tokens: draft.prompt_tokens,
            completion_tokens: draft.completion_tokens,
            prompt_cost_nanos: draft.prompt_tokens * PROMPT_PRICE,
            completion_cost_nanos: draft.completion_tokens * COMPLETION_PRICE,
            first_token: (draft.run_type == "llm")
                .then(|| line.start + Duration::milliseconds(draft.lasts_ms / 4)),
            execution_order: u32::try_from(at + 1).unwrap_or(u32::MAX),
            reference_example: self.reference_example.filter(|_| root),
        };
        let mut values = wire(&facts, session, self.workspace);
        let preview = |value: &Value| json!(value.to_string().chars().take(150).collect::<String>());
        values.insert("inputs_preview".into(), preview(&inputs));
        values.insert("outputs_preview".into(), preview(&outputs));
        values.insert("messages".into(), inputs.get("messages").cloned().unwrap_or(Value::Null));
        values.insert("inputs".into(), inputs);
        values.insert("outputs".into(), outputs);
        values.insert("dotted_order".into(), json!(line.dotted_order));
        values.insert("parent_run_ids".into(), json!(line.parents));
        values.insert("child_run_ids".into(), json!(children));
        values.insert("reference_dataset_id".into(), json!(self.reference_dataset));
        Run::new(facts, &values)
    }
}

/// Adds tokens to the ancestors: the platform reports for a run the tokens of its whole subtree.
fn add_up(drafts: &mut [Draft]) {
    for at in (0..drafts.len()).rev() {
        let Some(draft) = drafts.get(at) else { continue };
        let (parent, prompt, completion) = (draft.parent, draft.prompt_tokens, draft.completion_tokens);
        if let Some(parent) = parent.and_then(|parent| drafts.get_mut(parent)) {
            parent.prompt_tokens += prompt;
            parent.completion_tokens += completion;
        }
    }
}

/// The position of a run in its tree.
struct Line {
    start: OffsetDateTime,
    id: Uuid,
    parents: Vec<Uuid>,
    dotted_order: String,
}

impl Line {
    fn below(parent: Option<&Self>, start: OffsetDateTime, id: Uuid) -> Self {
        let own = format!("{}{id}", compact(start));
        let Some(parent) = parent else { return Self { start, id, parents: Vec::new(), dotted_order: own } };
        let parents = parent.parents.iter().copied().chain([parent.id]).collect();
        Self { start, id, parents, dotted_order: format!("{}.{own}", parent.dotted_order) }
    }
}

fn search_text(name: &str, inputs: &Value, outputs: &Value, error: Option<&str>) -> String {
    format!("{name}\n{inputs}\n{outputs}\n{}", error.unwrap_or_default()).to_lowercase()
}

/// The fields derived from the facts.
pub(crate) fn wire(facts: &Facts, session: Uuid, workspace: Uuid) -> Map<String, Value> {
    let total = facts.prompt_tokens + facts.completion_tokens;
    let cost = |nanos| (total > 0).then(|| dollars(nanos));
    let feedback = stats(std::iter::once(&facts.feedback));
    let events = facts.first_token.map(|at| json!({"name": "new_token", "time": local(at)}));
    let fields = json!({
        "id": facts.id,
        "name": facts.name,
        "run_type": facts.run_type,
        "start_time": local(facts.start),
        "end_time": (!facts.pending).then(|| local(facts.end)),
        "status": facts.status(),
        "error": facts.error,
        "extra": {"metadata": facts.metadata, "runtime": {"sdk": "langsmith-py", "runtime": "python"}},
        "events": events.into_iter().collect::<Vec<_>>(),
        "parent_run_id": facts.parent,
        "session_id": session,
        "reference_example_id": facts.reference_example,
        "total_tokens": total,
        "prompt_tokens": facts.prompt_tokens,
        "completion_tokens": facts.completion_tokens,
        "total_cost": cost(facts.prompt_cost_nanos + facts.completion_cost_nanos),
        "prompt_cost": cost(facts.prompt_cost_nanos),
        "completion_cost": cost(facts.completion_cost_nanos),
        "first_token_time": facts.first_token.map(local),
        "trace_id": facts.trace,
        "feedback_stats": (!feedback.is_empty()).then_some(feedback),
        "tags": facts.tags,
        "in_dataset": false,
        "app_path": format!("/o/{workspace}/projects/p/{session}/r/{}?trace_id={}&start_time={}", facts.id, facts.trace, local(facts.start)),
        "trace_tier": "longlived",
        "trace_first_received_at": local(facts.start),
        "ttl_seconds": 34_560_000,
        "trace_upgrade": false,
        "thread_id": facts.thread(),
        "inserted_at": local(facts.end),
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
