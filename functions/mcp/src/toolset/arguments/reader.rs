//! Arguments of a call. Clients of the older LangSmith server write booleans, lists and numbers as strings, newer ones
//! write JSON; both are understood. Placeholders count as absent, and an argument that the tool does not have is
//! refused by its name. Readers of particular kinds are in the files beside this one: texts and ids in `url`, numbers
//! in `number`, lists in `list`, JSON in `structured`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::BitOr;

use primitives::ids::WorkspaceId;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::errors::{missing, wrong_value};
use super::no_nul_char::NO_NUL;
use super::placeholders::ignored::Ignored;
use super::placeholders::signs::Signs;
use super::placeholders::{
    MayBeEmpty, is_blank, is_empty, is_empty_list, is_label, is_meant_empty, is_nothing,
};
use super::unknown::refusal::{is_injected, refusal};
use super::url_room::UrlRoom;
use crate::toolset::ToolError;

/// The maximum size of a text, in bytes: it may go into a URL, and every server limits those.
const MAX_TEXT: usize = 8000;

/// The error of two arguments of the same name.
const REPEATED: &str = "repeated name";

/// The arguments of a call, or the members of a list entry. Taking one removes it.
#[derive(Debug, Default)]
pub(crate) struct Arguments<'a> {
    given: BTreeMap<Cow<'a, str>, &'a RawValue>,
    /// The names requested by the tool so far.
    known: Vec<&'static str>,
    /// Given arguments that count as absent.
    blanks: Vec<&'static str>,
    /// The values that say nothing, also those already taken: they may be signs.
    silent: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// Arguments with a meaningful empty form.
    may_be_empty: MayBeEmpty,
    /// Signs in this object's values.
    signs: Signs,
    /// Signs in the rest of the call.
    signs_elsewhere: Signs,
    /// Values taken for placeholders, although they may have been meant.
    pub(crate) ignored: Ignored,
    /// The arguments in the URL of a request.
    pub(crate) in_url: UrlRoom,
}

impl<'a> Arguments<'a> {
    /// The members of one JSON object.
    pub(crate) fn parse(raw: Option<&'a RawValue>) -> Result<Self, ToolError> {
        let Some(raw) = raw.filter(|raw| raw.get() != "null") else { return Ok(Self::default()) };
        serde_json::from_str(raw.get()).map_err(|error| {
            ToolError::invalid(match raw.get().starts_with('{') {
                true if error.to_string().starts_with(REPEATED) => "Each argument may be given only once.",
                true => "The names of arguments must be valid text: a part of one is not a character.",
                false => "The arguments must be one JSON object.",
            })
        })
    }

    /// The arguments of a call, without additions by the client's program. Blank text and an empty list are no
    /// arguments: PHP, for one, encodes an empty map as `[]`.
    pub(crate) fn of_call(raw: Option<&'a RawValue>) -> Result<Self, ToolError> {
        let mut arguments = Self::parse(raw.filter(|raw| !is_blank(raw) && !is_empty_list(raw)))?;
        // Additions are no signs: the model has no part in them.
        arguments.given.retain(|name, _| !is_injected(name));
        arguments.silent.retain(|(name, _)| !is_injected(name));
        arguments.set_may_be_empty(&[]);
        Ok(arguments)
    }

    /// Sets the arguments with a meaningful empty form, before any of them is taken.
    pub(crate) fn set_may_be_empty(&mut self, names: MayBeEmpty) {
        self.may_be_empty = names;
        let signs = self.silent.iter().map(|(name, value)| Signs::of(names, name, value));
        self.signs = signs.fold(Signs::default(), BitOr::bitor);
    }

    /// The result of `take` on the arguments of a call, and the ignored values. `take` removes the known arguments; any
    /// remaining one is refused.
    pub(crate) fn read_noting<T>(
        raw: Option<&'a RawValue>,
        take: impl FnOnce(&mut Self) -> Result<T, ToolError>,
    ) -> Result<(T, Ignored), ToolError> {
        Self::of_call(raw)?.read_with(take)
    }

    /// Like `read_noting`, without the ignored values.
    #[cfg(test)]
    pub(crate) fn read<T>(
        raw: Option<&'a RawValue>,
        take: impl FnOnce(&mut Self) -> Result<T, ToolError>,
    ) -> Result<T, ToolError> {
        Self::read_noting(raw, take).map(|(taken, _)| taken)
    }

    /// The result of `take` on the members of a list entry, and the ignored values. `signs` are those of the whole
    /// call.
    pub(super) fn read_entry<T>(
        mut self,
        signs: Signs,
        take: impl FnOnce(&mut Self) -> Result<T, ToolError>,
    ) -> Result<(T, Ignored), ToolError> {
        self.add_signs(signs);
        self.read_with(take)
    }

    fn read_with<T>(
        mut self,
        take: impl FnOnce(&mut Self) -> Result<T, ToolError>,
    ) -> Result<(T, Ignored), ToolError> {
        let taken = take(&mut self).map_err(|error| self.ignored.explain(self.explain_blank(error)))?;
        let ignored = std::mem::take(&mut self.ignored);
        self.finish().map(|()| (taken, ignored))
    }

    /// The same error; for a given, but empty argument, one about an empty value instead of a missing one.
    fn explain_blank(&self, error: ToolError) -> ToolError {
        match self.blanks.iter().find(|name| error == missing(name)) {
            Some(name) => ToolError::invalid(format!("{name} is empty, but required.")),
            None => error,
        }
    }

    fn finish(self) -> Result<(), ToolError> {
        match self.given.keys().next() {
            None => self.in_url.check(),
            Some(name) => Err(refusal(name, &self.known)),
        }
    }

    /// A text of at most [`MAX_TEXT`] bytes.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        self.long_text(name, MAX_TEXT)
    }

    /// A text of at most `most` bytes, for request bodies.
    pub(crate) fn long_text(&mut self, name: &'static str, most: usize) -> Result<Option<String>, ToolError> {
        self.take(name).map(|raw| bounded(raw, name, most)).transpose()
    }

    /// A text of at most [`MAX_TEXT`] bytes; an empty one has a meaning: there is to be none.
    pub(crate) fn text_or_empty(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        let Some(raw) = self.take_or_empty(name) else { return Ok(None) };
        let text = bounded(raw, name, MAX_TEXT)?;
        Ok(Some(if text.trim().is_empty() { String::new() } else { text }))
    }

    /// A text of at most [`MAX_TEXT`] bytes, other than a name or free text: a word for nothing counts as absent.
    pub(crate) fn value(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        self.long_value(name, MAX_TEXT)
    }

    /// Like [`value`](Self::value), of at most `most` bytes.
    pub(crate) fn long_value(
        &mut self,
        name: &'static str,
        most: usize,
    ) -> Result<Option<String>, ToolError> {
        self.take_value(name).map(|raw| bounded(raw, name, most)).transpose()
    }

    /// A UUID.
    pub(crate) fn id(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        let Some(text) = self.value(name)? else { return Ok(None) };
        let id = uuid::Uuid::try_parse(text.trim()).map_err(|_| wrong_value(name, "a UUID"))?;
        Ok(Some(id.hyphenated().to_string()))
    }

    /// The workspace argument that every tool has.
    pub(crate) fn workspace(&mut self) -> Result<Option<WorkspaceId>, ToolError> {
        let id = self.id("workspace_id").map_err(|error| error.with("list_workspaces lists the ids."))?;
        Ok(id.map(WorkspaceId::new))
    }

    /// `true` or `false`, as JSON or as text in any case.
    pub(crate) fn boolean(&mut self, name: &'static str) -> Result<Option<bool>, ToolError> {
        let Some(raw) = self.take_value(name) else { return Ok(None) };
        let text = raw.get().trim_matches('"').trim().to_ascii_lowercase();
        text.parse().map(Some).map_err(|_| wrong_value(name, "true or false"))
    }

    /// One of a few words, in any case.
    pub(crate) fn choice(
        &mut self,
        name: &'static str,
        known: &[&'static str],
    ) -> Result<Option<&'static str>, ToolError> {
        let Some(text) = self.value(name)? else { return Ok(None) };
        let found = known.iter().find(|word| text.trim().eq_ignore_ascii_case(word));
        found.copied().map(Some).ok_or_else(|| wrong_value(name, &format!("one of {}", known.join(", "))))
    }

    /// Whether the client fills in arguments.
    pub(crate) fn fills_in(&self) -> bool {
        self.signs().fills_in()
    }

    /// All known signs of this call.
    pub(crate) fn signs(&self) -> Signs {
        self.signs | self.signs_elsewhere
    }

    /// Adds signs from another part of the call.
    pub(crate) fn add_signs(&mut self, signs: Signs) {
        self.signs_elsewhere = self.signs_elsewhere | signs;
    }

    /// Takes all remaining arguments.
    pub(crate) fn take_rest(&mut self) -> Vec<(String, &'a RawValue)> {
        let rest = std::mem::take(&mut self.given);
        rest.into_iter().map(|(name, value)| (name.into_owned(), value)).collect()
    }

    /// The arguments not taken yet.
    pub(crate) fn remaining(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.given.iter().map(|(name, value)| (&**name, *value))
    }

    /// The value of an argument, unless it is empty.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<&'a RawValue> {
        let raw = self.take_unless_null(name)?;
        match is_empty(raw) {
            true => self.blank(name),
            false if self.is_filled_in(name, raw) => self.ignore(name),
            false => Some(raw),
        }
    }

    /// Whether a label is filled in: a word for nothing, from a client that fills in arguments.
    fn is_filled_in(&self, name: &str, raw: &RawValue) -> bool {
        self.fills_in() && is_label(name) && is_nothing(raw)
    }

    /// Like [`take`](Self::take), for arguments other than names and free text: a word for nothing counts as absent,
    /// too.
    pub(crate) fn take_value(&mut self, name: &'static str) -> Option<&'a RawValue> {
        let raw = self.take(name)?;
        if is_nothing(raw) { self.blank(name) } else { Some(raw) }
    }

    /// The value of an argument. Its meaningful empty form is a value, too, unless the client fills in arguments.
    pub(crate) fn take_or_empty(&mut self, name: &'static str) -> Option<&'a RawValue> {
        let raw = self.take_unless_null(name)?;
        match is_meant_empty(self.may_be_empty, name, raw) {
            true if self.fills_in() => self.ignore(name),
            false if is_empty(raw) => self.blank(name),
            false if self.is_filled_in(name, raw) => self.ignore(name),
            _ => Some(raw),
        }
    }

    /// The value of an argument, unless it is null.
    pub(crate) fn take_unless_null(&mut self, name: &'static str) -> Option<&'a RawValue> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.given.remove(name).filter(|raw| raw.get() != "null")
    }

    /// Records an argument that is ignored because the client fills in arguments.
    pub(crate) fn ignore<T>(&mut self, name: &'static str) -> Option<T> {
        self.ignored.add(name);
        self.blank(name)
    }

    /// Records a given argument that counts as absent.
    pub(crate) fn blank<T>(&mut self, name: &'static str) -> Option<T> {
        self.blanks.push(name);
        None
    }
}

/// The text of a JSON string of at most `most` bytes.
fn bounded(raw: &RawValue, name: &str, most: usize) -> Result<String, ToolError> {
    let text = string(raw, name, "a string")?;
    if text.len() > most { Err(wrong_value(name, &format!("at most {most} bytes long"))) } else { Ok(text) }
}

/// The text of a JSON string.
pub(crate) fn string(raw: &RawValue, name: &str, expected: &str) -> Result<String, ToolError> {
    match serde_json::from_str::<String>(raw.get()) {
        Ok(text) if text.contains('\0') => Err(wrong_value(name, NO_NUL)),
        Ok(text) => Ok(text),
        // An unreadable string holds half of a surrogate pair.
        Err(_) if raw.get().starts_with('"') => {
            Err(wrong_value(name, "valid text: a part of it is no character"))
        }
        Err(_) => Err(wrong_value(name, expected)),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Arguments<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ArgumentsVisitor(std::marker::PhantomData))
    }
}

struct ArgumentsVisitor<'a>(std::marker::PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for ArgumentsVisitor<'a> {
    type Value = Arguments<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut given: BTreeMap<Cow<'a, str>, &'a RawValue> = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            if given.insert(Cow::Owned(name), value).is_some() {
                return Err(A::Error::custom(REPEATED));
            }
        }
        let silent = given.iter().filter(|(name, value)| Signs::of(&[], name, value).is_any());
        let silent = silent.map(|(name, value)| (name.clone(), *value)).collect();
        let mut arguments = Arguments { given, silent, ..Arguments::default() };
        arguments.set_may_be_empty(&[]);
        Ok(arguments)
    }
}

/// For tests: the result of `take` on the arguments in `json`.
#[cfg(test)]
pub(super) fn with<T>(json: impl fmt::Display, take: impl FnOnce(&mut Arguments<'_>) -> T) -> T {
    let text = json.to_string();
    take(&mut Arguments::parse(Some(serde_json::from_str(&text).unwrap())).unwrap())
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
