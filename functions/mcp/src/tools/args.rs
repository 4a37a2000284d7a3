//! Arguments of a call. Clients of the older LangSmith server write booleans, lists and numbers as strings, newer ones
//! write JSON; both are understood. `null` means absent, and an argument that no tool knows is refused by its name.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use shared::ids::WorkspaceId;

use super::ToolError;
use super::nul::{NO_NUL, without_nul};
use super::url_args::InUrl;

/// The most entries that a list argument may have.
const MAX_ITEMS: usize = 20;
/// The longest text that is taken, in bytes: it may go into a URL, which no server takes at any length.
const MAX_TEXT: usize = 8000;

/// Arguments that have not been taken yet.
#[derive(Debug, Default)]
pub(crate) struct Arguments<'a> {
    given: BTreeMap<Cow<'a, str>, &'a RawValue>,
    /// Those that were taken for the URL of a request.
    pub(super) in_url: InUrl,
}

impl<'a> Arguments<'a> {
    pub(crate) fn parse(raw: Option<&'a RawValue>) -> Result<Self, ToolError> {
        let Some(raw) = raw.filter(|raw| raw.get() != "null") else { return Ok(Self::default()) };
        serde_json::from_str(raw.get())
            .map_err(|_| ToolError::invalid("The arguments must be one JSON object without repeated names."))
    }

    /// What `take` makes of all arguments. It takes those that are known, so what is left is refused.
    pub(crate) fn read<T>(
        raw: Option<&'a RawValue>,
        take: impl FnOnce(&mut Self) -> Result<T, ToolError>,
    ) -> Result<T, ToolError> {
        let mut arguments = Self::parse(raw)?;
        let taken = take(&mut arguments)?;
        arguments.finish().map(|()| taken)
    }

    fn finish(self) -> Result<(), ToolError> {
        match self.given.keys().next() {
            None => self.in_url.check(),
            Some(name) => {
                let name: String = name.chars().take(64).collect();
                Err(ToolError::invalid(format!("Unknown argument: {name}")))
            }
        }
    }

    /// A text of at most [`MAX_TEXT`] bytes; an empty one counts as absent.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        self.long_text(name, MAX_TEXT)
    }

    /// The same of at most `most` bytes, for what goes into a body.
    pub(crate) fn long_text(&mut self, name: &'static str, most: usize) -> Result<Option<String>, ToolError> {
        Ok(self.bounded(name, most)?.filter(|text| !text.is_empty()))
    }

    /// A text of at most [`MAX_TEXT`] bytes that may be empty: the caller wants nothing to be there.
    pub(crate) fn text_or_empty(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        self.bounded(name, MAX_TEXT)
    }

    /// A text of nothing but white space becomes an empty one.
    fn bounded(&mut self, name: &'static str, most: usize) -> Result<Option<String>, ToolError> {
        let Some(raw) = self.take(name) else { return Ok(None) };
        let text = string(raw, name, "a string")?;
        if text.len() > most {
            return Err(wrong(name, &format!("at most {most} bytes long")));
        }
        Ok(Some(if text.trim().is_empty() { String::new() } else { text }))
    }

    /// A UUID.
    pub(crate) fn id(&mut self, name: &'static str) -> Result<Option<String>, ToolError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let id = uuid::Uuid::try_parse(text.trim()).map_err(|_| wrong(name, "a UUID"))?;
        Ok(Some(id.hyphenated().to_string()))
    }

    /// The workspace argument that every tool has.
    pub(crate) fn workspace(&mut self) -> Result<Option<WorkspaceId>, ToolError> {
        Ok(self.id("workspace_id")?.map(WorkspaceId::new))
    }

    /// `true` or `false`, as JSON or as text in any case.
    pub(crate) fn boolean(&mut self, name: &'static str) -> Result<Option<bool>, ToolError> {
        let Some(raw) = self.take(name) else { return Ok(None) };
        let text = raw.get().trim_matches('"').trim().to_ascii_lowercase();
        text.parse().map(Some).map_err(|_| wrong(name, "true or false"))
    }

    /// A list of texts: a JSON array, the same array as text, or one bare text.
    pub(crate) fn list(&mut self, name: &'static str) -> Result<Option<Vec<String>>, ToolError> {
        self.list_of(name, MAX_ITEMS)
    }

    /// The same of at most `most` texts.
    pub(crate) fn list_of(
        &mut self,
        name: &'static str,
        most: usize,
    ) -> Result<Option<Vec<String>>, ToolError> {
        Ok(self.entries(name, most)?.filter(|items| !items.is_empty()))
    }

    /// The same of at most [`MAX_ITEMS`] texts; it may be empty: the caller wants nothing to be there.
    pub(crate) fn list_or_empty(&mut self, name: &'static str) -> Result<Option<Vec<String>>, ToolError> {
        self.entries(name, MAX_ITEMS)
    }

    /// The texts that are not empty.
    fn entries(&mut self, name: &'static str, most: usize) -> Result<Option<Vec<String>>, ToolError> {
        const EXPECTED: &str = "a string or an array of strings";
        let Some(raw) = self.take(name) else { return Ok(None) };
        let items: Vec<String> = if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
            items.into_iter().map(|item| string(item, name, EXPECTED)).collect::<Result<_, _>>()?
        } else {
            let text = string(raw, name, EXPECTED)?;
            serde_json::from_str(&text).unwrap_or_else(|_| vec![text])
        };
        let items: Vec<String> = items.into_iter().filter(|item| !item.trim().is_empty()).collect();
        if items.iter().any(|item| item.contains('\0')) {
            return Err(wrong(name, NO_NUL));
        }
        if items.len() > most {
            return Err(wrong(name, &format!("at most {most} entries long")));
        }
        Ok(Some(items))
    }

    /// One of a few words, in any case.
    pub(crate) fn choice(
        &mut self,
        name: &'static str,
        known: &[&'static str],
    ) -> Result<Option<&'static str>, ToolError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let found = known.iter().find(|word| text.trim().eq_ignore_ascii_case(word));
        found.copied().map(Some).ok_or_else(|| wrong(name, &format!("one of {}", known.join(", "))))
    }

    /// A JSON object, or its text. It is only looked at from outside.
    pub(crate) fn object(&mut self, name: &'static str) -> Result<Option<Box<RawValue>>, ToolError> {
        let Some(raw) = self.take(name) else { return Ok(None) };
        let value = inner(raw).ok_or_else(|| wrong(name, "a JSON object"))?;
        if !value.get().starts_with('{') {
            return Err(wrong(name, "a JSON object"));
        }
        without_nul(name, &value)?;
        Ok(Some(value))
    }

    /// Any JSON, as it was sent.
    pub(crate) fn raw(&mut self, name: &'static str) -> Option<&'a RawValue> {
        self.take(name)
    }

    /// A JSON array, or its text, of at most `most` values.
    pub(crate) fn array(
        &mut self,
        name: &'static str,
        most: usize,
    ) -> Result<Option<Vec<Box<RawValue>>>, ToolError> {
        let Some(raw) = self.take(name) else { return Ok(None) };
        let value = inner(raw).ok_or_else(|| wrong(name, "a JSON array"))?;
        let items: Vec<Box<RawValue>> =
            serde_json::from_str(value.get()).map_err(|_| wrong(name, "a JSON array"))?;
        if items.len() > most {
            return Err(wrong(name, &format!("at most {most} entries long")));
        }
        Ok(Some(items))
    }

    /// Whether nothing is left but what every tool takes.
    pub(crate) fn is_empty(&self) -> bool {
        self.given.iter().all(|(name, value)| name == "workspace_id" || value.get() == "null")
    }

    pub(super) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        self.given.remove(name).filter(|raw| raw.get() != "null")
    }
}

/// Whether a call gives its tool anything to do. A tool that also explains itself does that when it is called with nothing.
pub(crate) fn given(raw: Option<&RawValue>) -> bool {
    Arguments::parse(raw).is_ok_and(|arguments| !arguments.is_empty())
}

/// The error of a required argument that is absent.
pub(crate) fn missing(name: &'static str) -> ToolError {
    ToolError::invalid(format!("Missing argument: {name}"))
}

/// The text of a JSON string.
fn string(raw: &RawValue, name: &str, expected: &str) -> Result<String, ToolError> {
    match serde_json::from_str::<String>(raw.get()) {
        Ok(text) if text.contains('\0') => Err(wrong(name, NO_NUL)),
        Ok(text) => Ok(text),
        // What looks like a string and is none holds half of a surrogate pair.
        Err(_) if raw.get().starts_with('"') => Err(wrong(name, "valid text: a part of it is no character")),
        Err(_) => Err(wrong(name, expected)),
    }
}

/// A value, or the one that its text holds.
fn inner(raw: &RawValue) -> Option<Box<RawValue>> {
    match serde_json::from_str::<Cow<'_, str>>(raw.get()) {
        Ok(text) => serde_json::from_str(text.trim()).ok(),
        Err(_) => Some(raw.to_owned()),
    }
}

/// The error of an argument that is something else than it should be.
pub(crate) fn wrong(name: &str, expected: &str) -> ToolError {
    ToolError::invalid(format!("{name} must be {expected}."))
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
        let mut arguments = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            if arguments.insert(Cow::Owned(name), value).is_some() {
                return Err(A::Error::custom("repeated name"));
            }
        }
        Ok(Arguments { given: arguments, in_url: InUrl::default() })
    }
}

#[cfg(test)]
#[path = "args_tests.rs"]
mod tests;
