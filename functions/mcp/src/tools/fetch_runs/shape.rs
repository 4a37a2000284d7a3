//! The shape of a run: the same members in the same order for every run, as clients of the older server know them.
//! Members that were not selected are null. Written straight from the received bytes.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared::langsmith::Run;

use crate::tools::iso;
use crate::tools::pagination::{Item, Limits, Sink, copy};

/// A run to be listed.
pub(super) struct RunItem<'a>(pub(super) &'a Run<'a>);

/// How a member is written.
enum Form<'a> {
    /// As received, whole: ids, paths, numbers and other short values.
    Exact(Option<&'a RawValue>),
    /// As received, with long texts cut: what users and models wrote.
    Free(Option<&'a RawValue>),
    /// Written here.
    Own(Cow<'a, str>),
}

impl Item for RunItem<'_> {
    fn write(&self, limits: Limits, sink: &mut impl Sink) {
        for (index, (name, form)) in members(self.0).into_iter().enumerate() {
            if index == 0 {
                sink.ascii("{\"");
            } else {
                sink.separator(",");
                sink.ascii("\"");
            }
            sink.ascii(name);
            sink.ascii("\"");
            sink.separator(":");
            match form {
                Form::Exact(value) => copy(value.map_or("null", RawValue::get), None, sink),
                Form::Free(value) => limits.write_part(value.map_or("null", RawValue::get), sink),
                Form::Own(text) => copy(&text, None, sink),
            }
        }
        sink.ascii("}");
    }
}

const NULL: Form<'static> = Form::Own(Cow::Borrowed("null"));

fn members<'a>(run: &'a Run<'a>) -> [(&'static str, Form<'a>); 37] {
    use Form::{Exact, Free, Own};
    let inputs = run.inputs.map_or(Own("{}".into()), |inputs| Free(Some(inputs)));
    [
        ("id", Exact(run.id)),
        ("name", Free(run.name)),
        ("start_time", time(run.start_time)),
        ("run_type", Exact(run.run_type)),
        ("end_time", time(run.end_time)),
        ("extra", Free(run.extra)),
        ("error", Free(run.error)),
        ("serialized", Free(run.serialized)),
        ("events", Free(run.events)),
        ("inputs", inputs),
        ("outputs", Free(run.outputs)),
        ("reference_example_id", Exact(run.reference_example_id)),
        ("parent_run_id", Exact(run.parent_run_id)),
        ("tags", Free(run.tags)),
        ("attachments", attachments(run.s3_urls)),
        ("session_id", Exact(run.session_id)),
        ("child_run_ids", Exact(run.child_run_ids)),
        ("child_runs", NULL),
        ("feedback_stats", Free(run.feedback_stats)),
        ("app_path", Exact(run.app_path)),
        ("manifest_id", Exact(run.manifest_id)),
        ("status", Exact(run.status)),
        ("prompt_tokens", Exact(run.prompt_tokens)),
        ("completion_tokens", Exact(run.completion_tokens)),
        ("total_tokens", Exact(run.total_tokens)),
        ("prompt_token_details", Exact(run.prompt_token_details)),
        ("completion_token_details", Exact(run.completion_token_details)),
        ("first_token_time", Exact(run.first_token_time)),
        ("total_cost", cost(run.total_cost)),
        ("prompt_cost", cost(run.prompt_cost)),
        ("completion_cost", cost(run.completion_cost)),
        ("prompt_cost_details", Exact(run.prompt_cost_details)),
        ("completion_cost_details", Exact(run.completion_cost_details)),
        ("parent_run_ids", Exact(run.parent_run_ids)),
        ("trace_id", Exact(run.trace_id.or(run.id))),
        ("dotted_order", dotted_order(run)),
        ("in_dataset", Exact(run.in_dataset)),
    ]
}

fn time(raw: Option<&RawValue>) -> Form<'_> {
    match raw.and_then(text) {
        Some(time) => Form::Own(quoted(&iso::in_utc(&time, "+00:00"))),
        None => Form::Exact(raw),
    }
}

/// Costs are decimals and travel as text, so that no reader rounds them.
fn cost(raw: Option<&RawValue>) -> Form<'_> {
    match raw {
        Some(number) if !number.get().starts_with('"') => Form::Own(quoted(number.get())),
        other => Form::Exact(other),
    }
}

/// A root run's own order is its start and its id (LangSmith's run data format); a child's cannot be made up.
fn dotted_order<'a>(run: &'a Run<'a>) -> Form<'a> {
    if run.dotted_order.is_some() || run.parent_run_id.is_some() {
        return Form::Exact(run.dotted_order);
    }
    let start = run.start_time.and_then(text).and_then(|start| iso::compact(&start));
    match start.zip(run.id.and_then(text)) {
        Some((start, id)) => Form::Own(quoted(&format!("{start}{id}"))),
        None => NULL,
    }
}

/// A stored object of a run.
#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    presigned_url: Option<String>,
    #[serde(default)]
    mime_type: Option<String>,
}

/// Attachments by name, from the download links among a run's stored objects.
fn attachments(raw: Option<&RawValue>) -> Form<'_> {
    let Some(raw) = raw else { return Form::Own(Cow::Borrowed("{}")) };
    let stored: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(raw.get()).ok();
    let mut attachments = serde_json::Map::new();
    for (key, value) in stored.into_iter().flatten() {
        let Some(name) = key.strip_prefix("attachment.") else { continue };
        let Ok(Stored { presigned_url: Some(url), mime_type }) = serde_json::from_value(value) else {
            continue;
        };
        attachments
            .insert(name.to_owned(), serde_json::json!({ "presigned_url": url, "mime_type": mime_type }));
    }
    Form::Own(serde_json::Value::Object(attachments).to_string().into())
}

fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let inner = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(raw.get()).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

fn quoted(text: &str) -> Cow<'static, str> {
    Cow::Owned(serde_json::Value::from(text).to_string())
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
