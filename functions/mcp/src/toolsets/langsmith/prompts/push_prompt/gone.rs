//! Contents of the newest commit missing in the new one: messages, variables, the kind of the prompt. Replacing them is
//! the purpose of a push, so they are reported, but are no reason to refuse it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::to_raw_value;

use super::hidden::members_gone;
use super::merge::language::texts;
use super::merge::message::shown_message;
use super::merge::stored::{PromptKind, kind, kwargs, prompt, type_name};
use super::names;
use crate::toolsets::langsmith::prompts::get_prompt_by_name::unknown_variables;

/// The losses of a push; a member without any is omitted from the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Gone {
    /// The previous class, if it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest_type_before: Option<String>,
    /// The previous number of messages, if there are fewer now.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages_before: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages_after: Option<usize>,
    /// Former variables, required and optional ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variables_gone: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    variables_gone_left_out: usize,
    /// Variables with a value before, and required now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variables_now_required: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    variables_now_required_left_out: usize,
    /// Non-text members of replaced messages; the answer lists them under `dropped`.
    #[serde(skip)]
    pub(super) members: Vec<String>,
}

/// Whether a count is omitted from the answer.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(super) fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Gone {
    /// The losses when one manifest replaces another.
    pub(super) fn of(before: &Value, after: &Value) -> Self {
        let (kind_before, kind_after) = (type_name(before), type_name(after));
        let (before, after) = (prompt(before), prompt(after));
        let (messages_before, messages_after) =
            messages(before).zip(messages(after)).filter(|(before, after)| after < before).unzip();
        let known: BTreeSet<String> = variables(after).into_iter().chain(filled(after)).collect();
        let gone: Vec<String> =
            variables(before).into_iter().filter(|variable| !known.contains(variable)).collect();
        let required: Vec<String> = required(after)
            .difference(&required(before))
            .filter(|name| has_value(before, name))
            .cloned()
            .collect();
        Self {
            manifest_type_before: kind_before
                .filter(|kind| Some(kind) != kind_after.as_ref())
                .map(|kind| names::short(&kind)),
            messages_before,
            messages_after,
            variables_gone: names::first_names(&gone),
            variables_gone_left_out: names::left_out(gone.len()),
            variables_now_required: names::first_names(&required),
            variables_now_required_left_out: names::left_out(required.len()),
            members: members_gone(listed(before), listed(after)),
        }
    }
}

/// The number of messages, if it is known.
fn messages(prompt: &Value) -> Option<usize> {
    match kind(prompt) {
        PromptKind::Chat => Some(listed(prompt).len()),
        PromptKind::Text => Some(0),
        PromptKind::Other => None,
    }
}

fn listed(prompt: &Value) -> &[Value] {
    let messages = kwargs(prompt).and_then(|kwargs| kwargs.get("messages")?.as_array());
    messages.map(Vec::as_slice).unwrap_or_default()
}

/// The variables of a prompt, including those of placeholders for messages, even optional ones.
fn variables(prompt: &Value) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = if kind(prompt) == PromptKind::Chat {
        let shown = listed(prompt).iter().filter_map(shown_message);
        shown.flat_map(|message| message.variables.into_iter().chain(message.optional)).collect()
    } else {
        declared(prompt)
    };
    for name in filled(prompt) {
        found.remove(&name);
    }
    found
}

/// The required variables.
fn required(prompt: &Value) -> BTreeSet<String> {
    let mut found = if kind(prompt) == PromptKind::Chat {
        listed(prompt).iter().filter_map(shown_message).flat_map(|message| message.variables).collect()
    } else {
        declared(prompt)
    };
    found.retain(|name| !is_filled_in(prompt, name));
    found
}

/// Whether a prompt, or one of its messages, has a value for a variable, be it the empty list of an optional
/// placeholder.
fn has_value(prompt: &Value, name: &str) -> bool {
    let mut messages = listed(prompt).iter().flat_map(texts);
    is_filled_in(prompt, name) || messages.any(|text| is_filled_in(text, name))
}

fn is_filled_in(prompt: &Value, name: &str) -> bool {
    kwargs(prompt).and_then(|kwargs| kwargs.get("partial_variables")?.get(name)).is_some()
}

/// The declared variables of a prompt of any kind.
fn declared(prompt: &Value) -> BTreeSet<String> {
    to_raw_value(prompt).map(|raw| unknown_variables(&raw)).unwrap_or_default()
}

/// The filled-in variables of a prompt. An optional placeholder for messages comes with an empty list.
fn filled(prompt: &Value) -> impl Iterator<Item = String> {
    let filled = kwargs(prompt).and_then(|kwargs| kwargs.get("partial_variables")?.as_object());
    let filled = filled.into_iter().flatten();
    filled
        .filter(|(_, value)| value.as_array().is_none_or(|list| !list.is_empty()))
        .map(|(name, _)| name.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(class: &str, kwargs: &Value) -> Value {
        json!({"lc": 1, "type": "constructor", "id": ["langchain", class], "kwargs": kwargs})
    }

    fn human_message(text: &str) -> Value {
        let prompt = object("PromptTemplate", &json!({"template": text, "template_format": "f-string"}));
        object("HumanMessagePromptTemplate", &json!({ "prompt": prompt }))
    }

    fn chat(messages: &[Value], filled: &Value) -> Value {
        object("ChatPromptTemplate", &json!({"messages": messages, "partial_variables": filled}))
    }

    fn gone_between(before: &Value, after: &Value) -> Value {
        serde_json::to_value(Gone::of(before, after)).unwrap()
    }

    #[test]
    fn what_stays_is_not_told() {
        let place = object("MessagesPlaceholder", &json!({"variable_name": "h", "optional": true}));
        let before = chat(&[human_message("{a} {b}"), place.clone()], &json!({"b": "x", "h": []}));
        assert_eq!(gone_between(&before, &before), json!({}));
        let after =
            chat(&[human_message("new {a} {c}"), place, human_message("{b}")], &json!({"b": "y", "h": []}));
        assert_eq!(gone_between(&before, &after), json!({}));
        let filled = chat(&[human_message("{a}"), human_message("x")], &json!({"h": ["message"]}));
        assert_eq!(gone_between(&before, &filled), json!({}));
    }

    #[test]
    fn messages_and_variables_that_go_are_told() {
        let place = object("MessagesPlaceholder", &json!({"variable_name": "h", "optional": true}));
        let before =
            chat(&[human_message("{a} {b}"), place, human_message("{q}")], &json!({"b": "x", "h": []}));
        let expected = json!({"messages_before": 3, "messages_after": 1, "variables_gone": ["a", "h"]});
        assert_eq!(gone_between(&before, &chat(&[human_message("{q}")], &json!({}))), expected);
        let many: Vec<String> = (100..152).map(|number| format!("{{v{number}}}")).collect();
        let gone = gone_between(
            &chat(&[human_message(&many.concat())], &json!({})),
            &chat(&[human_message("x")], &json!({})),
        );
        assert_eq!(gone["variables_gone"].as_array().unwrap().len(), 50);
        assert_eq!((&gone["variables_gone_left_out"], gone.get("messages_before")), (&json!(2), None));
    }

    #[test]
    fn variables_that_lose_their_value_are_told() {
        let place = |optional: bool| {
            object("MessagesPlaceholder", &json!({"variable_name": "h", "optional": optional}))
        };
        let mut own = human_message("{a} {b}");
        own["kwargs"]["prompt"]["kwargs"]["partial_variables"] = json!({"a": "x"});
        let before = chat(&[own, human_message("{c} {d}"), place(true)], &json!({"c": "x", "h": []}));
        let after = chat(&[human_message("{a} {b}"), human_message("{c} {d}"), place(false)], &json!({}));
        assert_eq!(gone_between(&before, &after), json!({"variables_now_required": ["a", "c", "h"]}));
    }

    #[test]
    fn another_kind_is_told() {
        let text = object("PromptTemplate", &json!({"template": "{a}", "template_format": "f-string"}));
        let before = chat(&[human_message("{a}")], &json!({}));
        let expected =
            json!({"manifest_type_before": "ChatPromptTemplate", "messages_before": 1, "messages_after": 0});
        assert_eq!(gone_between(&before, &text), expected);
        assert_eq!(gone_between(&text, &before), json!({"manifest_type_before": "PromptTemplate"}));
        // Whether a prompt of another kind has messages cannot be told.
        let shots = object(&"F".repeat(81), &json!({"input_variables": ["b"]}));
        let expected = json!({"manifest_type_before": "ChatPromptTemplate", "variables_gone": ["a"]});
        assert_eq!(gone_between(&before, &shots), expected);
        let back = gone_between(&shots, &before);
        assert_eq!(back["manifest_type_before"], format!("{}…", "F".repeat(80)));
        assert_eq!(gone_between(&json!(1), &before), json!({}));
        let model = object("RunnableSequence", &json!({"first": before, "last": {}}));
        let expected = json!({"manifest_type_before": "RunnableSequence of ChatPromptTemplate"});
        assert_eq!(gone_between(&model, &before), expected);
    }
}
