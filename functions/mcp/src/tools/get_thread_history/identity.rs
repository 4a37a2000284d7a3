//! When two messages are the same message. Tracers write one message in several forms (LangChain's constructor objects,
//! role and content, a pair of texts), and one call is often traced by two of them. So a message is known by its role, its
//! content and its tool calls, not by its bytes.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::tools::pagination::copy;

/// What a message is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) hash: u64,
    /// Instructions of the application, not part of what was said.
    pub(super) system: bool,
}

/// Whose message it is.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Role {
    User,
    Assistant,
    System,
    Tool,
    Other(String),
}

/// The members of a message, of whatever form it is.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Members<'a> {
    #[serde(borrow)]
    role: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_calls: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_call_id: Option<&'a RawValue>,
    #[serde(borrow)]
    additional_kwargs: Option<&'a RawValue>,
    #[serde(borrow)]
    kwargs: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

impl Identity {
    /// The identity of a message. Whatever is no message of a known form is known by its JSON.
    pub(super) fn of(json: &str) -> Self {
        let Some((role, members)) = read(json) else {
            return Self { hash: hash(compact(json)), system: false };
        };
        let (content, calls) = (content(members.content), calls(&members));
        let system = role == Role::System;
        let speaker = members.name.and_then(text).filter(|_| role != Role::Tool);
        let hash = if content.is_empty() && calls.is_empty() {
            hash((role, compact(json)))
        } else {
            hash((role, speaker, content, calls, members.tool_call_id.and_then(text)))
        };
        Self { hash, system }
    }
}

/// Whether a list is one message, such as `["user", "Hello"]`.
pub(super) fn is_pair(items: &[&RawValue]) -> bool {
    let [role, content] = items else { return false };
    text(role).as_deref().and_then(known).is_some() && text(content).is_some()
}

fn read(json: &str) -> Option<(Role, Members<'_>)> {
    if let Ok([role, said]) = serde_json::from_str::<[&RawValue; 2]>(json) {
        let role = known(&text(role)?)?;
        return Some((role, Members { content: Some(said), ..Members::default() }));
    }
    let outer: Members<'_> = serde_json::from_str(json).ok()?;
    let own = outer.role.and_then(text).map(|role| known(&role).unwrap_or(Role::Other(role)));
    let kind = outer.kind.and_then(text).as_deref().and_then(known);
    let Some(inner) = outer.kwargs.or(outer.data) else { return Some((own.or(kind)?, outer)) };
    let inner: Members<'_> = serde_json::from_str(inner.get()).ok()?;
    let stated = inner.role.and_then(text).map(|role| known(&role).unwrap_or(Role::Other(role)));
    let role = stated.or(kind).or_else(|| known(class(outer.id)?.as_str()))?;
    Some((role, inner))
}

/// The last part of a constructor's path: `["langchain", "schema", "messages", "HumanMessage"]`.
fn class(id: Option<&RawValue>) -> Option<String> {
    let path: Vec<&RawValue> = serde_json::from_str(id?.get()).ok()?;
    text(path.last()?)
}

fn known(name: &str) -> Option<Role> {
    let name = name.strip_suffix("Chunk").unwrap_or(name);
    match name.strip_suffix("Message").unwrap_or(name).to_ascii_lowercase().as_str() {
        "human" | "user" => Some(Role::User),
        "ai" | "assistant" | "model" => Some(Role::Assistant),
        "system" | "developer" => Some(Role::System),
        "tool" | "function" => Some(Role::Tool),
        _ => None,
    }
}

/// The content as one text: a text, and a list whose only block is that text, are the same.
fn content(raw: Option<&RawValue>) -> String {
    let Some(raw) = raw else { return String::new() };
    match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
        Ok(blocks) => blocks.into_iter().map(block).collect(),
        Err(_) => text(raw).unwrap_or_else(|| compact(raw.get())),
    }
}

fn block(raw: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Text {
        text: String,
    }
    let spoken = text(raw).or_else(|| serde_json::from_str::<Text>(raw.get()).ok().map(|block| block.text));
    spoken.unwrap_or_else(|| compact(raw.get()))
}

/// Each call by its id, or, when it has none, by its JSON.
fn calls(message: &Members<'_>) -> Vec<String> {
    let nested = || {
        let extra: Members<'_> = serde_json::from_str(message.additional_kwargs?.get()).ok()?;
        extra.tool_calls
    };
    let Some(raw) = message.tool_calls.filter(|raw| raw.get() != "[]").or_else(nested) else {
        return Vec::new();
    };
    let Ok(calls) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
        return vec![compact(raw.get())];
    };
    let id = |call: &RawValue| {
        let members: Members<'_> = serde_json::from_str(call.get()).ok()?;
        members.id.and_then(text)
    };
    calls.into_iter().map(|call| id(call).unwrap_or_else(|| compact(call.get()))).collect()
}

fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    copy(json, None, &mut text);
    text
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(forms: &[&str]) {
        let first = Identity::of(forms[0]);
        for form in forms {
            assert_eq!(Identity::of(form), first, "{form}");
        }
    }

    #[test]
    fn the_form_does_not_matter() {
        same(&[
            r#"{"role":"user","content":"Hé \"you\""}"#,
            r#"{ "content": "H\u00e9 \"you\"", "role": "user", "extra": [1] }"#,
            r#"{"type":"human","content":[{"type":"text","text":"Hé \"you\""}]}"#,
            r#"{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"Hé \"you\"","type":"human"}}"#,
            r#"{"type":"human","data":{"content":"Hé \"you\"","tool_calls":[]}}"#,
            r#"["human","Hé \"you\""]"#,
        ]);
        same(&[
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#,
            r#"{"id":["x","AIMessageChunk"],"kwargs":{"content":"","tool_calls":[{"name":"f","args":{},"id":"c1"}]}}"#,
            r#"{"type":"ai","content":[],"additional_kwargs":{"tool_calls":[{"id":"c1"}]},"tool_calls":[]}"#,
        ]);
    }

    #[test]
    fn role_content_calls_and_speaker_matter() {
        let forms = [
            r#"{"role":"user","content":"a"}"#,
            r#"{"role":"assistant","content":"a"}"#,
            r#"{"role":"narrator","content":"a"}"#,
            r#"{"role":"user","content":"b"}"#,
            r#"{"role":"user","content":["a","b"]}"#,
            r#"{"role":"user","content":"a","name":"Eve"}"#,
            r#"{"role":"tool","content":"a","tool_call_id":"c1"}"#,
            r#"{"role":"tool","content":"a","tool_call_id":"c2"}"#,
            r#"{"role":"assistant","tool_calls":[{"id":"c1"}]}"#,
            r#"{"role":"assistant","tool_calls":[{"id":"c2"}]}"#,
            r#"{"role":"assistant","content":null,"refusal":"no"}"#,
            r#"{"role":"assistant","content":null,"refusal":"never"}"#,
        ];
        for (at, left) in forms.iter().enumerate() {
            for right in &forms[at + 1..] {
                assert_ne!(Identity::of(left), Identity::of(right), "{left} {right}");
            }
        }
    }

    #[test]
    fn instructions_are_told_apart() {
        for json in [
            r#"{"role":"system","content":"x"}"#,
            r#"{"role":"developer","content":"x"}"#,
            r#"{"id":["SystemMessage"],"kwargs":{"content":"x"}}"#,
            r#"["system","x"]"#,
        ] {
            assert!(Identity::of(json).system, "{json}");
        }
        assert!(!Identity::of(r#"{"role":"user","content":"system"}"#).system);
    }

    #[test]
    fn anything_has_an_identity() {
        let deep = format!("{{\"role\":\"user\",\"content\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        for json in [
            "null",
            "1",
            "\"x\"",
            "[]",
            "{}",
            r#"["a","b"]"#,
            r#"{"role":1,"content":{"a":1}}"#,
            r#"{"role":"user","content":"\ud800"}"#,
            r#"{"role":"user","role":"user"}"#,
            r#"{"kwargs":1}"#,
            &deep,
        ] {
            assert_eq!(Identity::of(json), Identity::of(json));
        }
        assert_ne!(
            Identity::of(r#"{"role":"user","content":"\ud800"}"#),
            Identity::of(r#"{"role":"user","content":"\ud800b"}"#)
        );
        assert_eq!(Identity::of("[1, 2]"), Identity::of("[1,2]"));
    }
}
