//! The differences between two answers.

use std::fmt;

use serde_json::Value;

use crate::calls::Call;
use crate::requests;
use crate::speak::Answer;

/// One difference.
#[derive(Debug)]
pub(crate) struct Found {
    /// Members, and `[]` for any element, such as `runs[].id`; empty if only one of the two calls failed. Prefixed with
    /// `request …` for a request to LangSmith, and with `argument …` for an argument that the standalone server does
    /// not accept.
    pub(crate) path: String,
    pub(crate) theirs: Option<Value>,
    pub(crate) ours: Option<Value>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Value>| {
            let text = value.as_ref().map_or_else(|| "absent".to_owned(), Value::to_string);
            text.chars().take(300).collect::<String>()
        };
        write!(f, "{}: theirs {}, ours {}", self.path, shown(&self.theirs), shown(&self.ours))
    }
}

/// All differences. Two failures are equal, since each server has its own error texts.
pub(crate) fn differences(call: &Call, theirs: &Answer, ours: &Answer) -> Vec<Found> {
    let mut found: Vec<Found> = theirs.complaints.iter().map(|name| argument(call, name)).collect();
    requests::differences(&theirs.requests, &ours.requests, &mut found);
    match (theirs.is_error(), ours.is_error()) {
        (true, true) => {}
        (false, false) => walk(String::new(), Some(&theirs.content), Some(&ours.content), &mut found),
        _ => found.push(Found {
            path: String::new(),
            theirs: Some(theirs.content.clone()),
            ours: Some(ours.content.clone()),
        }),
    }
    found
}

/// An argument that the standalone server accepted in its own type only.
fn argument(call: &Call, name: &str) -> Found {
    let path = format!("argument {name}");
    Found { path, theirs: call.plain.get(name).cloned(), ours: call.arguments.get(name).cloned() }
}

pub(crate) fn walk(path: String, theirs: Option<&Value>, ours: Option<&Value>, found: &mut Vec<Found>) {
    match (theirs, ours) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let separator = if path.is_empty() { "" } else { "." };
                walk(format!("{path}{separator}{key}"), a.get(key), b.get(key), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => elements(&path, a, b, found),
        (a, b) if a == b => {}
        (a, b) => found.push(Found { path, theirs: a.cloned(), ours: b.cloned() }),
    }
}

/// Elements with an id are matched by id, so that an additional element on one side is one difference.
fn elements(path: &str, theirs: &[Value], ours: &[Value], found: &mut Vec<Found>) {
    let path = format!("{path}[]");
    let identified = |items: &[Value]| items.iter().all(|item| item["id"].is_string());
    if !identified(theirs) || !identified(ours) {
        for index in 0..theirs.len().max(ours.len()) {
            walk(path.clone(), theirs.get(index), ours.get(index), found);
        }
        return;
    }
    let order = |items: &[Value], others: &[Value]| -> Vec<Value> {
        let known = |id: &&Value| others.iter().any(|other| &other["id"] == *id);
        items.iter().map(|item| &item["id"]).filter(known).cloned().collect()
    };
    let (their_order, our_order) = (order(theirs, ours), order(ours, theirs));
    if their_order != our_order {
        let path = format!("the order of {path}");
        found.push(Found { path, theirs: Some(their_order.into()), ours: Some(our_order.into()) });
    }
    let find = |items: &[Value], id: &Value| items.iter().find(|item| &item["id"] == id).cloned();
    for item in theirs {
        walk(path.clone(), Some(item), find(ours, &item["id"]).as_ref(), found);
    }
    for item in ours.iter().filter(|item| find(theirs, &item["id"]).is_none()) {
        walk(path.clone(), None, Some(item), found);
    }
}
