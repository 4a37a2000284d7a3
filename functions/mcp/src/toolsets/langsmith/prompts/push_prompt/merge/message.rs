//! The messages in a call, and LangChain's form of them.

mod content;
mod fixed;
mod wire;

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use self::content::Content;
use self::fixed::Fixed;
use super::constructor::constructor;
use crate::toolset::ToolError;
use crate::toolsets::langsmith::prompts::get_prompt_by_name::Message as Shown;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

pub(crate) use self::content::Template;
pub(crate) use self::wire::check;

/// A message in a call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A template with a role.
    Said { role: String, content: Content, additional: Map<String, Value> },
    /// Fixed content with a role.
    Fixed(Fixed),
    /// A placeholder for messages.
    Placeholder { variable: String, optional: bool, most: Option<u64> },
    /// A LangChain object without another form.
    Manifest(Value),
}

/// A message in LangChain's form, and its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LangChainMessage {
    pub(crate) manifest: Value,
    pub(crate) variables: BTreeSet<String>,
    /// The variable of an optional placeholder.
    pub(crate) optional: Option<String>,
}

impl LangChainMessage {
    /// A message already in LangChain's form.
    pub(crate) fn of(manifest: &Value, shown: Shown) -> Self {
        Self { manifest: manifest.clone(), variables: shown.variables, optional: shown.optional }
    }
}

impl Message {
    /// Whether the message equals the shown form of a stored one. It does not if reading corrected a form that no
    /// library could load.
    pub(crate) fn is_as_shown(&self, shown: &RawValue) -> bool {
        match self {
            Self::Fixed(fixed) => fixed.is_as_shown(shown),
            _ => true,
        }
    }

    /// LangChain's form of the message.
    pub(crate) fn write(&self) -> LangChainMessage {
        match self {
            Self::Said { role, content, additional } => role_message(role, content, additional),
            Self::Fixed(fixed) => without_variables(fixed.manifest()),
            Self::Placeholder { variable, optional, most } => placeholder(variable, *optional, *most),
            Self::Manifest(manifest) => match shown_message(manifest) {
                Some(shown) => LangChainMessage::of(manifest, shown),
                None => without_variables(manifest.clone()),
            },
        }
    }
}

/// The shown form of a manifest.
pub(crate) fn shown_message(manifest: &Value) -> Option<Shown> {
    Some(Shown::read(&raw(manifest)?))
}

/// A value in its form when read from LangSmith. Every value has one.
fn raw(value: &Value) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(value).ok()
}

fn without_variables(manifest: Value) -> LangChainMessage {
    LangChainMessage { manifest, variables: BTreeSet::new(), optional: None }
}

fn role_message(role: &str, content: &Content, additional: &Map<String, Value>) -> LangChainMessage {
    let mut kwargs = Map::new();
    kwargs.insert("prompt".into(), content.manifest());
    let class = class(role).unwrap_or_else(|| {
        kwargs.insert("role".into(), role.into());
        "ChatMessagePromptTemplate"
    });
    if !additional.is_empty() {
        kwargs.insert("additional_kwargs".into(), additional.clone().into());
    }
    let manifest = constructor(CHAT, class, &kwargs.into());
    LangChainMessage { manifest, variables: content.variables(), optional: None }
}

fn placeholder(variable: &str, optional: bool, most: Option<u64>) -> LangChainMessage {
    let mut kwargs = Map::new();
    kwargs.insert("variable_name".into(), variable.into());
    if optional {
        kwargs.insert("optional".into(), true.into());
    }
    if let Some(most) = most {
        kwargs.insert("n_messages".into(), most.into());
    }
    let needed = (!optional).then(|| variable.to_owned());
    LangChainMessage {
        manifest: constructor(CHAT, "MessagesPlaceholder", &kwargs.into()),
        variables: needed.into_iter().collect(),
        optional: optional.then(|| variable.to_owned()),
    }
}

const CHAT: [&str; 3] = ["langchain", "prompts", "chat"];

/// The class of a message in one of LangChain's roles.
fn class(role: &str) -> Option<&'static str> {
    match role.to_ascii_lowercase().as_str() {
        "system" => Some("SystemMessagePromptTemplate"),
        "human" | "user" => Some("HumanMessagePromptTemplate"),
        "ai" | "assistant" => Some("AIMessagePromptTemplate"),
        _ => None,
    }
}

/// The variables of the template in the argument `name`, which must be one that every library can fill in.
pub(crate) fn variables(name: &str, text: &str, language: Language) -> Result<BTreeSet<String>, ToolError> {
    let found = language.variables(text).map_err(|flaw| {
        ToolError::invalid(format!("{name} is not a valid {} template: it {}.", language.name(), flaw.0))
    })?;
    match found.iter().find(|variable| !is_name(variable)) {
        None => Ok(found),
        // An accidental brace makes a variable of anything, such as `"score": 1`.
        Some(variable) => Err(ToolError::invalid(format!(
            "{name} has a variable named {:?}; a name has {NAME}. In an f-string, write literal braces twice: {{{{ \
             and }}}}.",
            start(variable)
        ))),
    }
}

/// The name of a variable, in words.
const NAME: &str = "letters, digits, _ and - only";

fn is_name(variable: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !variable.is_empty() && variable.chars().all(plain)
}

/// The beginning of a name, for an error.
fn start(name: &str) -> String {
    name.chars().take(40).collect()
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
