//! The parts of a manifest: the prompt, and the model that may follow.

use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

use crate::json::canonical::canonical;

/// The argument for the content of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PromptKind {
    /// `messages`.
    Chat,
    /// `template`.
    Text,
    /// Only `manifest`.
    Other,
}

/// The class of an object: the last part of its path.
pub(crate) fn class(object: &Value) -> Option<&str> {
    object.get("id")?.as_array()?.last()?.as_str()
}

/// The type of a manifest: the class of the prompt, and that of the sequence around it.
pub(crate) fn type_name(manifest: &Value) -> Option<String> {
    let inner = class(prompt(manifest))?;
    Some(match class(manifest).filter(|_| is_sequence(manifest)) {
        Some(sequence) => format!("{sequence} of {inner}"),
        None => inner.to_owned(),
    })
}

/// The constructor arguments of an object.
pub(crate) fn kwargs(object: &Value) -> Option<&Map<String, Value>> {
    object.get("kwargs")?.as_object()
}

/// Whether a value is an object that LangChain's libraries can load.
pub(crate) fn is_constructor(value: &Value) -> bool {
    is_of_type(value, "constructor") && kwargs(value).is_some()
}

/// Whether a value stands for an object that LangChain's libraries could not write.
pub(crate) fn is_not_implemented(value: &Value) -> bool {
    is_of_type(value, "not_implemented")
}

fn is_of_type(value: &Value, name: &str) -> bool {
    let path = value.get("id").and_then(Value::as_array);
    path.is_some_and(|path| !path.is_empty() && path.iter().all(Value::is_string))
        && value.get("lc") == Some(&json!(1))
        && value.get("type").and_then(Value::as_str) == Some(name)
}

/// Whether two values mean the same.
pub(crate) fn is_equal(one: &Value, other: &Value) -> bool {
    let canonical = |value: &Value| to_raw_value(value).map(|raw| canonical(&raw)).ok();
    one == other || canonical(one) == canonical(other)
}

/// Whether a manifest is a sequence that begins with a prompt.
pub(crate) fn is_sequence(manifest: &Value) -> bool {
    matches!(class(manifest), Some("RunnableSequence" | "PromptPlayground"))
        && kwargs(manifest).is_some_and(|steps| steps.contains_key("first"))
}

/// The prompt in a manifest.
pub(crate) fn prompt(manifest: &Value) -> &Value {
    if is_sequence(manifest) { manifest.pointer("/kwargs/first").unwrap_or(manifest) } else { manifest }
}

/// The same manifest with another prompt.
pub(crate) fn with_prompt(manifest: &Value, prompt: Value) -> Value {
    if !is_sequence(manifest) {
        return prompt;
    }
    let mut manifest = manifest.clone();
    if let Some(first) = manifest.pointer_mut("/kwargs/first") {
        *first = prompt;
    }
    manifest
}

/// The kind of a prompt.
pub(crate) fn kind(prompt: &Value) -> PromptKind {
    let has = |name: &str, is: fn(&Value) -> bool| {
        kwargs(prompt).and_then(|kwargs| kwargs.get(name)).is_some_and(is)
    };
    match class(prompt) {
        Some("ChatPromptTemplate" | "StructuredPrompt") if has("messages", Value::is_array) => {
            PromptKind::Chat
        }
        Some("PromptTemplate") if has("template", Value::is_string) => PromptKind::Text,
        _ => PromptKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(class: &str, kwargs: &Value) -> Value {
        json!({"lc": 1, "type": "constructor", "id": ["langchain", class], "kwargs": kwargs})
    }

    #[test]
    fn a_sequence_holds_a_prompt() {
        let (one, other) =
            (object("PromptTemplate", &json!({"template": "x"})), object("PromptTemplate", &json!({})));
        let model = object("ChatOpenAI", &json!({}));
        let sequence = |prompt: &Value| object("RunnableSequence", &json!({"first": prompt, "last": model}));
        assert_eq!((prompt(&sequence(&one)), prompt(&one)), (&one, &one));
        assert_eq!(with_prompt(&sequence(&one), other.clone()), sequence(&other));
        assert_eq!(with_prompt(&one, other.clone()), other);
        assert!(!is_sequence(&object("RunnableSequence", &json!({"last": model}))));
    }

    #[test]
    fn kinds_are_told_apart() {
        for (prompt, expected) in [
            (object("ChatPromptTemplate", &json!({"messages": []})), PromptKind::Chat),
            (object("StructuredPrompt", &json!({"messages": []})), PromptKind::Chat),
            (object("ChatPromptTemplate", &json!({"messages": {}})), PromptKind::Other),
            (object("PromptTemplate", &json!({"template": ""})), PromptKind::Text),
            (object("FewShotPromptTemplate", &json!({"template": ""})), PromptKind::Other),
            (json!([1]), PromptKind::Other),
        ] {
            assert_eq!(kind(&prompt), expected, "{prompt}");
        }
    }

    #[test]
    fn what_can_be_loaded_is_a_constructor() {
        assert!(is_constructor(&object("A", &json!({}))));
        let name = json!({"lc": 1, "type": "not_implemented", "id": ["A"], "repr": "A()"});
        assert!(is_not_implemented(&name) && !is_constructor(&name));
        for wrong in
            [json!({"lc": 1, "type": "not_implemented", "id": []}), json!({"type": "not_implemented"})]
        {
            assert!(!is_not_implemented(&wrong), "{wrong}");
        }
    }
}
