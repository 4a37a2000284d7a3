//! A fixed message. Braces have no meaning in it, and it may be more than its content: tool calls, and their results.

mod calls;
mod members;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use self::members::{check_content, loadable};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;
use crate::toolsets::langsmith::prompts::push_prompt::merge::constructor::constructor;

/// A role with literal content.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    kind: MessageKind,
    content: Value,
    /// Its other members, by LangChain's names.
    others: Map<String, Value>,
}

#[derive(Debug, PartialEq, Eq)]
enum MessageKind {
    /// A class of LangChain's, and its name on the wire.
    Known(&'static str, &'static str),
    /// A custom role.
    Chat(String),
}

impl MessageKind {
    fn of(role: &str) -> Self {
        match role.to_ascii_lowercase().as_str() {
            "system" => Self::Known("SystemMessage", "system"),
            "human" | "user" => Self::Known("HumanMessage", "human"),
            "ai" | "assistant" => Self::Known("AIMessage", "ai"),
            "tool" => Self::Known("ToolMessage", "tool"),
            "function" => Self::Known("FunctionMessage", "function"),
            _ => Self::Chat(role.to_owned()),
        }
    }

    /// The member required by LangChain's libraries in such a message.
    fn needs(&self) -> Option<&'static str> {
        match self {
            Self::Known(_, "tool") => Some("tool_call_id"),
            Self::Known(_, "function") => Some("name"),
            _ => None,
        }
    }
}

impl Fixed {
    /// The message in the argument `name`.
    pub(super) fn new(
        name: &str,
        role: &str,
        content: Value,
        others: Map<String, Value>,
    ) -> Result<Self, ToolError> {
        check_content(name, &content)?;
        let kind = MessageKind::of(role);
        match kind.needs() {
            Some(member) if !others.get(member).is_some_and(Value::is_string) => {
                Err(wrong_value(&format!("{name}.{member}"), "a text: a fixed message of this role needs it"))
            }
            _ => Ok(Self { kind, content, others: loadable(name, others)? }),
        }
    }

    /// Whether the message has exactly the shown members, none omitted or corrected.
    pub(super) fn is_as_shown(&self, shown: &RawValue) -> bool {
        let mut shown: Map<String, Value> = serde_json::from_str(shown.get()).unwrap_or_default();
        shown.retain(|name, _| !matches!(name.as_str(), "content" | "fixed" | "role"));
        shown == self.others
    }

    /// LangChain's form of the message.
    pub(super) fn manifest(&self) -> Value {
        let mut kwargs = self.others.clone();
        kwargs.insert("content".into(), self.content.clone());
        let (class, kind) = match &self.kind {
            MessageKind::Known(class, kind) => (*class, *kind),
            MessageKind::Chat(role) => {
                kwargs.insert("role".into(), role.as_str().into());
                ("ChatMessage", "chat")
            }
        };
        kwargs.insert("type".into(), kind.into());
        constructor(["langchain", "schema", "messages"], class, &kwargs.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fixed(role: &str, content: Value, others: &Value) -> Result<Fixed, ToolError> {
        Fixed::new("m", role, content, others.as_object().unwrap().clone())
    }

    /// As langchain-core 1.7.2 writes them.
    #[test]
    fn every_role_has_its_class() {
        let call = json!([{"name": "f", "args": {}, "id": "1", "type": "tool_call"}]);
        for (role, others, class, kwargs) in [
            ("System", json!({}), "SystemMessage", json!({"content": "x {y}", "type": "system"})),
            ("user", json!({}), "HumanMessage", json!({"content": "x {y}", "type": "human"})),
            (
                "ai",
                json!({"tool_calls": call}),
                "AIMessage",
                json!({"content": "x {y}", "type": "ai", "tool_calls": call}),
            ),
            (
                "tool",
                json!({"tool_call_id": "1", "status": "success"}),
                "ToolMessage",
                json!({"content": "x {y}", "type": "tool", "tool_call_id": "1", "status": "success"}),
            ),
            (
                "function",
                json!({"name": "f"}),
                "FunctionMessage",
                json!({"content": "x {y}", "type": "function", "name": "f"}),
            ),
            (
                "critic",
                json!({}),
                "ChatMessage",
                json!({"content": "x {y}", "type": "chat", "role": "critic"}),
            ),
        ] {
            let manifest = fixed(role, json!("x {y}"), &others).unwrap().manifest();
            let id = json!(["langchain", "schema", "messages", class]);
            assert_eq!(manifest, json!({"lc": 1, "type": "constructor", "id": id, "kwargs": kwargs}));
        }
    }

    #[test]
    fn what_no_library_can_read_is_refused() {
        for (role, content, word) in [
            ("ai", json!(1), "m.content must be a text"),
            ("tool", json!("x"), "m.tool_call_id must be a text"),
            ("Function", json!([]), "m.name must be a text"),
        ] {
            let message = fixed(role, content, &json!({})).unwrap_err().message;
            assert!(message.starts_with(word), "{message}");
        }
    }
}
