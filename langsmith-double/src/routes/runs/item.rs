//! A run in the format of `/v2/runs/query`. Description: `query.RunResponse`, with other names, enum values in
//! capitals, times with a time zone, costs as numbers, details one level deeper, metadata beside `extra`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::data::Run;

/// The conversion of a column into a field.
#[derive(Debug, Clone, Copy)]
enum Field {
    Same(&'static str),
    Zoned(&'static str),
    Capitals(&'static str),
    Number(&'static str),
    Deeper(&'static str),
    Extra,
    Metadata,
    Attachments,
    IsRoot,
    Latency,
}

use Field::{Capitals, Deeper, Number, Same, Zoned};

/// The name in `selects`, the name in an item, and the conversion.
const FIELDS: [(&str, &str, Field); 43] = [
    ("ID", "id", Same("id")),
    ("NAME", "name", Same("name")),
    ("RUN_TYPE", "run_type", Capitals("run_type")),
    ("STATUS", "status", Capitals("status")),
    ("START_TIME", "start_time", Zoned("start_time")),
    ("END_TIME", "end_time", Zoned("end_time")),
    ("LATENCY_SECONDS", "latency_seconds", Field::Latency),
    ("FIRST_TOKEN_TIME", "first_token_time", Zoned("first_token_time")),
    ("ERROR", "error", Same("error")),
    ("ERROR_PREVIEW", "error_preview", Same("error")),
    ("EXTRA", "extra", Field::Extra),
    ("METADATA", "metadata", Field::Metadata),
    ("EVENTS", "events", Same("events")),
    ("INPUTS", "inputs", Same("inputs")),
    ("INPUTS_PREVIEW", "inputs_preview", Same("inputs_preview")),
    ("OUTPUTS", "outputs", Same("outputs")),
    ("OUTPUTS_PREVIEW", "outputs_preview", Same("outputs_preview")),
    ("MANIFEST", "manifest", Same("manifest")),
    ("PARENT_RUN_IDS", "parent_run_ids", Same("parent_run_ids")),
    ("PROJECT_ID", "project_id", Same("session_id")),
    ("TRACE_ID", "trace_id", Same("trace_id")),
    ("THREAD_ID", "thread_id", Same("thread_id")),
    ("DOTTED_ORDER", "dotted_order", Same("dotted_order")),
    ("IS_ROOT", "is_root", Field::IsRoot),
    ("REFERENCE_EXAMPLE_ID", "reference_example_id", Same("reference_example_id")),
    ("REFERENCE_DATASET_ID", "reference_dataset_id", Same("reference_dataset_id")),
    ("TOTAL_TOKENS", "total_tokens", Same("total_tokens")),
    ("PROMPT_TOKENS", "prompt_tokens", Same("prompt_tokens")),
    ("COMPLETION_TOKENS", "completion_tokens", Same("completion_tokens")),
    ("TOTAL_COST", "total_cost", Number("total_cost")),
    ("PROMPT_COST", "prompt_cost", Number("prompt_cost")),
    ("COMPLETION_COST", "completion_cost", Number("completion_cost")),
    ("PROMPT_TOKEN_DETAILS", "prompt_token_details", Deeper("prompt_token_details")),
    ("COMPLETION_TOKEN_DETAILS", "completion_token_details", Deeper("completion_token_details")),
    ("PROMPT_COST_DETAILS", "prompt_cost_details", Deeper("prompt_cost_details")),
    ("COMPLETION_COST_DETAILS", "completion_cost_details", Deeper("completion_cost_details")),
    ("PRICE_MODEL_ID", "price_model_id", Same("price_model_id")),
    ("TAGS", "tags", Same("tags")),
    ("APP_PATH", "app_path", Same("app_path")),
    ("ATTACHMENTS", "attachments", Field::Attachments),
    ("IS_IN_DATASET", "is_in_dataset", Same("in_dataset")),
    ("LAST_QUEUED_AT", "last_queued_at", Zoned("last_queued_at")),
    ("FEEDBACK_STATS", "feedback_stats", Same("feedback_stats")),
];

/// The selected fields of an item; the id alone if none is selected.
pub(in crate::routes) struct Selects(Vec<(&'static str, Field)>);

impl Selects {
    /// Parses `selects`; the error is the first unknown name.
    pub(in crate::routes) fn parse(names: &[String]) -> Result<Self, &str> {
        let known = |name: &String| FIELDS.iter().any(|(select, ..)| select == name);
        if let Some(unknown) = names.iter().find(|name| !known(name)) {
            return Err(unknown);
        }
        let wanted = |select: &str| select == "ID" || names.iter().any(|name| name == select);
        let fields = FIELDS.iter().filter(|(select, ..)| wanted(select));
        Ok(Self(fields.map(|(_, name, field)| (*name, *field)).collect()))
    }

    /// The answer with these runs.
    pub(in crate::routes) fn answer(&self, runs: &[&Arc<Run>], next: Option<&str>) -> String {
        let items: Vec<String> = runs.iter().map(|run| self.item(run)).collect();
        format!("{{\"items\":[{}],\"next_cursor\":{}}}", items.join(","), json!(next))
    }

    /// One run as JSON.
    pub(in crate::routes) fn item(&self, run: &Run) -> String {
        let fields = self.0.iter().map(|(name, field)| format!("\"{name}\":{}", field.of(run)));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    }
}

impl Field {
    fn of(self, run: &Run) -> String {
        match self {
            Same(column) => run.column(column).to_owned(),
            Zoned(column) => match run.column(column).strip_suffix('"') {
                Some(time) => format!("{time}Z\""),
                None => "null".to_owned(),
            },
            Capitals(column) => match run.column(column) {
                "null" => "null".to_owned(),
                word => word.to_uppercase(),
            },
            Number(column) => {
                let cost = run.column(column).trim_matches('"').parse::<f64>().ok();
                json!(cost).to_string()
            }
            Deeper(column) => match run.column(column) {
                "null" => "null".to_owned(),
                details => format!("{{\"raw\":{details}}}"),
            },
            Self::Extra => without_metadata(run.column("extra")),
            Self::Metadata => Value::Object(run.facts.metadata.clone()).to_string(),
            Self::Attachments => links(run.column("s3_urls")),
            Self::IsRoot => run.facts.parent.is_none().to_string(),
            Self::Latency => json!(run.facts.latency()).to_string(),
        }
    }
}

fn without_metadata(extra: &str) -> String {
    let Ok(mut extra) = serde_json::from_str::<Map<String, Value>>(extra) else { return extra.to_owned() };
    extra.remove("metadata");
    Value::Object(extra).to_string()
}

fn links(stored: &str) -> String {
    let stored: Map<String, Value> = serde_json::from_str(stored).unwrap_or_default();
    let link = |(key, value): (String, Value)| {
        Some((key.strip_prefix("attachment.")?.to_owned(), value.get("presigned_url")?.clone()))
    };
    Value::Object(stored.into_iter().filter_map(link).collect()).to_string()
}
