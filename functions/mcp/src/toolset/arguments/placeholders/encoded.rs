//! JSON in a text: the form of lists and objects from clients without nested types.

use std::borrow::Cow;

use serde_json::value::RawValue;

/// A value or, if it is a text, the JSON in it.
pub(crate) fn decoded(raw: &RawValue) -> Option<Box<RawValue>> {
    match serde_json::from_str::<Cow<'_, str>>(raw.get()) {
        Ok(text) => serde_json::from_str(text.trim()).ok(),
        Err(_) => Some(raw.to_owned()),
    }
}

/// The list or object in a text.
pub(crate) fn encoded(raw: &RawValue) -> Option<Box<RawValue>> {
    let text: Cow<'_, str> = raw.get().starts_with('"').then(|| serde_json::from_str(raw.get()).ok())??;
    let text = text.trim();
    text.starts_with(['[', '{']).then(|| serde_json::from_str(text).ok())?
}

/// The decoded entry of a list: some clients encode each entry by itself.
pub(crate) fn entry(item: Box<RawValue>) -> Box<RawValue> {
    encoded(&item).unwrap_or(item)
}
