//! `order_by`. LangSmith orders runs by start time only; for any other field the fetched runs are ordered here, as the
//! tool's description promises.

use std::cmp::Ordering;

use langsmith::{Order, Received, Run};

use crate::toolset::{ToolError, iso};

/// A parsed `order_by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrderBy {
    /// By start time, at LangSmith.
    StartTime(Order),
    /// The newest runs, ordered here.
    Field { field: Field, descending: bool },
}

/// The fields for ordering fetched runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    EndTime,
    Latency,
    TotalTokens,
    PromptTokens,
    CompletionTokens,
    TotalCost,
    PromptCost,
    CompletionCost,
}

/// The note of an answer ordered here, if there are older runs.
pub(super) const NEWEST_ONLY: &str = "Only the newest `limit` matching runs were ordered; older ones were not considered. \
    Narrow start_time and end_time, add a filter such as gt(latency, 5), or raise limit (at most 100).";

const FIELDS: [(&str, Field); 8] = [
    ("end_time", Field::EndTime),
    ("latency", Field::Latency),
    ("total_tokens", Field::TotalTokens),
    ("prompt_tokens", Field::PromptTokens),
    ("completion_tokens", Field::CompletionTokens),
    ("total_cost", Field::TotalCost),
    ("prompt_cost", Field::PromptCost),
    ("completion_cost", Field::CompletionCost),
];

impl OrderBy {
    /// A field name, with a leading `-` for descending order. Newest first when absent.
    pub(super) fn parse(text: Option<&str>) -> Result<Self, ToolError> {
        let text = text.unwrap_or("-start_time").trim();
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        if name == "start_time" {
            return Ok(Self::StartTime(if descending { Order::Desc } else { Order::Asc }));
        }
        let field = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
        field.map(|field| Self::Field { field, descending }).ok_or_else(|| {
            let known: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
            ToolError::invalid(format!(
                "order_by must be start_time or one of {}, with - for descending.",
                known.join(", ")
            ))
        })
    }

    /// The order requested from LangSmith.
    pub(super) fn upstream(self) -> Order {
        match self {
            Self::StartTime(order) => order,
            Self::Field { .. } => Order::Desc,
        }
    }

    /// Whether LangSmith orders the runs, so that the order extends beyond the fetched ones.
    pub(super) fn is_upstream(self) -> bool {
        matches!(self, Self::StartTime(_))
    }

    /// The columns needed for ordering here.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::StartTime(_) => &[],
            Self::Field { field, .. } => field.columns(),
        }
    }

    /// Orders fetched runs; those without the field come last.
    pub(super) fn sort(self, runs: &mut [&Run<'_>]) {
        let Self::Field { field, descending } = self else { return };
        runs.sort_by(|a, b| match (field.of(a), field.of(b)) {
            (Some(a), Some(b)) if descending => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
    }
}

impl Field {
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::EndTime => &["end_time"],
            Self::Latency => &["start_time", "end_time"],
            Self::TotalTokens => &["total_tokens"],
            Self::PromptTokens => &["prompt_tokens"],
            Self::CompletionTokens => &["completion_tokens"],
            Self::TotalCost => &["total_cost"],
            Self::PromptCost => &["prompt_cost"],
            Self::CompletionCost => &["completion_cost"],
        }
    }

    fn of(self, run: &Run<'_>) -> Option<f64> {
        match self {
            Self::EndTime => time_in_seconds(run.end_time),
            Self::Latency => Some(time_in_seconds(run.end_time)? - time_in_seconds(run.start_time)?),
            Self::TotalTokens => number(run.total_tokens),
            Self::PromptTokens => number(run.prompt_tokens),
            Self::CompletionTokens => number(run.completion_tokens),
            Self::TotalCost => number(run.total_cost),
            Self::PromptCost => number(run.prompt_cost),
            Self::CompletionCost => number(run.completion_cost),
        }
    }
}

fn time_in_seconds(raw: Option<Received<'_>>) -> Option<f64> {
    iso::seconds(raw?.get().trim_matches('"'))
}

/// A number, or a decimal as text.
fn number(raw: Option<Received<'_>>) -> Option<f64> {
    raw?.get().trim_matches('"').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_time_is_ordered_upstream() {
        assert_eq!(OrderBy::parse(None), Ok(OrderBy::StartTime(Order::Desc)));
        assert_eq!(OrderBy::parse(Some("-start_time")), Ok(OrderBy::StartTime(Order::Desc)));
        assert_eq!(OrderBy::parse(Some("start_time")), Ok(OrderBy::StartTime(Order::Asc)));
    }

    #[test]
    fn other_fields_are_ordered_here() {
        let text = r#"[{"id":1,"total_cost":"0.5"},{"id":2},{"id":3,"total_cost":0.25},{"id":4,"total_cost":"1.5"}]"#;
        let runs: Vec<Run<'_>> = serde_json::from_str(text).unwrap();
        let mut runs: Vec<&Run<'_>> = runs.iter().collect();
        for (order, expected) in [("total_cost", "3142"), ("-total_cost", "4132")] {
            OrderBy::parse(Some(order)).unwrap().sort(&mut runs);
            let ids: String = runs.iter().map(|run| run.id.unwrap().get()).collect();
            assert_eq!(ids, expected, "{order}");
        }
    }

    #[test]
    fn latency_is_the_time_between_start_and_end() {
        let text = r#"{"start_time":"2026-01-01T00:00:00","end_time":"2026-01-01T00:00:01.500000"}"#;
        let run: Run<'_> = serde_json::from_str(text).unwrap();
        assert!((Field::Latency.of(&run).unwrap() - 1.5).abs() < 1e-3);
    }
}
