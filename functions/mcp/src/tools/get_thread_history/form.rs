//! What a message says, whatever form it has. Tracers write one message in several: LangChain's constructor objects, role
//! and content, a pair of texts.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::tools::pagination::copy;

/// Whose message it is.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    User,
    Assistant,
    System,
    Tool,
    Other(String),
}

/// A message, apart from its form.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Said {
    pub(super) role: Role,
    /// The name of one of several people or models. That of a tool stands in the call already.
    speaker: Option<String>,
    /// The content as one text: a text, and a list whose only block is that text, are the same.
    content: String,
    /// Each call of a tool by its id, or, when it has none, by its JSON.
    calls: Vec<String>,
    /// The call that it answers.
    answers: Option<String>,
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

impl Said {
    /// Nothing when the JSON is no message of a known form.
    pub(super) fn read(json: &str) -> Option<Self> {
        let (role, members) = read(json)?;
        Some(Self {
            speaker: members.name.and_then(text).filter(|_| role != Role::Tool),
            content: content(members.content),
            calls: calls(&members),
            answers: members.tool_call_id.and_then(text),
            role,
        })
    }

    /// Whether it has neither content nor calls: then what it says stands in members that are not known.
    pub(super) fn is_empty(&self) -> bool {
        self.content.is_empty() && self.calls.is_empty()
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
    let kind = outer.kind.and_then(text).as_deref().and_then(known);
    let Some(inner) = outer.kwargs.or(outer.data) else { return Some((outer.role().or(kind)?, outer)) };
    let inner: Members<'_> = serde_json::from_str(inner.get()).ok()?;
    let role = inner.role().or(kind).or_else(|| known(class(outer.id)?.as_str()))?;
    Some((role, inner))
}

impl Members<'_> {
    /// The role that is stated, which may be any word.
    fn role(&self) -> Option<Role> {
        let role = text(self.role?)?;
        Some(known(&role).unwrap_or(Role::Other(role)))
    }
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

/// The JSON without what may differ between two spellings of it: white space, and escapes that are not needed.
pub(super) fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    copy(json, None, &mut text);
    text
}
