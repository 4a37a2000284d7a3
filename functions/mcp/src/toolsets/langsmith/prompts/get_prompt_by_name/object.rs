//! Objects in the form of LangChain's libraries: a class and its constructor arguments. Values stay as they were
//! received.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::copy::copy;

/// The members of a JSON object, each as its JSON.
pub(super) type Members<'m> = BTreeMap<String, &'m str>;

/// An object in that form.
#[derive(Deserialize)]
pub(super) struct Object<'m> {
    /// The path of the class, with its name last.
    id: Vec<String>,
    /// The constructor arguments.
    #[serde(borrow)]
    pub(super) kwargs: BTreeMap<String, &'m RawValue>,
}

impl<'m> Object<'m> {
    /// `None` when the value is something else.
    pub(super) fn read(raw: &'m RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    /// The name of the class, the same in every library.
    pub(super) fn class(&self) -> &str {
        self.id.last().map_or("", String::as_str)
    }

    /// A value that is present and not null.
    pub(super) fn raw(&self, name: &str) -> Option<&'m str> {
        self.kwargs.get(name).map(|raw| raw.get()).filter(|json| *json != "null")
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        text(self.raw(name)?)
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        serde_json::from_str(self.raw(name)?).ok()
    }

    /// A list of any values.
    pub(super) fn list(&self, name: &str) -> Option<Vec<&'m RawValue>> {
        serde_json::from_str(self.raw(name)?).ok()
    }

    /// The members of a value that is an object; none when it is something else.
    pub(super) fn members(&self, name: &str) -> Members<'m> {
        let members: Option<BTreeMap<String, &RawValue>> =
            self.raw(name).and_then(|json| serde_json::from_str(json).ok());
        members.unwrap_or_default().into_iter().map(|(name, value)| (name, value.get())).collect()
    }
}

/// The text of a JSON string. Half a surrogate pair, which no text can have, is replaced first.
pub(super) fn text(json: &str) -> Option<String> {
    let mut whole = String::with_capacity(json.len());
    copy(json, None, &mut whole);
    serde_json::from_str(&whole).ok()
}
