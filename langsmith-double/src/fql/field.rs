//! The fields of a filter, and the parsing of their values. Documentation: "Trace query syntax" names `id name run_type
//! start_time end_time latency total_tokens error execution_order tags feedback_key feedback_score`; "Query traces"
//! asks for `metadata_key` and `metadata_value` and writes a latency as `"5s"` or `2`. Description: `status` and
//! `trace_id`, in the examples of filters. Assumed: the other fields, and the aliases of some. Assumed: the units `ms`,
//! `m` and `h`, and numbers in quotation marks.

use time::OffsetDateTime;

use super::FilterError;
use super::lex::Token;
use crate::data::moment;

/// A field of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Id,
    TraceId,
    ParentRunId,
    Name,
    RunType,
    Status,
    Error,
    IsRoot,
    StartTime,
    EndTime,
    Latency,
    FirstTokenLatency,
    TotalTokens,
    PromptTokens,
    CompletionTokens,
    TotalCost,
    ExecutionOrder,
    Tags,
    ThreadId,
    ReferenceExampleId,
    Metadata,
    MetadataKey,
    MetadataValue,
    FeedbackKey,
    FeedbackScore,
}

const NAMES: [(&str, Field); 27] = [
    ("id", Field::Id),
    ("trace_id", Field::TraceId),
    ("parent_run_id", Field::ParentRunId),
    ("name", Field::Name),
    ("run_type", Field::RunType),
    ("status", Field::Status),
    ("error", Field::Error),
    ("is_root", Field::IsRoot),
    ("start_time", Field::StartTime),
    ("end_time", Field::EndTime),
    ("latency", Field::Latency),
    ("first_token_latency", Field::FirstTokenLatency),
    ("total_tokens", Field::TotalTokens),
    ("prompt_tokens", Field::PromptTokens),
    ("completion_tokens", Field::CompletionTokens),
    ("total_cost", Field::TotalCost),
    ("execution_order", Field::ExecutionOrder),
    ("tags", Field::Tags),
    ("tag", Field::Tags),
    ("thread_id", Field::ThreadId),
    ("reference_example_id", Field::ReferenceExampleId),
    ("reference_example", Field::ReferenceExampleId),
    ("metadata", Field::Metadata),
    ("metadata_key", Field::MetadataKey),
    ("metadata_value", Field::MetadataValue),
    ("feedback_key", Field::FeedbackKey),
    ("feedback_score", Field::FeedbackScore),
];

/// The operand of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Text(String),
    Number(f64),
    Time(OffsetDateTime),
    Flag(bool),
    Null,
}

impl Field {
    /// The field of this name.
    pub(crate) fn from_name(name: &str) -> Result<Self, FilterError> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, field)| *field).ok_or_else(|| FilterError::UnknownField(name.to_owned()))
    }

    /// The name of the field in error messages.
    pub(crate) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, field)| *field == self).map_or("field", |(name, _)| *name)
    }

    /// Parses a literal as a value of this field.
    pub(crate) fn operand(self, token: &Token) -> Result<Operand, FilterError> {
        let refused = || FilterError::BadComparison(self.name());
        if let Token::Word(word) = token {
            return match word.as_str() {
                "null" | "None" => Ok(Operand::Null),
                "true" | "True" if self.takes_flag() => Ok(Operand::Flag(true)),
                "false" | "False" if self.takes_flag() => Ok(Operand::Flag(false)),
                _ => Err(refused()),
            };
        }
        match (self, token) {
            (Self::StartTime | Self::EndTime, Token::Text(text)) => {
                moment::parse(text).map(Operand::Time).ok_or_else(refused)
            }
            (Self::Latency | Self::FirstTokenLatency, Token::Text(text)) => {
                seconds(text).map(Operand::Number).ok_or_else(refused)
            }
            (_, Token::Number(number)) if self.is_number() => Ok(Operand::Number(*number)),
            (_, Token::Text(text)) if self.is_number() => {
                text.parse().map(Operand::Number).map_err(|_| refused())
            }
            (Self::MetadataValue, Token::Number(number)) => Ok(Operand::Text(number.to_string())),
            (Self::StartTime | Self::EndTime | Self::IsRoot, _) | (_, Token::Number(_) | Token::Mark(_)) => {
                Err(refused())
            }
            (_, Token::Text(text)) => Ok(Operand::Text(text.clone())),
            (_, Token::Word(_)) => Err(refused()),
        }
    }

    fn takes_flag(self) -> bool {
        matches!(self, Self::Error | Self::IsRoot)
    }

    fn is_number(self) -> bool {
        matches!(
            self,
            Self::Latency
                | Self::FirstTokenLatency
                | Self::TotalTokens
                | Self::PromptTokens
                | Self::CompletionTokens
                | Self::TotalCost
                | Self::ExecutionOrder
                | Self::FeedbackScore
        )
    }
}

/// Parses `2.5`, `2s`, `500ms`, `3m` or `1h` as seconds.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|next: char| next.is_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let scale = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    Some(number.trim().parse::<f64>().ok()? * scale)
}
