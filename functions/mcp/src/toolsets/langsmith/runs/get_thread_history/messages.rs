//! The messages of one call to a model, in any usual shape of recording. Messages stay as they were recorded.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::form::is_pair;

type Raw<'a> = Option<&'a RawValue>;

/// The inputs of a call: messages or, for other kinds of model, its input or its prompts.
#[derive(Deserialize)]
struct Inputs<'a> {
    #[serde(borrow, default)]
    messages: Raw<'a>,
    #[serde(borrow, default)]
    input: Raw<'a>,
    #[serde(borrow, default)]
    prompts: Raw<'a>,
}

/// The outputs of a call.
#[derive(Deserialize)]
struct Outputs<'a> {
    #[serde(borrow, default)]
    choices: Raw<'a>,
    #[serde(borrow, default)]
    message: Raw<'a>,
    #[serde(borrow, default)]
    generations: Raw<'a>,
    #[serde(borrow, default)]
    messages: Raw<'a>,
    #[serde(borrow, default)]
    output: Raw<'a>,
    #[serde(borrow, default)]
    role: Raw<'a>,
    #[serde(borrow, default)]
    content: Raw<'a>,
}

/// One answer of several: a choice (OpenAI) or a generation (LangChain, whose plain models answer with text).
#[derive(Deserialize)]
struct Candidate<'a> {
    #[serde(borrow, default)]
    message: Raw<'a>,
    #[serde(borrow, default)]
    text: Raw<'a>,
}

/// The messages in the inputs of a call, which are JSON.
pub(super) fn inputs(json: Option<&str>) -> Vec<Cow<'_, str>> {
    let Some(inputs) = json.and_then(|json| serde_json::from_str::<Inputs<'_>>(json).ok()) else {
        return Vec::new();
    };
    match (inputs.messages, inputs.input.or(inputs.prompts)) {
        (Some(messages), _) => flat(messages).into_iter().map(|message| message.get().into()).collect(),
        (None, input) => list(input).into_iter().map(|input| by("user", input)).collect(),
    }
}

/// The messages in the outputs of a call, which are JSON.
pub(super) fn outputs(json: Option<&str>) -> Vec<Cow<'_, str>> {
    let Some(json) = json else { return Vec::new() };
    let Ok(outputs) = serde_json::from_str::<Outputs<'_>>(json) else { return Vec::new() };
    let mut found: Vec<Cow<'_, str>> =
        list(outputs.choices).into_iter().take(1).filter_map(candidate).collect();
    if found.is_empty() {
        found.extend(outputs.message.map(|message| by("assistant", message)));
    }
    if found.is_empty() {
        found.extend(list(outputs.generations).into_iter().filter_map(candidate));
    }
    if found.is_empty() {
        found.extend(list(outputs.messages).into_iter().map(|message| message.get().into()));
    }
    if found.is_empty() {
        found.extend(list(outputs.output).into_iter().map(|output| by("assistant", output)));
    }
    if found.is_empty() && outputs.role.is_some() && outputs.content.is_some() {
        found.push(json.into());
    }
    found
}

fn candidate(item: &RawValue) -> Option<Cow<'_, str>> {
    let candidate: Candidate<'_> = serde_json::from_str(item.get()).ok()?;
    candidate.message.or(candidate.text).map(|said| by("assistant", said))
}

fn list(part: Raw<'_>) -> Vec<&RawValue> {
    part.map(flat).unwrap_or_default()
}

/// The elements of a list and of the lists in it: batches are lists of conversations. Anything else is one element.
fn flat(raw: &RawValue) -> Vec<&RawValue> {
    let Some(items) = elements(raw).filter(|items| !is_pair(items)) else { return vec![raw] };
    let inner = |item| elements(item).filter(|inner| !is_pair(inner)).unwrap_or_else(|| vec![item]);
    items.into_iter().flat_map(inner).collect()
}

fn elements(raw: &RawValue) -> Option<Vec<&RawValue>> {
    if raw.get().starts_with('[') { serde_json::from_str(raw.get()).ok() } else { None }
}

/// A text as a message of this role; anything else unchanged.
fn by<'a>(role: &str, said: &'a RawValue) -> Cow<'a, str> {
    if !said.get().starts_with('"') {
        return said.get().into();
    }
    format!("{{\"role\":\"{role}\",\"content\":{}}}", said.get()).into()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(of: fn(Option<&str>) -> Vec<Cow<'_, str>>, value: &Value) -> Vec<Value> {
        of(Some(&value.to_string())).iter().map(|message| serde_json::from_str(message).unwrap()).collect()
    }

    fn ai(text: &str) -> Value {
        json!({"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "AIMessage"], "kwargs": {"content": text}})
    }

    #[test]
    fn inputs_of_every_shape() {
        let (a, b) = (json!({"role": "user", "content": "a"}), json!({"role": "assistant", "content": "b"}));
        for (value, expected) in [
            (json!({"messages": [a, b], "model": "m"}), vec![a.clone(), b.clone()]),
            (json!({"messages": [[a, b]]}), vec![a.clone(), b.clone()]),
            (json!({"messages": [[a], [b]]}), vec![a.clone(), b.clone()]),
            (
                json!({"messages": [["user", "a"], ["assistant", "b"]]}),
                vec![json!(["user", "a"]), json!(["assistant", "b"])],
            ),
            (json!({"messages": a}), vec![a.clone()]),
            (json!({"messages": [], "input": "x"}), vec![]),
            (json!({"messages": ["x", null]}), vec![json!("x"), json!(null)]),
            (json!({"input": "a"}), vec![a.clone()]),
            (json!({"input": [b, "a"]}), vec![b.clone(), a.clone()]),
            (json!({"prompts": ["a"]}), vec![a.clone()]),
            (json!({"question": "a"}), vec![]),
            (json!("text"), vec![]),
        ] {
            assert_eq!(read(inputs, &value), expected, "{value}");
        }
        assert!(inputs(None).is_empty());
    }

    #[test]
    fn outputs_of_every_shape() {
        let b = json!({"role": "assistant", "content": "b"});
        for (value, expected) in [
            (json!({"choices": [{"message": b, "index": 0}, {"message": "other"}]}), vec![b.clone()]),
            (json!({"choices": [{"text": "b"}]}), vec![b.clone()]),
            (json!({"choices": [], "message": b}), vec![b.clone()]),
            (json!({"message": b}), vec![b.clone()]),
            (json!({"message": null, "messages": null}), vec![]),
            (
                json!({"generations": [[{"text": "b", "message": ai("b")}]], "llm_output": null}),
                vec![ai("b")],
            ),
            (json!({"generations": [{"text": "b"}]}), vec![b.clone()]),
            (json!({"generations": [[]]}), vec![]),
            (json!({"messages": [b]}), vec![b.clone()]),
            (json!({"output": "b"}), vec![b.clone()]),
            (json!({"output": [{"type": "reasoning"}, b]}), vec![json!({"type": "reasoning"}), b.clone()]),
            (b.clone(), vec![b.clone()]),
            (json!({"answer": "b"}), vec![]),
            (json!(["b"]), vec![]),
        ] {
            assert_eq!(read(outputs, &value), expected, "{value}");
        }
        assert!(outputs(None).is_empty());
    }

    #[test]
    fn hostile_nesting_is_read_to_its_second_level() {
        let deep = format!("{{\"messages\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        assert_eq!(inputs(Some(&deep))[0].len(), 2 * 4998);
    }
}
