//! Objects as LangChain's libraries serialise them (`lc`, "constructor").

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// The template of a message; `filled` are its filled-in variables.
pub(crate) fn template(
    text: &str,
    variables: &BTreeSet<String>,
    language: Language,
    filled: &Map<String, Value>,
) -> Value {
    let mut kwargs =
        json!({"input_variables": variables, "template": text, "template_format": language.name()});
    if let Some(kwargs) = kwargs.as_object_mut().filter(|_| !filled.is_empty()) {
        kwargs.insert("partial_variables".into(), filled.clone().into());
    }
    named_constructor(["langchain", "prompts", "prompt"], "PromptTemplate", &kwargs)
}

/// A LangChain object of a class.
pub(crate) fn constructor([first, second, third]: [&str; 3], class: &str, kwargs: &Value) -> Value {
    json!({"lc": 1, "type": "constructor", "id": [first, second, third, class], "kwargs": kwargs})
}

/// The same with a name beside the class, as older libraries write it.
pub(crate) fn named_constructor(path: [&str; 3], class: &str, kwargs: &Value) -> Value {
    let mut object = constructor(path, class, kwargs);
    if let Some(members) = object.as_object_mut() {
        members.insert("name".into(), class.into());
    }
    object
}
