//! What of an exchange may be written down. The key may not, and neither may anything that is somebody's: names, addresses,
//! ids, texts, numbers.
//!
//! The rule needs no list of what is secret. The same script was done to the double before, whose data are made up: a word that
//! the double heard or said too is the smoke's own or the API's, and stays. Every other value becomes a placeholder of its kind.

mod placeholder;

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use shared::secret::Secret;
use url::form_urlencoded;

use crate::recording::{Answer, Exchange};
use placeholder::{hidden_ids, is_word, placeholder};

/// Members whose own members are named by people or programs, and not by the API.
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

/// Knows what may stay.
pub(crate) struct Redactor {
    key: Secret,
    words: BTreeSet<String>,
    /// As they are written in JSON.
    numbers: BTreeSet<String>,
}

impl Redactor {
    /// One that lets pass what these exchanges with the double hold.
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

    /// A JSON value whose members the API names, or, where it is `open`, anybody.
    pub(crate) fn value(&self, value: &Value, open: bool) -> Value {
        match value {
            // They tell nothing of anybody.
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

    /// A path, in which ids and what is nobody's name stay recognisable.
    pub(crate) fn path(&self, path: &str) -> String {
        path.split('/').map(|segment| self.text(segment)).collect::<Vec<_>>().join("/")
    }

    /// Names and values of a query.
    pub(crate) fn query(&self, query: &str) -> Vec<(String, String)> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs.map(|(name, value)| (self.text(&name), self.text(&value))).collect()
    }

    /// A text of ours, for the terminal: whatever else it holds, it never holds the key.
    pub(crate) fn without_key(&self, text: &str) -> String {
        text.replace(self.key.expose(), SECRET)
    }

    fn is_secret(&self, text: &str) -> bool {
        text.contains(self.key.expose())
    }
}

/// Whether the members of a member of this name are not the API's.
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
