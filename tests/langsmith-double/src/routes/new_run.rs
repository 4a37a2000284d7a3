//! Runs in the bodies of tracing clients.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::json::{refused, time_of};
use crate::data::{Facts, Feedback, Run, Session, moment, wire};
use crate::datasets::Json;
use crate::projects::Ledger;
use crate::reply::ApiError;

/// How long ago a run may have begun where there is a window.
const WINDOW: time::Duration = time::Duration::DAY;

const RUN_TYPES: [&str; 7] = ["tool", "chain", "llm", "retriever", "embedding", "prompt", "parser"];

/// A run that begins, or a whole one.
#[derive(Deserialize)]
pub(super) struct NewRun {
    id: Uuid,
    name: String,
    run_type: String,
    start_time: Option<String>,
    end_time: Option<String>,
    trace_id: Option<Uuid>,
    dotted_order: Option<String>,
    parent_run_id: Option<Uuid>,
    session_id: Option<Uuid>,
    session_name: Option<String>,
    reference_example_id: Option<Uuid>,
    error: Option<String>,
    inputs: Option<Json>,
    outputs: Option<Json>,
    extra: Option<Json>,
    #[serde(default)]
    tags: Vec<String>,
}

/// What is known of a run later.
#[derive(Deserialize)]
pub(super) struct RunPatch {
    pub(super) id: Option<Uuid>,
    end_time: Option<String>,
    error: Option<String>,
    outputs: Option<Json>,
}

/// Refuses runs that began too long ago: all of them for one.
pub(super) fn check_window(runs: &[NewRun], now: OffsetDateTime) -> Result<(), ApiError> {
    for start in runs.iter().filter_map(|run| run.start_time.as_deref()) {
        if now - time_of("start_time", start)? > WINDOW {
            return Err(refused("start_time", "must not lie more than 24 hours in the past"));
        }
    }
    Ok(())
}

impl NewRun {
    /// Its id.
    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    /// The project that the run names.
    pub(super) fn session<'a>(&self, ledger: &'a Ledger, workspace: Uuid) -> Result<&'a Session, ApiError> {
        if let Some(id) = self.session_id {
            return ledger.session(workspace, id);
        }
        let name = self.session_name.as_deref().unwrap_or("default");
        let found = ledger.sessions(workspace).iter().find(|session| session.name == name);
        found.ok_or(ApiError::NotFound("Project"))
    }

    /// The run as it is kept.
    pub(super) fn stored(self, workspace: Uuid, session: Uuid, now: OffsetDateTime) -> Result<Run, ApiError> {
        let start = self.start_time.as_deref().map(|text| time_of("start_time", text)).transpose()?;
        let start = start.unwrap_or(now);
        let end = self.end_time.as_deref().map(|text| time_of("end_time", text)).transpose()?;
        let own = format!("{}{}", moment::compact(start), self.id);
        let dotted_order = match self.dotted_order {
            Some(order) if order.rsplit('.').next() == Some(&own) => order,
            Some(_) => return Err(refused("dotted_order", "does not end with the run's start and id")),
            None if self.parent_run_id.is_none() => own,
            None => return Err(refused("dotted_order", "Field required")),
        };
        let trace = self.trace_id.unwrap_or(self.id);
        if !dotted_order.split('.').next().is_some_and(|root| root.ends_with(&trace.to_string())) {
            return Err(refused("dotted_order", "does not begin with the trace"));
        }
        let run_type = RUN_TYPES.iter().find(|known| **known == self.run_type);
        let facts = Facts {
            id: self.id,
            trace,
            parent: self.parent_run_id,
            text: text_of(
                &self.name,
                [self.inputs.as_deref(), self.outputs.as_deref()],
                self.error.as_deref(),
            ),
            name: self.name,
            run_type: run_type.ok_or_else(|| refused("run_type", "unknown run type"))?,
            start,
            end: end.unwrap_or(start),
            pending: end.is_none(),
            error: self.error,
            tags: self.tags,
            metadata: self.extra.as_deref().map(metadata).unwrap_or_default(),
            feedback: Feedback::new(),
            prompt_tokens: 0,
            completion_tokens: 0,
            prompt_cost_nanos: 0,
            completion_cost_nanos: 0,
            first_token: None,
            execution_order: 1,
            reference_example: self.reference_example_id,
        };
        let mut values = wire(&facts, session, workspace);
        values.insert("dotted_order".into(), dotted_order.into());
        let mut run = Run::new(facts, &values);
        for (column, json) in [("inputs", self.inputs), ("outputs", self.outputs), ("extra", self.extra)] {
            if let Some(json) = json {
                checked(column, &json)?;
                run.set(column, json.get());
            }
        }
        Ok(run)
    }
}

impl RunPatch {
    /// The run as it is from now on.
    pub(super) fn applied(self, ledger: &Ledger, workspace: Uuid) -> Result<Run, ApiError> {
        let id = self.id.ok_or_else(|| refused("id", "Field required"))?;
        let mut run = Run::clone(ledger.run(workspace, id)?.1);
        if let Some(text) = &self.end_time {
            run.facts.end = time_of("end_time", text)?;
            run.facts.pending = false;
            run.set("end_time", &Value::from(moment::local(run.facts.end)).to_string());
        }
        if let Some(error) = self.error {
            run.set("error", &Value::from(error.as_str()).to_string());
            run.facts.error = Some(error);
        }
        if let Some(outputs) = &self.outputs {
            checked("outputs", outputs)?;
            run.set("outputs", outputs.get());
            run.facts.text.push_str(&outputs.get().to_lowercase());
        }
        run.set("status", &Value::from(run.facts.status()).to_string());
        Ok(run)
    }
}

fn checked(field: &str, json: &RawValue) -> Result<(), ApiError> {
    if json.get().starts_with('{') { Ok(()) } else { Err(refused(field, "Input should be an object")) }
}

fn metadata(extra: &RawValue) -> Map<String, Value> {
    let extra: Value = serde_json::from_str(extra.get()).unwrap_or_default();
    extra.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn text_of(name: &str, values: [Option<&RawValue>; 2], error: Option<&str>) -> String {
    let [inputs, outputs] = values.map(|json| json.map_or("", RawValue::get));
    format!("{name}\n{inputs}\n{outputs}\n{}", error.unwrap_or_default()).to_lowercase()
}
