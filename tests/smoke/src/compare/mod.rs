//! Differences in form between the answers of LangSmith and the double: statuses, media types, shapes of JSON. Values,
//! ids and times are not compared; the elements of a list are merged into one shape.

mod difference;
mod places;
mod reads;
mod shape;

use std::collections::{BTreeMap, BTreeSet};

pub use difference::Difference;

use crate::clean_up;
use crate::recording::{Answer, Asker, Exchange};
use crate::redact::{Redactor, json};
use difference::words;
use places::places;
use reads::reads_of;
use shape::Shape;

/// Equal requests of one step, on one side.
#[derive(Debug, Default)]
struct Group {
    statuses: BTreeSet<String>,
    /// By status.
    media_types: BTreeMap<String, BTreeSet<String>>,
    shapes: BTreeMap<String, Shape>,
}

/// The identity of equal requests: step, asker, method and path.
type Key = (&'static str, Asker, String);

/// Exceptions from the strict comparison.
pub(crate) struct Leniency {
    /// Steps whose outcome depends on the key or the plan.
    pub(crate) open_ended: BTreeSet<&'static str>,
    /// Steps that got as far as with the double.
    pub(crate) done: BTreeSet<&'static str>,
}

/// The differences in the order of the script.
pub(crate) fn compare(
    double: &[Exchange],
    langsmith: &[Exchange],
    redactor: &Redactor,
    leniency: &Leniency,
) -> Vec<Difference> {
    let (mut order, mut double) = groups(double, redactor);
    let (more, mut langsmith) = groups(langsmith, redactor);
    order.extend(more);
    let mut differences = Vec::new();
    for key in order {
        let pair = (double.remove(&key), langsmith.remove(&key));
        let (step, asker, request) = key;
        let reads = request.split_once(' ').and_then(|(method, path)| reads_of(method, path));
        // The smoke test's own requests are judged by the facts derived from them.
        let strict = asker == Asker::Product && !leniency.open_ended.contains(step);
        let mut differ = |place: &str, double: String, langsmith: String, counts: bool| {
            let (request, place) = (request.clone(), place.to_owned());
            differences.push(Difference { step, request, place, double, langsmith, counts });
        };
        let (double, langsmith) = match pair {
            (Some(double), Some(langsmith)) => (double, langsmith),
            (Some(double), None) if leniency.done.contains(step) => {
                differ("request", words(&double.statuses), "was not asked".to_owned(), strict);
                continue;
            }
            (None, Some(langsmith)) => {
                differ("request", "was not asked".to_owned(), words(&langsmith.statuses), strict);
                continue;
            }
            _ => continue,
        };
        if double.statuses != langsmith.statuses {
            differ("status", words(&double.statuses), words(&langsmith.statuses), strict);
        }
        for (status, types) in &double.media_types {
            let others = langsmith.media_types.get(status).filter(|others| *others != types);
            if let Some(others) = others {
                differ("content type", words(types), words(others), strict);
            }
        }
        for (status, shape) in &double.shapes {
            let Some(other) = langsmith.shapes.get(status) else { continue };
            for place in places(shape, other) {
                let is_read = reads.is_some_and(|reads| reads.has(&place.path));
                let counts = asker == Asker::Product && is_read && place.is_new();
                let name = if place.path.is_empty() { "the whole" } else { &place.path };
                differ(name, words(&place.double), words(&place.langsmith), counts);
            }
        }
    }
    differences
}

fn groups(exchanges: &[Exchange], redactor: &Redactor) -> (Vec<Key>, BTreeMap<Key, Group>) {
    let (mut order, mut groups) = (Vec::new(), BTreeMap::<Key, Group>::new());
    let compared = exchanges.iter().filter(|exchange| !exchange.is_early && exchange.step != clean_up::STEP);
    for exchange in compared {
        let key = key(exchange, redactor);
        let later = exchanges.iter().skip_while(|other| !std::ptr::eq(*other, exchange)).skip(1);
        if is_hiccup(&exchange.answer) && later.clone().any(|other| self::key(other, redactor) == key) {
            continue;
        }
        let group = groups.entry(key.clone()).or_default();
        add(group, &exchange.answer, redactor);
        if !order.contains(&key) {
            order.push(key);
        }
    }
    (order, groups)
}

fn key(exchange: &Exchange, redactor: &Redactor) -> Key {
    (exchange.step, exchange.asker, format!("{} {}", exchange.method, redactor.path(&exchange.path)))
}

/// Whether an answer only asks for a retry.
fn is_hiccup(answer: &Answer) -> bool {
    match answer {
        Answer::Received { status, .. } => matches!(status, 429 | 502..=504),
        Answer::Withheld => false,
        Answer::None(_) => true,
    }
}

fn add(group: &mut Group, answer: &Answer, redactor: &Redactor) {
    match answer {
        Answer::Received { status, media_type, body } => {
            let status = status.to_string();
            group.media_types.entry(status.clone()).or_default().insert(media_type.clone());
            if let Some(body) = json(body) {
                let shape = Shape::of(&body, redactor);
                let merged = match group.shapes.remove(&status) {
                    Some(other) => other.merged(shape),
                    None => shape,
                };
                group.shapes.insert(status.clone(), merged);
            }
            group.statuses.insert(status);
        }
        Answer::Withheld => drop(group.statuses.insert("withheld".to_owned())),
        Answer::None(why) => drop(group.statuses.insert((*why).to_owned())),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
