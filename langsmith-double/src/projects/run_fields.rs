//! A run in a request of a tracing client: complete, at its start, or a later patch. Description: `runs.Run`.
//! Documentation: "Run (span) data format" has the form of `dotted_order`. Assumed: the required fields, and the
//! wording of refusals. Assumed: a preview is the first 150 characters.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::usage::Usage;
use crate::attachment::Attachment;
use crate::data::{Facts, Feedback, Run, moment, wire};
use crate::datasets::Json;
use crate::json::{refused, time_of};
use crate::reply::ApiError;

/// The maximum age of a run's start where the ingest window applies.
const WINDOW: Duration = Duration::DAY;

/// The maximum difference between the time in a `dotted_order` and the start of the run. LangChain's JavaScript SDK
/// 0.12.0 puts a counter of the runs of a process into these three digits; its Python SDK's own tests send 100 µs of
/// difference.
const DRIFT: Duration = Duration::MILLISECOND;

/// How many characters of inputs and outputs their previews have.
const PREVIEW: usize = 150;

const RUN_TYPES: [&str; 7] = ["tool", "chain", "llm", "retriever", "embedding", "prompt", "parser"];

/// `runs.Run` of the description. Unknown fields are ignored, as on the platform; null means absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RunFields {
    pub(crate) id: Option<Uuid>,
    pub(crate) name: Option<String>,
    pub(crate) run_type: Option<String>,
    pub(crate) start_time: Option<When>,
    pub(crate) end_time: Option<When>,
    pub(crate) trace_id: Option<Uuid>,
    pub(crate) dotted_order: Option<String>,
    pub(crate) parent_run_id: Option<Uuid>,
    pub(crate) session_id: Option<Uuid>,
    pub(crate) session_name: Option<String>,
    pub(crate) reference_example_id: Option<Uuid>,
    pub(crate) error: Option<String>,
    pub(crate) inputs: Option<Json>,
    pub(crate) outputs: Option<Json>,
    pub(crate) extra: Option<Json>,
    pub(crate) events: Option<Json>,
    pub(crate) serialized: Option<Json>,
    pub(crate) tags: Option<Vec<String>>,
    #[serde(skip)]
    pub(crate) attachments: Vec<Attachment>,
}

/// A time: a string, or the milliseconds since 1970 of JavaScript.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum When {
    Text(String),
    Millis(i64),
}

impl When {
    fn read(&self, field: &str) -> Result<OffsetDateTime, ApiError> {
        match self {
            Self::Text(text) => time_of(field, text),
            Self::Millis(millis) => {
                let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(*millis) * 1_000_000);
                at.map_err(|_| refused(field, "Input should be a valid datetime"))
            }
        }
    }
}

impl RunFields {
    /// The id, which is required.
    pub(crate) fn id(&self) -> Result<Uuid, ApiError> {
        self.id.ok_or_else(|| refused("id", "Field required"))
    }

    /// The start time, if present.
    pub(crate) fn start(&self) -> Result<Option<OffsetDateTime>, ApiError> {
        self.start_time.as_ref().map(|when| when.read("start_time")).transpose()
    }

    /// Refuses a run that began before the ingest window.
    pub(crate) fn check_window(&self, now: OffsetDateTime) -> Result<(), ApiError> {
        match self.start()? {
            Some(start) if now - start > WINDOW => {
                Err(refused("start_time", "must not lie more than 24 hours in the past"))
            }
            _ => Ok(()),
        }
    }

    /// The run to store.
    pub(crate) fn stored(
        mut self,
        workspace: Uuid,
        session: Uuid,
        now: OffsetDateTime,
    ) -> Result<Run, ApiError> {
        let id = self.id()?;
        let start = self.start()?.unwrap_or(now);
        let dotted_order = self.dotted_order(id, start)?;
        let run_type = self.run_type.as_deref().ok_or_else(|| refused("run_type", "Field required"))?;
        let run_type = RUN_TYPES.into_iter().find(|known| *known == run_type);
        let facts = Facts {
            id,
            trace: self.trace_id.unwrap_or(id),
            parent: self.parent_run_id,
            text: String::new(),
            name: self.name.take().ok_or_else(|| refused("name", "Field required"))?,
            run_type: run_type.ok_or_else(|| refused("run_type", "unknown run type"))?,
            start,
            end: start,
            pending: true,
            error: None,
            tags: Vec::new(),
            metadata: Map::new(),
            feedback: Feedback::new(),
            prompt_tokens: 0,
            completion_tokens: 0,
            prompt_cost_nanos: 0,
            completion_cost_nanos: 0,
            first_token: None,
            execution_order: 1,
            reference_example: None,
        };
        let mut values = wire(&facts, session, workspace);
        values.insert("parent_run_ids".into(), json!(ancestors(&dotted_order)));
        values.insert("dotted_order".into(), dotted_order.into());
        if self.extra.is_some() {
            values.remove("extra");
        }
        let mut run = Run::new(facts, &values);
        self.apply(&mut run)?;
        Ok(run)
    }

    /// Patches a run. Earlier values stay unless the patch has newer ones. LangChain's SDK sends its runtime in `extra`
    /// at the end too: the members of both, and those of their metadata, are merged. Assumed: the newer ones win.
    pub(crate) fn apply(&self, run: &mut Run) -> Result<(), ApiError> {
        if let Some(end) = self.end_time.as_ref().map(|when| when.read("end_time")).transpose()? {
            (run.facts.end, run.facts.pending) = (end, false);
            run.set("end_time", &json!(moment::local(end)).to_string());
        }
        if let Some(error) = &self.error {
            run.facts.error = Some(error.clone());
            run.set("error", &json!(error).to_string());
        }
        if let Some(name) = &self.name {
            run.facts.name.clone_from(name);
            run.set("name", &json!(name).to_string());
        }
        if let Some(tags) = &self.tags {
            run.facts.tags.clone_from(tags);
            run.set("tags", &json!(tags).to_string());
        }
        if let Some(example) = self.reference_example_id {
            run.facts.reference_example = Some(example);
            run.set("reference_example_id", &json!(example).to_string());
        }
        self.apply_json(run)?;
        run.set("status", &json!(run.facts.status()).to_string());
        run.facts.text = text_of(run);
        Ok(())
    }

    /// Refuses a patch that could not be applied later.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        self.end_time.as_ref().map(|when| when.read("end_time")).transpose()?;
        self.columns().map(|_| ())
    }

    /// The JSON columns that are present.
    fn columns(&self) -> Result<Vec<(&'static str, &str)>, ApiError> {
        let all = [
            ("inputs", &self.inputs, '{'),
            ("outputs", &self.outputs, '{'),
            ("events", &self.events, '['),
            ("serialized", &self.serialized, '{'),
            ("extra", &self.extra, '{'),
        ];
        let brought =
            all.into_iter().filter_map(|(column, json, opening)| Some((column, json.as_deref()?, opening)));
        brought.map(|(column, json, opening)| Ok((column, checked(column, json, opening)?))).collect()
    }

    fn apply_json(&self, run: &mut Run) -> Result<(), ApiError> {
        for (column, json) in self.columns()? {
            if column == "extra" {
                let whole = together(run.column(column), json);
                run.facts.metadata = metadata(&whole);
                run.set(column, &whole);
                run.set("thread_id", &json!(run.facts.thread()).to_string());
                continue;
            }
            run.set(column, json);
            let preview = match column {
                "inputs" => "inputs_preview",
                "outputs" => "outputs_preview",
                _ => continue,
            };
            let beginning: String = json.chars().take(PREVIEW).collect();
            run.set(preview, &json!(beginning).to_string());
        }
        if let Some(at) = self.events.as_deref().and_then(first_token) {
            run.facts.first_token = Some(at);
            run.set("first_token_time", &json!(moment::local(at)).to_string());
        }
        if self.extra.is_some() || self.outputs.is_some() {
            Usage::of(run).put(run);
        }
        Ok(())
    }

    fn dotted_order(&mut self, id: Uuid, start: OffsetDateTime) -> Result<String, ApiError> {
        let Some(order) = self.dotted_order.take() else {
            let own = format!("{}{id}", moment::compact(start));
            let is_root = self.parent_run_id.is_none();
            return is_root.then_some(own).ok_or_else(|| refused("dotted_order", "Field required"));
        };
        let last = order.rsplit('.').next().and_then(|own| own.strip_suffix(&id.to_string()));
        let at = last.and_then(moment::parse_compact);
        if at.is_none_or(|at| (at - start).abs() > DRIFT) {
            return Err(refused("dotted_order", "does not end with the run's start and id"));
        }
        let trace = self.trace_id.unwrap_or(id).to_string();
        match order.split('.').next() {
            Some(root) if root.ends_with(&trace) => Ok(order),
            _ => Err(refused("dotted_order", "does not begin with the trace")),
        }
    }
}

/// The ids of the ancestors, the root first.
fn ancestors(dotted_order: &str) -> Vec<&str> {
    let mut ids: Vec<&str> = dotted_order.split('.').filter_map(|own| Some(own.split_once('Z')?.1)).collect();
    ids.pop();
    ids
}

fn checked<'j>(field: &str, json: &'j RawValue, opening: char) -> Result<&'j str, ApiError> {
    let what = if opening == '{' { "an object" } else { "a list" };
    let fits = json.get().starts_with(opening);
    fits.then_some(json.get()).ok_or_else(|| refused(field, &format!("Input should be {what}")))
}

/// Merges two objects. JSON that the parser cannot follow replaces the earlier one unchanged.
fn together(before: &str, after: &str) -> String {
    let read = |text| serde_json::from_str::<Map<String, Value>>(text).ok();
    let (Some(mut all), Some(mut new)) = (read(before), read(after)) else { return after.to_owned() };
    if let (Some(Value::Object(known)), Some(Value::Object(newer))) =
        (all.get_mut("metadata"), new.get_mut("metadata"))
    {
        known.append(newer);
        new.remove("metadata");
    }
    all.extend(new);
    Value::Object(all).to_string()
}

/// Documentation ("Log LLM calls"): the first event `new_token` has the time of the first token.
fn first_token(events: &RawValue) -> Option<OffsetDateTime> {
    let events: Vec<Value> = serde_json::from_str(events.get()).ok()?;
    let event = events.iter().find(|event| event.get("name").is_some_and(|name| name == "new_token"))?;
    moment::parse(event.get("time")?.as_str()?)
}

fn metadata(extra: &str) -> Map<String, Value> {
    let extra: Value = serde_json::from_str(extra).unwrap_or_default();
    extra.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn text_of(run: &Run) -> String {
    let (inputs, outputs) = (run.column("inputs"), run.column("outputs"));
    format!("{}\n{inputs}\n{outputs}\n{}", run.facts.name, run.facts.error.as_deref().unwrap_or_default())
        .to_lowercase()
}
