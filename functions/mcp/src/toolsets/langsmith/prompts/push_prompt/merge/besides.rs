//! The parts of a stored prompt other than its messages or its text, which a push could silently lose.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::stored::{PromptKind, class, is_equal, is_sequence, kind, kwargs, prompt};
use crate::toolsets::langsmith::prompts::get_prompt_by_name::MAX_MESSAGES;

/// Members that belong to the messages or the text, or that LangChain's libraries derive from them.
const OF_THE_TEXT: [&str; 10] = [
    "input_types",
    "input_variables",
    "messages",
    "name",
    "optional_variables",
    "partial_variables",
    "template",
    "template_format",
    "validate_template",
    "metadata",
];

/// These other parts of a prompt: the values of each name.
#[derive(Debug, Default)]
pub(crate) struct Besides(BTreeMap<String, Vec<Value>>);

/// The other parts of a manifest; `None` stands for an unreadable one.
pub(crate) fn besides(manifest: Option<&Value>) -> Besides {
    let mut found = Besides::default();
    let Some(manifest) = manifest else {
        found.0.insert("all of it, as it cannot be read".to_owned(), Vec::new());
        return found;
    };
    let prompt = prompt(manifest);
    if let Some(kwargs) = kwargs(manifest).filter(|_| is_sequence(manifest)) {
        found.steps(kwargs);
    }
    if let (PromptKind::Chat | PromptKind::Text, Some(kwargs)) = (kind(prompt), kwargs(prompt)) {
        found.members(kwargs);
    } else {
        // The content of such a prompt cannot be told from the rest, so only its kind counts.
        let kind = format!("the kind {}", class(prompt).unwrap_or("of an unknown class"));
        found.0.insert(kind, Vec::new());
    }
    found
}

impl Besides {
    /// The names of all parts.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// Whether there is a part of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether both have a part of this name, with the same meaning.
    pub(crate) fn shares(&self, name: &str, other: &Self) -> bool {
        self.0.get(name).zip(other.0.get(name)).is_some_and(|(ours, theirs)| {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| is_equal(one, other))
        })
    }

    fn add(&mut self, name: impl Into<String>, value: Value) {
        self.0.entry(name.into()).or_default().push(value);
    }

    /// The steps after the prompt: a model, which may have tools.
    fn steps(&mut self, steps: &Map<String, Value>) {
        for (name, step) in steps.iter().filter(|(name, step)| *name != "first" && !holds_nothing(step)) {
            self.add(if name == "last" { "model" } else { name }, step.clone());
            for path in ["/kwargs/kwargs/tools", "/kwargs/tools"] {
                if let Some(tools) = step.pointer(path).filter(|tools| !holds_nothing(tools)) {
                    self.add("tools", tools.clone());
                }
            }
        }
    }

    fn members(&mut self, kwargs: &Map<String, Value>) {
        let own =
            |name: &String, value: &Value| !OF_THE_TEXT.contains(&name.as_str()) && !holds_nothing(value);
        for (name, value) in kwargs.iter().filter(|(name, value)| own(name, value)) {
            let is_schema = matches!(name.as_str(), "schema" | "schema_");
            self.add(if is_schema { "output schema" } else { name }, value.clone());
        }
        let filled = kwargs.get("partial_variables").and_then(Value::as_object).into_iter().flatten();
        // An optional placeholder for messages comes with an empty list.
        for (name, value) in filled.filter(|(_, value)| value.as_array().is_none_or(|list| !list.is_empty()))
        {
            self.add(format!("partial variable {name}"), value.clone());
        }
        let metadata = kwargs.get("metadata").and_then(Value::as_object).into_iter().flatten();
        // The source that a library notes when it reads a prompt is not metadata of the prompt itself.
        let metadata: Map<String, Value> = metadata
            .filter(|(name, _)| !name.starts_with("lc_hub_"))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !metadata.is_empty() {
            self.add("metadata", metadata.into());
        }
        let messages = kwargs.get("messages").and_then(Value::as_array);
        let hidden = messages.and_then(|messages| messages.get(MAX_MESSAGES..)).unwrap_or_default();
        if !hidden.is_empty() {
            self.add(format!("messages after the first {MAX_MESSAGES}"), hidden.into());
        }
    }
}

/// Whether a member is null, or an empty list or object. A text counts, even an empty one.
fn holds_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(class: &str, kwargs: &Value) -> Value {
        json!({"lc": 1, "type": "constructor", "id": ["langchain", class], "kwargs": kwargs})
    }

    fn names(manifest: &Value) -> Vec<String> {
        besides(Some(manifest)).names().cloned().collect()
    }

    #[test]
    fn a_plain_prompt_has_nothing_besides() {
        for (class, kwargs) in [
            ("PromptTemplate", json!({"template": "x", "metadata": {"lc_hub_repo": "r"}, "tags": []})),
            (
                "ChatPromptTemplate",
                json!({"messages": [], "name": "n", "partial_variables": {"h": []}, "output_parser": null}),
            ),
        ] {
            assert!(names(&object(class, &kwargs)).is_empty(), "{class}");
        }
    }

    #[test]
    fn everything_else_is_named() {
        let kwargs = json!({"messages": vec![0; 501], "schema_": {"title": "T"}, "structured_output_kwargs": {"a": 1},
            "partial_variables": {"a": "1", "h": []}, "metadata": {"own": 1}, "tags": ["t"]});
        let expected = [
            "messages after the first 500",
            "metadata",
            "output schema",
            "partial variable a",
            "structured_output_kwargs",
            "tags",
        ];
        let prompt = object("StructuredPrompt", &kwargs);
        assert_eq!(names(&prompt), expected);
        let tools = object("RunnableBinding", &json!({"bound": {}, "kwargs": {"tools": [1]}}));
        let steps =
            json!({"first": object("FewShotPromptTemplate", &json!({})), "middle": [], "last": tools});
        assert_eq!(
            names(&object("RunnableSequence", &steps)),
            ["model", "the kind FewShotPromptTemplate", "tools"]
        );
        assert_eq!(names(&json!(1)), ["the kind of an unknown class"]);
        assert_eq!(besides(None).names().count(), 1);
    }

    #[test]
    fn the_same_name_may_hold_another_value() {
        let prompt = |schema: Value, own: i32| {
            let kwargs =
                json!({"messages": [], "schema_": schema, "metadata": {"lc_hub_repo": own, "own": 1}});
            object("StructuredPrompt", &kwargs)
        };
        let (one, same, other) =
            (prompt(json!({"a": 1}), 1), prompt(json!({"a": 1.0}), 2), prompt(json!({"b": 1}), 1));
        let one = besides(Some(&one));
        assert!(
            one.shares("output schema", &besides(Some(&same)))
                && one.shares("metadata", &besides(Some(&same)))
        );
        assert!(
            !one.shares("output schema", &besides(Some(&other)))
                && one.shares("metadata", &besides(Some(&other)))
        );
        assert!(one.has("metadata") && !one.has("model") && !one.shares("model", &one));
    }
}
