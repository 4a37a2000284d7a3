//! The messages that a caller gives, and LangChain's form of them.

mod content;

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use self::content::{Content, check_format};
use super::manifest::constructor;
use crate::tools::ToolError;
use crate::tools::args::wrong;
use crate::tools::nul::without_nul;
use crate::tools::prompt_template::Language;

/// One message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// What somebody says.
    Said { role: String, content: Content },
    /// A place for messages.
    Placeholder { variable: String, optional: bool },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    role: String,
    /// A text or a list of parts; `template` is what `get_prompt_by_name` calls it.
    #[serde(alias = "template")]
    content: Option<Value>,
    /// That of the prompt, if it is said at all.
    template_format: Option<String>,
    variable_name: Option<String>,
    optional: Option<bool>,
}

const SHAPE: &str = "an object: {role, content}, or {role: \"placeholder\", variable_name, optional}";

impl Message {
    /// Reads the entry at `index` of the argument `messages`.
    pub(super) fn read(raw: &RawValue, index: usize, language: Language) -> Result<Self, ToolError> {
        let name = |member: &str| format!("messages[{index}]{member}");
        without_nul(&name(""), raw)?;
        let wire: Wire = serde_json::from_str(raw.get()).map_err(|_| wrong(&name(""), SHAPE))?;
        let role = wire.role.trim();
        if role.is_empty() || role.chars().count() > 64 || role.chars().any(char::is_control) {
            return Err(wrong(
                &name(".role"),
                "a word of at most 64 characters, such as system, human or ai",
            ));
        }
        let is_place = role.eq_ignore_ascii_case("placeholder");
        // Clients that fill in every member leave those of the other form empty.
        let is_blank = |text: &String| text.trim().is_empty();
        let says_nothing = |content: &Value| match content {
            Value::String(text) => is_blank(text),
            Value::Array(parts) => parts.is_empty(),
            _ => false,
        };
        let content = wire.content.filter(|content| !(is_place && says_nothing(content)));
        let variable = wire.variable_name.filter(|text| is_place || !is_blank(text));
        let optional = wire.optional.filter(|optional| is_place || *optional);
        match (is_place, content, variable, optional) {
            (true, None, Some(variable), optional) => {
                check_variable(&name(".variable_name"), &variable)?;
                Ok(Self::Placeholder { variable, optional: optional.unwrap_or(false) })
            }
            (false, Some(content), None, None) => {
                check_format(&name(""), wire.template_format.as_deref(), language)?;
                let content = Content::read(&name(".content"), content, language)?;
                if matches!(content, Content::Parts(_)) && class(role).is_none() {
                    return Err(wrong(&name(".content"), "a text, unless the role is system, human or ai"));
                }
                Ok(Self::Said { role: role.to_owned(), content })
            }
            _ => Err(wrong(&name(""), SHAPE)),
        }
    }

    /// What has to be given for the message.
    pub(super) fn variables(&self) -> Vec<&str> {
        match self {
            Self::Said { content, .. } => content.variables(),
            Self::Placeholder { optional: true, .. } => Vec::new(),
            Self::Placeholder { variable, .. } => vec![variable],
        }
    }

    /// The variable of a place that may stay empty.
    pub(super) fn optional(&self) -> Option<&str> {
        match self {
            Self::Placeholder { variable, optional: true } => Some(variable),
            _ => None,
        }
    }

    /// LangChain's form.
    pub(super) fn manifest(&self, language: Language) -> Value {
        match self {
            Self::Said { role, content } => {
                let prompt = content.manifest(language);
                match class(role) {
                    Some(class) => constructor(CHAT, class, &json!({ "prompt": prompt })),
                    None => constructor(
                        CHAT,
                        "ChatMessagePromptTemplate",
                        &json!({"prompt": prompt, "role": role}),
                    ),
                }
            }
            Self::Placeholder { variable, optional: true } => constructor(
                CHAT,
                "MessagesPlaceholder",
                &json!({"variable_name": variable, "optional": true}),
            ),
            Self::Placeholder { variable, .. } => {
                constructor(CHAT, "MessagesPlaceholder", &json!({ "variable_name": variable }))
            }
        }
    }
}

const CHAT: [&str; 3] = ["langchain", "prompts", "chat"];

/// The class of what is said in a role that LangChain knows.
fn class(role: &str) -> Option<&'static str> {
    match role.to_ascii_lowercase().as_str() {
        "system" => Some("SystemMessagePromptTemplate"),
        "human" | "user" => Some("HumanMessagePromptTemplate"),
        "ai" | "assistant" => Some("AIMessagePromptTemplate"),
        _ => None,
    }
}

/// The variables of the template in the argument `name`, which must be one that every library can fill in.
pub(super) fn variables(name: &str, text: &str, language: Language) -> Result<BTreeSet<String>, ToolError> {
    let found = language.variables(text).map_err(|flaw| {
        ToolError::invalid(format!("{name} is no {} template: it {}.", language.name(), flaw.0))
    })?;
    found.iter().try_for_each(|variable| check_variable(name, variable))?;
    Ok(found)
}

/// A brace that was not meant as one makes a variable of anything, such as `"score": 1`.
fn check_variable(name: &str, variable: &str) -> Result<(), ToolError> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if !variable.is_empty() && variable.chars().all(plain) {
        return Ok(());
    }
    let shown: String = variable.chars().take(40).collect();
    Err(ToolError::invalid(format!(
        "{name} has a variable named {shown:?}; a name has letters, digits, _ and - only. In an f-string, write braces that \
are no variable twice: {{{{ and }}}}."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &Value) -> Result<Message, ToolError> {
        Message::read(&RawValue::from_string(json.to_string()).unwrap(), 3, Language::FString)
    }

    #[test]
    fn roles_have_classes() {
        for (role, class) in [
            ("system", "SystemMessagePromptTemplate"),
            ("User", "HumanMessagePromptTemplate"),
            ("human", "HumanMessagePromptTemplate"),
            ("assistant", "AIMessagePromptTemplate"),
            ("ai", "AIMessagePromptTemplate"),
            ("critic", "ChatMessagePromptTemplate"),
        ] {
            let message = read(&json!({"role": role, "content": "{b} {a}"})).unwrap();
            assert_eq!(message.variables(), ["a", "b"]);
            let manifest = message.manifest(Language::FString);
            assert_eq!((&manifest["id"][3], &manifest["lc"]), (&json!(class), &json!(1)));
            assert_eq!(manifest["kwargs"]["prompt"]["kwargs"]["input_variables"], json!(["a", "b"]));
            assert_eq!(manifest["kwargs"].get("role").is_some(), role == "critic");
        }
    }

    #[test]
    fn what_a_prompt_shows_can_be_pushed() {
        let shown = json!({"role": "human", "template": "{a}", "template_format": "f-string"});
        assert_eq!(read(&shown), read(&json!({"role": "human", "content": "{a}"})));
        let place = json!({"role": "placeholder", "variable_name": "h", "optional": false});
        assert_eq!(read(&place), read(&json!({"role": "placeholder", "variable_name": "h"})));
    }

    #[test]
    fn a_message_of_parts_is_one_message() {
        let parts =
            json!([{"type": "text", "text": "{b}"}, {"type": "image_url", "image_url": {"url": "{a}"}}]);
        let message = read(&json!({"role": "user", "content": parts})).unwrap();
        assert_eq!(message.variables(), ["b", "a"]);
        let manifest = message.manifest(Language::FString);
        assert_eq!(manifest["id"][3], "HumanMessagePromptTemplate");
        assert_eq!(manifest["kwargs"]["prompt"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn places_may_be_optional() {
        let message = read(&json!({"role": "placeholder", "variable_name": "h"})).unwrap();
        assert_eq!((message.variables(), message.optional()), (vec!["h"], None));
        let message = read(&json!({"role": "placeholder", "variable_name": "h", "optional": true})).unwrap();
        assert_eq!((message.variables(), message.optional()), (vec![], Some("h")));
        assert_eq!(
            message.manifest(Language::FString)["kwargs"],
            json!({"variable_name": "h", "optional": true})
        );
    }

    #[test]
    fn the_members_of_the_other_form_may_be_empty() {
        for (filled, plain) in [
            (
                json!({"role": "ai", "content": "{a}", "variable_name": "", "optional": false}),
                json!({"role": "ai", "content": "{a}"}),
            ),
            (
                json!({"role": "placeholder", "content": " ", "variable_name": "h", "optional": true}),
                json!({"role": "placeholder", "variable_name": "h", "optional": true}),
            ),
        ] {
            assert_eq!(read(&filled).unwrap(), read(&plain).unwrap(), "{filled}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (json, word) in [
            (json!("text"), "messages[3] must be"),
            (
                json!({"role": "ai", "content": "a\u{0}"}),
                "messages[3] must be JSON without the character U+0000",
            ),
            (json!({"role": "system"}), "messages[3] must be"),
            (json!({"role": "system", "content": 5}), "messages[3].content must be a text, or a list"),
            (json!({"role": "critic", "content": ["a"]}), "messages[3].content must be a text, unless"),
            (json!({"role": "ai", "content": "x", "template": "x"}), "messages[3] must be"),
            (json!({"role": "ai", "template": "x", "template_format": "jinja2"}), "messages[3] says"),
            (json!({"role": "system", "content": "x", "contents": "y"}), "messages[3] must be"),
            (json!({"role": "system", "content": "x", "optional": true}), "messages[3] must be"),
            (json!({"role": "placeholder", "content": "x"}), "messages[3] must be"),
            (json!({"role": "placeholder", "variable_name": "a b"}), "messages[3].variable_name"),
            (json!({"role": " ", "content": "x"}), "messages[3].role"),
            (json!({"role": "a\nb", "content": "x"}), "messages[3].role"),
            (json!({"role": "system", "content": "{}"}), "variable named \"\""),
            (json!({"role": "system", "content": "{"}), "messages[3].content is no f-string template"),
            (json!({"role": "system", "content": "{\"score\": 1}"}), "\"\\\"score\\\"\""),
        ] {
            let message = read(&json).unwrap_err().message;
            assert!(message.contains(word), "{json}: {message}");
        }
    }
}
