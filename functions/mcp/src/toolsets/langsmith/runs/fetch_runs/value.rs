//! Values of a run in another form than LangSmith's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter;

use langsmith::{Received, Run};
use serde_json::{Map, Value};

use super::member_json::{Json, received};
use crate::json::object::ObjectText;
use crate::toolset::iso;
use crate::toolset::paging::members;
use crate::toolsets::langsmith::attachments::{self, Attachment};

/// The text of a JSON string.
pub(super) fn text(value: Received<'_>) -> Option<Cow<'_, str>> {
    members::text_of(value.get())
}

/// A time in UTC.
pub(super) fn time(value: Option<Received<'_>>) -> Json<'_> {
    let time = value.and_then(text).and_then(|time| iso::json_in_utc(&time, "+00:00"));
    time.map_or_else(|| received(value), Json::Written)
}

/// A time as LangSmith's first API writes it: UTC is not spelled out.
pub(super) fn time_without_zone(value: Option<Received<'_>>) -> Json<'_> {
    match value.and_then(text).as_ref().and_then(|time| time.strip_suffix('Z')) {
        Some(time) => quoted(time),
        None => received(value),
    }
}

/// Costs are decimals and travel as text, so that no reader rounds them.
pub(super) fn cost(value: Option<Received<'_>>) -> Json<'_> {
    match value {
        Some(number) if number.get().starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            quoted(&decimal(number.get()))
        }
        other => received(other),
    }
}

/// Costs by category.
pub(super) fn cost_details(details: Option<Received<'_>>) -> Json<'_> {
    let costs = details.and_then(members_of);
    let Some(costs) = costs else { return received(details) };
    object(costs.into_iter().map(|(category, value)| (category, cost(Some(value)))))
}

/// The members of an object.
fn members_of(object: Received<'_>) -> Option<BTreeMap<String, Received<'_>>> {
    serde_json::from_str(object.get()).ok()
}

/// An object with these members.
fn object<'a>(members: impl Iterator<Item = (String, Json<'a>)>) -> Json<'static> {
    let add = |object: ObjectText, (name, value): (String, Json<'_>)| object.verbatim(&name, value.get());
    Json::Written(members.fold(ObjectText::start(), add).finish())
}

/// The number without an exponent, and without a fraction of zero.
fn decimal(number: &str) -> Cow<'_, str> {
    match number.parse::<f64>() {
        Ok(value) if number.contains(['e', 'E']) && value.abs() < 1e15 => Cow::Owned(value.to_string()),
        _ => Cow::Borrowed(number.strip_suffix(".0").unwrap_or(number)),
    }
}

/// The order of a root run is its start and its id (LangSmith's run data format); that of a child cannot be derived.
pub(super) fn dotted_order<'a>(run: &Run<'a>) -> Json<'a> {
    if run.dotted_order.is_some() || run.parent_run_id.is_some() {
        return received(run.dotted_order);
    }
    let start = run.start_time.and_then(text).and_then(|start| iso::compact(&start));
    match start.zip(run.id.and_then(text)) {
        Some((start, id)) => quoted(&format!("{start}{id}")),
        None => received(None),
    }
}

/// The `extra` of a run with the metadata in it, where every reader looks for it, unless it has metadata already.
pub(super) fn extra<'a>(run: &Run<'a>) -> Json<'a> {
    let Some(metadata) = run.metadata else { return received(run.extra) };
    let Some(mut rest) = members_of(run.extra.unwrap_or(Received::EMPTY)) else { return received(run.extra) };
    if rest.remove("metadata").is_some_and(|own| own != Received::NULL) {
        return received(run.extra);
    }
    let members = iter::once(("metadata".to_owned(), metadata)).chain(rest);
    object(members.map(|(name, value)| (name, Json::Received(value))))
}

/// Attachments by name, from the download links that came with the run.
pub(super) fn attachments(run: &Run<'_>) -> Json<'static> {
    if run.attachments.is_none() && run.s3_urls.is_none() {
        return Json::Received(Received::EMPTY);
    }
    let mut attachments = Map::new();
    let links =
        run.attachments.and_then(|links| serde_json::from_str::<Map<String, Value>>(links.get()).ok());
    for (name, url) in links.into_iter().flatten() {
        attachments.insert(name, attachment(&url, None));
    }
    let stored = run.s3_urls.map(|stored| attachments::by_name(stored.get()));
    for (name, Attachment { presigned_url, mime_type }) in stored.into_iter().flatten() {
        attachments.insert(name, attachment(&presigned_url.into(), mime_type.as_deref()));
    }
    Json::Written(Value::Object(attachments).to_string())
}

fn attachment(url: &Value, mime_type: Option<&str>) -> Value {
    serde_json::json!({ "presigned_url": url, "mime_type": mime_type })
}

fn quoted(text: &str) -> Json<'static> {
    Json::Written(Value::from(text).to_string())
}
