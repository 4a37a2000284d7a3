//! The filter query language of `/runs/query`: `and(eq(run_type, "llm"), gt(latency, "2s"))`.
//!
//! Documentation: "Trace query syntax" and the examples of "Query traces" have the comparisons `eq neq gt gte lt lte in
//! has search` and the connectives `and or`. SDK: `not` and `exists`, in the example of `list_examples`. Assumed: both
//! hold for runs too. Assumed: anything else is refused, never ignored.

mod eval;
mod field;
mod lex;
mod parse;

pub(crate) use eval::matches;
pub(crate) use parse::{Filter, parse};

/// The reason why a filter was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum FilterError {
    #[error("unexpected {0:?}")]
    Unexpected(String),
    #[error("unexpected end of the filter")]
    End,
    #[error("a string is not closed or has a bad escape")]
    BadString,
    #[error("unknown function {0:?}")]
    UnknownFunction(String),
    #[error("unknown field {0:?}")]
    UnknownField(String),
    #[error("field {0:?} cannot be compared so")]
    BadComparison(&'static str),
    #[error("filters nest too deeply")]
    TooDeep,
}

#[cfg(test)]
mod tests {
    use super::{FilterError, parse};

    #[test]
    fn refuses_what_it_does_not_understand() {
        let cases = [
            ("", FilterError::End),
            ("eq(name", FilterError::End),
            ("eq(name, \"x\"", FilterError::End),
            ("eq(name, \"x)", FilterError::BadString),
            ("equals(name, \"x\")", FilterError::UnknownFunction("equals".to_owned())),
            ("eq(colour, \"x\")", FilterError::UnknownField("colour".to_owned())),
            ("eq(start_time, \"soon\")", FilterError::BadComparison("start_time")),
            ("gt(tags, \"x\")", FilterError::BadComparison("tags")),
            ("exists(name, \"x\")", FilterError::UnknownField("name".to_owned())),
            ("eq(name, \"x\") or", FilterError::Unexpected("or".to_owned())),
        ];
        for (text, error) in cases {
            assert_eq!(parse(text).err(), Some(error), "{text}");
        }
        assert_eq!(parse(&"not(".repeat(100)).err(), Some(FilterError::TooDeep));
    }

    #[test]
    fn accepts_the_documented_forms() {
        for text in [
            "eq(name, \"x\")",
            "and(eq(run_type, 'llm'), gt(latency, 2.5), lte(latency, \"500ms\"))",
            "or(has(tags, \"a\"), not(search(\"b \\\"c\\\"\")))",
            "and(in(metadata_key, [\"session_id\", \"thread_id\"]), eq(metadata_value, \"t\"))",
            "and(eq(feedback_key, \"helpful\"), gte(feedback_score, 0.5))",
            "neq(error, null)",
            "gte(start_time, \"2026-01-01T00:00:00Z\")",
            "has(metadata, '{\"release\": \"2026.11\"}')",
            "not(exists(metadata, \"release\"))",
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text).err());
        }
    }
}
