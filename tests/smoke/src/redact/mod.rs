//! The redaction of recordings. They must not contain the key or anything personal: names, addresses, ids, texts,
//! numbers.
//!
//! No list of secrets is needed. The same script ran before against the double, whose data are made up: words that
//! occur in the double's requests or answers belong to the smoke test or the API, and stay. Every other value becomes a
//! placeholder of its kind.

mod placeholder;

use std::collections::BTreeSet;

use primitives::secret::Secret;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::recording::{Answer, Exchange};
use placeholder::{hidden_ids, is_word, placeholder};

/// Members whose own members have names chosen by people or programs, not by the API.
const OPEN: [&str; 16] = [
    "customer_info",
    "events",
    "extra",
    "feedback_stats",
    "groups",
    "inputs",
    "inputs_schema_definition",
    "kwargs",
    "manifest",
    "metadata",
    "outputs",
    "outputs_schema_definition",
    "run_facets",
    "serialized",
    "session_feedback_stats",
    "values",
];

const SECRET: &str = "<secret>";

/// Decides which values may stay.
pub(crate) struct Redactor {
    key: Secret,
    words: BTreeSet<String>,
    /// In their JSON form.
    numbers: BTreeSet<String>,
}

impl Redactor {
    /// A redactor that permits the contents of these exchanges with the double.
    pub(crate) fn new(key: Secret, double: &[Exchange]) -> Self {
        let mut redactor = Self { key, words: BTreeSet::new(), numbers: BTreeSet::new() };
        for exchange in double {
            exchange.path.split('/').for_each(|segment| redactor.learn_word(segment));
            for (name, value) in form_urlencoded::parse(exchange.query.as_bytes()) {
                redactor.learn_word(&name);
                redactor.learn_word(&value);
            }
            if let Some(request) = json(&exchange.request) {
                redactor.learn(&request, true);
            }
            if let Answer::Received { body, .. } = &exchange.answer
                && let Some(answer) = json(body)
            {
                redactor.learn(&answer, false);
            }
        }
        redactor
    }

    /// Numbers are learned from requests only: those in answers are counts, which may be anybody's.
    fn learn(&mut self, value: &Value, is_request: bool) {
        match value {
            Value::Number(number) if is_request => drop(self.numbers.insert(number.to_string())),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => self.learn_word(text),
            Value::Array(elements) => elements.iter().for_each(|element| self.learn(element, is_request)),
            Value::Object(members) => {
                for (name, value) in members {
                    self.learn_word(name);
                    self.learn(value, is_request);
                }
            }
        }
    }

    fn learn_word(&mut self, text: &str) {
        if is_word(text) {
            self.words.insert(hidden_ids(text));
        }
    }

    /// A JSON value; the names of its members are the API's or, if it is `open`, chosen by anybody.
    pub(crate) fn value(&self, value: &Value, open: bool) -> Value {
        match value {
            // These reveal nothing about anybody.
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) if self.numbers.contains(&number.to_string()) => value.clone(),
            Value::Number(number) if number.is_f64() => "<decimal>".into(),
            Value::Number(_) => "<integer>".into(),
            Value::String(text) => self.text(text).into(),
            Value::Array(elements) => elements.iter().map(|element| self.value(element, open)).collect(),
            Value::Object(members) => {
                let mut redacted = Map::new();
                for (name, value) in members {
                    redacted.insert(self.name(name, open), self.value(value, open || is_open(name)));
                }
                Value::Object(redacted)
            }
        }
    }

    /// The name of a member.
    pub(crate) fn name(&self, name: &str, open: bool) -> String {
        let hidden = hidden_ids(name);
        let is_known = self.words.contains(&hidden);
        let usual = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        };
        let is_of_api = !open && name.len() <= 64 && name.chars().all(usual);
        if self.is_secret(name) {
            SECRET.to_owned()
        } else if is_known || is_of_api {
            hidden
        } else {
            "<name>".to_owned()
        }
    }

    /// A text.
    pub(crate) fn text(&self, text: &str) -> String {
        let hidden = hidden_ids(text);
        if self.is_secret(text) {
            SECRET.to_owned()
        } else if self.words.contains(&hidden) {
            hidden
        } else {
            placeholder(text)
        }
    }

    /// A path, in which ids and impersonal names stay recognisable.
    pub(crate) fn path(&self, path: &str) -> String {
        path.split('/').map(|segment| self.text(segment)).collect::<Vec<_>>().join("/")
    }

    /// The names and values of a query.
    pub(crate) fn query(&self, query: &str) -> Vec<(String, String)> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs.map(|(name, value)| (self.text(&name), self.text(&value))).collect()
    }

    /// One of our texts, for the terminal: it may contain anything but the key.
    pub(crate) fn without_key(&self, text: &str) -> String {
        text.replace(self.key.expose(), SECRET)
    }

    fn is_secret(&self, text: &str) -> bool {
        text.contains(self.key.expose())
    }
}

/// Whether a member of this name has members that the API does not name.
pub(crate) fn is_open(name: &str) -> bool {
    OPEN.contains(&name)
}

/// A body, if it is JSON.
pub(crate) fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
