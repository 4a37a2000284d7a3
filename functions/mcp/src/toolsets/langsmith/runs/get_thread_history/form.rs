//! The meaning of a message, whatever its form. Tracers write the same message in several forms: LangChain's
//! constructor objects, role and content, a pair of texts.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::copy::copy;
use crate::toolset::paging::members::text;

/// The role of a message's author.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Role<'a> {
    User,
    Assistant,
    System,
    Tool,
    Other(Cow<'a, str>),
}

/// A message, independent of its form.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct NormalizedMessage<'a> {
    pub(super) role: Role<'a>,
    /// The name of one of several people or models. That of a tool is already in the call.
    speaker: Option<Cow<'a, str>>,
    /// The content as one text: a text, and a list whose only block is that text, are the same.
    content: Cow<'a, str>,
    /// Each tool call by its id or, when it has none, by its JSON.
    calls: Vec<Cow<'a, str>>,
    /// The answered call.
    answers: Option<Cow<'a, str>>,
}

/// The members of a message in any form.
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

impl<'a> NormalizedMessage<'a> {
    /// `None` when the JSON is no message of a known form.
    pub(super) fn read(json: &'a str) -> Option<Self> {
        let (role, members) = read(json)?;
        Some(Self {
            speaker: members.name.and_then(text).filter(|_| role != Role::Tool),
            content: content(members.content),
            calls: calls(&members),
            answers: members.tool_call_id.and_then(text),
            role,
        })
    }

    /// Whether it has neither content nor calls: then its meaning is in unknown members.
    pub(super) fn is_empty(&self) -> bool {
        self.content.is_empty() && self.calls.is_empty()
    }
}

/// Whether a list is one message, such as `["user", "Hello"]`.
pub(super) fn is_pair(items: &[&RawValue]) -> bool {
    let [role, content] = items else { return false };
    text(role).as_deref().and_then(parse_role).is_some() && text(content).is_some()
}

fn read(json: &str) -> Option<(Role<'_>, Members<'_>)> {
    if let Some([role, said]) = list(json).as_deref() {
        let role = parse_role(&text(role)?)?;
        return Some((role, Members { content: Some(said), ..Members::default() }));
    }
    let outer: Members<'_> = serde_json::from_str(json).ok()?;
    let kind = outer.kind.and_then(text).as_deref().and_then(parse_role);
    let Some(inner) = outer.kwargs.or(outer.data) else { return Some((outer.role().or(kind)?, outer)) };
    let inner: Members<'_> = serde_json::from_str(inner.get()).ok()?;
    let role = inner.role().or(kind).or_else(|| parse_role(&class(outer.id)?))?;
    Some((role, inner))
}

/// The elements of a list; `None` for anything else.
fn list(json: &str) -> Option<Vec<&RawValue>> {
    if json.starts_with('[') { serde_json::from_str(json).ok() } else { None }
}

impl<'a> Members<'a> {
    /// The stated role, which may be any word.
    fn role(&self) -> Option<Role<'a>> {
        let role = text(self.role?)?;
        Some(parse_role(&role).unwrap_or(Role::Other(role)))
    }
}

/// The last part of a constructor's path: `["langchain", "schema", "messages", "HumanMessage"]`.
fn class(id: Option<&RawValue>) -> Option<Cow<'_, str>> {
    text(list(id?.get())?.pop()?)
}

fn parse_role(name: &str) -> Option<Role<'static>> {
    let name = name.strip_suffix("Chunk").unwrap_or(name);
    let name = name.strip_suffix("Message").unwrap_or(name);
    let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if is(&["human", "user"]) {
        Some(Role::User)
    } else if is(&["ai", "assistant", "model"]) {
        Some(Role::Assistant)
    } else if is(&["system", "developer"]) {
        Some(Role::System)
    } else if is(&["tool", "function"]) {
        Some(Role::Tool)
    } else {
        None
    }
}

fn content(raw: Option<&RawValue>) -> Cow<'_, str> {
    let Some(raw) = raw else { return Cow::Borrowed("") };
    match list(raw.get()) {
        Some(blocks) => Cow::Owned(blocks.into_iter().map(block).collect()),
        None => text(raw).unwrap_or_else(|| Cow::Owned(compact(raw.get()))),
    }
}

fn block(raw: &RawValue) -> Cow<'_, str> {
    #[derive(Deserialize)]
    struct Text {
        text: String,
    }
    let spoken = || serde_json::from_str::<Text>(raw.get()).ok().map(|block| Cow::Owned(block.text));
    text(raw).or_else(spoken).unwrap_or_else(|| Cow::Owned(compact(raw.get())))
}

fn calls<'a>(message: &Members<'a>) -> Vec<Cow<'a, str>> {
    let nested = || {
        let extra: Members<'a> = serde_json::from_str(message.additional_kwargs?.get()).ok()?;
        extra.tool_calls
    };
    let Some(raw) = message.tool_calls.filter(|raw| raw.get() != "[]").or_else(nested) else {
        return Vec::new();
    };
    let compact = |raw: &RawValue| Cow::Owned(compact(raw.get()));
    let Some(calls) = list(raw.get()) else { return vec![compact(raw)] };
    let id = |call: &'a RawValue| {
        let members: Members<'a> = serde_json::from_str(call.get()).ok()?;
        members.id.and_then(text)
    };
    calls.into_iter().map(|call| id(call).unwrap_or_else(|| compact(call))).collect()
}

/// The JSON without the usual differences of spelling: white space, and unnecessary escapes.
pub(super) fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    copy(json, None, &mut text);
    text
}
