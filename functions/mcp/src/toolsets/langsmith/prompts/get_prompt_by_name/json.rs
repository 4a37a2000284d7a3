//! Writes JSON objects member by member.

use serde::Serialize;

use crate::json::copy::copy;

/// An object under construction.
pub(super) struct Writer(String);

impl Writer {
    pub(super) fn new() -> Self {
        Self("{".to_owned())
    }

    /// A member whose value is JSON that was checked on receipt.
    pub(super) fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        copy(json, None, &mut self.0);
        self
    }

    /// Like [`raw`](Self::raw), if there is a value.
    pub(super) fn maybe(self, name: &str, json: Option<&str>) -> Self {
        match json {
            Some(json) => self.raw(name, json),
            None => self,
        }
    }

    /// A member with a value of ours.
    pub(super) fn value(self, name: &str, value: &impl Serialize) -> Self {
        self.raw(name, &to_json(value))
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&to_json(&name));
        self.0.push(':');
    }
}

/// The value as JSON. Texts, flags and lists of them can always be serialised.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}
