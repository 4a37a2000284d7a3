//! Evaluation of a filter on a run. Documentation: "Query traces" asks for a key and its value, of metadata and of
//! feedback, by two comparisons in one `and`, for failed runs by `neq(error, null)`, and searches all texts of a run.
//! Assumed: `eq(error, true)` also means failed runs. Assumed: a search ignores case. Assumed: a value of another type
//! than the field's is not equal to it, and has no order with it.

use std::cmp::Ordering;

use serde_json::Value;
use time::OffsetDateTime;

use super::field::{Field, Operand};
use super::parse::{Filter, Relation, Test};
use crate::data::Facts;

/// Whether the run matches.
pub(crate) fn matches(filter: &Filter, run: &Facts) -> bool {
    match filter {
        Filter::All(filters) => all(filters, run),
        Filter::Any(filters) => filters.iter().any(|filter| matches(filter, run)),
        Filter::Not(filter) => !matches(filter, run),
        Filter::Search(text) => run.text.contains(text),
        Filter::Contains(pairs) => pairs.iter().all(|(key, value)| run.metadata.get(key) == Some(value)),
        Filter::Exists(key) => run.metadata.contains_key(key),
        Filter::Test(test) => match Pairs::of(test.field) {
            Some(pairs) => pairs.exists(&[test], run),
            None => field_matches(test, run),
        },
    }
}

/// In a conjunction, a key test and a value test apply to the same pair: `and(eq(metadata_key, "a"), eq(metadata_value,
/// "b"))` does not match a run with `a: x, y: b`.
fn all(filters: &[Filter], run: &Facts) -> bool {
    let tests_of = |wanted: Pairs| -> Vec<&Test> {
        let tests = filters.iter().filter_map(|filter| match filter {
            Filter::Test(test) => Some(test),
            _ => None,
        });
        tests.filter(|test| Pairs::of(test.field) == Some(wanted)).collect()
    };
    let paired = |filter: &Filter| matches!(filter, Filter::Test(test) if Pairs::of(test.field).is_some());
    Pairs::Metadata.exists(&tests_of(Pairs::Metadata), run)
        && Pairs::Feedback.exists(&tests_of(Pairs::Feedback), run)
        && filters.iter().filter(|filter| !paired(filter)).all(|filter| matches(filter, run))
}

/// The key-value lists of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pairs {
    Metadata,
    Feedback,
}

impl Pairs {
    fn of(field: Field) -> Option<Self> {
        match field {
            Field::MetadataKey | Field::MetadataValue => Some(Self::Metadata),
            Field::FeedbackKey | Field::FeedbackScore => Some(Self::Feedback),
            _ => None,
        }
    }

    /// Whether a single pair passes every test; true without tests.
    fn exists(self, tests: &[&Test], run: &Facts) -> bool {
        if tests.is_empty() {
            return true;
        }
        let passes = |key: &str, value: Actual<'_>| {
            tests.iter().all(|test| match test.field {
                Field::MetadataKey | Field::FeedbackKey => relates(test, &Actual::Text(key)),
                _ => relates(test, &value),
            })
        };
        match self {
            Self::Metadata => run.metadata.iter().any(|(key, value)| match value {
                Value::String(text) => passes(key, Actual::Text(text)),
                other => passes(key, Actual::Text(&other.to_string())),
            }),
            Self::Feedback => run.feedback.iter().any(|(key, marks)| {
                let mut scores = marks.iter().map(|mark| mark.score.map_or(Actual::Absent, Actual::Number));
                scores.any(|score| passes(key, score))
            }),
        }
    }
}

/// The value of a field in a run.
enum Actual<'a> {
    Text(&'a str),
    Number(f64),
    Time(OffsetDateTime),
    Flag(bool),
    Absent,
}

fn field_matches(test: &Test, run: &Facts) -> bool {
    let number = |count: u64| Actual::Number(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string());
    let owned = |text: Option<String>| {
        text.as_deref().map_or(relates(test, &Actual::Absent), |text| relates(test, &Actual::Text(text)))
    };
    let actual = match test.field {
        Field::Id => return owned(id(Some(run.id))),
        Field::TraceId => return owned(id(Some(run.trace))),
        Field::ParentRunId => return owned(id(run.parent)),
        Field::ReferenceExampleId => return owned(id(run.reference_example)),
        Field::Tags => return tags_match(test, &run.tags),
        Field::Name => Actual::Text(&run.name),
        Field::RunType => Actual::Text(run.run_type),
        Field::Status => Actual::Text(run.status()),
        Field::IsRoot => Actual::Flag(run.parent.is_none()),
        Field::Error => error(test, run.error.as_deref()),
        Field::ThreadId => run.thread().map_or(Actual::Absent, Actual::Text),
        Field::StartTime => Actual::Time(run.start),
        Field::EndTime => Actual::Time(run.end),
        Field::Latency => Actual::Number(run.latency()),
        Field::FirstTokenLatency => {
            run.first_token.map_or(Actual::Absent, |at| Actual::Number((at - run.start).as_seconds_f64()))
        }
        Field::TotalTokens => number(run.prompt_tokens + run.completion_tokens),
        Field::PromptTokens => number(run.prompt_tokens),
        Field::CompletionTokens => number(run.completion_tokens),
        Field::TotalCost => dollars(run.prompt_cost_nanos + run.completion_cost_nanos),
        Field::ExecutionOrder => Actual::Number(f64::from(run.execution_order)),
        Field::Metadata
        | Field::MetadataKey
        | Field::MetadataValue
        | Field::FeedbackKey
        | Field::FeedbackScore => Actual::Absent,
    };
    relates(test, &actual)
}

/// The operand of `error`: `eq(error, true)` tests its presence, `eq(error, "text")` its text.
fn error<'a>(test: &Test, error: Option<&'a str>) -> Actual<'a> {
    match test.operands.first() {
        Some(Operand::Flag(_)) => Actual::Flag(error.is_some()),
        _ => error.map_or(Actual::Absent, Actual::Text),
    }
}

fn dollars(nanos: u64) -> Actual<'static> {
    Actual::Number(f64::from(u32::try_from(nanos).unwrap_or(u32::MAX)) / 1e9)
}

fn tags_match(test: &Test, tags: &[String]) -> bool {
    let carries =
        test.operands.iter().any(|operand| tags.iter().any(|tag| equal(&Actual::Text(tag), operand)));
    carries != (test.relation == Relation::Neq)
}

fn relates(test: &Test, actual: &Actual<'_>) -> bool {
    let order = || test.operands.first().and_then(|operand| compare(actual, operand));
    match test.relation {
        Relation::Eq | Relation::In => test.operands.iter().any(|operand| equal(actual, operand)),
        Relation::Neq => !test.operands.iter().any(|operand| equal(actual, operand)),
        Relation::Gt => order() == Some(Ordering::Greater),
        Relation::Gte => order().is_some_and(Ordering::is_ge),
        Relation::Lt => order() == Some(Ordering::Less),
        Relation::Lte => order().is_some_and(Ordering::is_le),
        Relation::Has => false,
    }
}

fn equal(actual: &Actual<'_>, operand: &Operand) -> bool {
    compare(actual, operand) == Some(Ordering::Equal)
}

fn compare(actual: &Actual<'_>, operand: &Operand) -> Option<Ordering> {
    match (actual, operand) {
        (Actual::Text(left), Operand::Text(right)) => Some((*left).cmp(right.as_str())),
        (Actual::Number(left), Operand::Number(right)) => left.partial_cmp(right),
        (Actual::Time(left), Operand::Time(right)) => Some(left.cmp(right)),
        (Actual::Flag(left), Operand::Flag(right)) => Some(left.cmp(right)),
        (Actual::Absent, Operand::Null) => Some(Ordering::Equal),
        _ => None,
    }
}
