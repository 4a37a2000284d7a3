//! The arguments of `get_billing_usage`.

use langsmith::UsageQuery;

use crate::toolset::arguments::errors::missing;
use crate::toolset::arguments::free_form;
use crate::toolset::arguments::period::Period;
use crate::toolset::arguments::reader::Arguments;
use crate::toolset::{ToolError, iso};

/// The longest name of a workspace, in characters.
const MAX_NAME: usize = 1000;

/// The requested figures, and whose share of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    starting_on: String,
    ending_before: String,
    on_current_plan: bool,
    pub(super) workspace: Wanted,
}

/// The workspaces whose share is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Every,
    /// A UUID.
    Id(String),
    /// A display name.
    Name(String),
}

impl Request {
    pub(super) fn parse(arguments: &mut Arguments<'_>) -> Result<Self, ToolError> {
        let period = Period::parse(arguments, ("starting_on", "ending_before"))?;
        Ok(Self {
            starting_on: period.start.map(iso::rfc3339).ok_or_else(|| missing("starting_on"))?,
            ending_before: period.end.map(iso::rfc3339).ok_or_else(|| missing("ending_before"))?,
            workspace: Wanted::parse(arguments)?,
            on_current_plan: arguments.boolean("on_current_plan")?.unwrap_or(true),
        })
    }

    pub(super) fn query(&self) -> UsageQuery<'_> {
        UsageQuery {
            starting_on: &self.starting_on,
            ending_before: &self.ending_before,
            on_current_plan: self.on_current_plan,
        }
    }
}

impl Wanted {
    fn parse(arguments: &mut Arguments<'_>) -> Result<Self, ToolError> {
        let Some(text) = free_form::text(arguments, "workspace", MAX_NAME)? else { return Ok(Self::Every) };
        let text = text.trim();
        Ok(match uuid::Uuid::try_parse(text) {
            Ok(id) => Self::Id(id.hyphenated().to_string()),
            Err(_) => Self::Name(text.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Request, ToolError> {
        Arguments::read(Some(serde_json::from_str(text).unwrap()), Request::parse)
    }

    #[test]
    fn both_ends_are_required_and_in_order() {
        for (text, message) in [
            (r#"{"ending_before":"2026-02-01"}"#, "Missing argument: starting_on"),
            (r#"{"starting_on":"2026-02-01"}"#, "Missing argument: ending_before"),
            (r#"{"starting_on":"a","ending_before":"2026-02-01"}"#, "starting_on must be an ISO 8601 time"),
            (r#"{"starting_on":"2026-02-01","ending_before":"b"}"#, "ending_before must be an ISO 8601 time"),
            (
                r#"{"starting_on":"2026-02-01","ending_before":"2026-02-01"}"#,
                "starting_on must be before ending_before",
            ),
            (
                r#"{"starting_on":"2026-01-01","ending_before":"2026-02-01","workspace":5}"#,
                "workspace must be",
            ),
            (
                r#"{"starting_on":"2026-01-01","ending_before":"2026-02-01","on_current_plan":5}"#,
                "on_current_plan must be",
            ),
            (r#"{"starting_on":"2026-01-01","ending_before":"2026-02-01","metric":"x"}"#, "metric"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(message), "{text}: {}", error.message);
        }
    }

    #[test]
    fn times_are_sent_in_utc_and_the_present_plan_is_meant() {
        let request = parse(r#"{"starting_on":"2026-01-01T00:00:00Z","ending_before":"2026-02-01T00:00:00+01:00","workspace":null}"#).unwrap();
        let query = request.query();
        assert_eq!(
            (query.starting_on, query.ending_before),
            ("2026-01-01T00:00:00Z", "2026-01-31T23:00:00Z")
        );
        assert_eq!((query.on_current_plan, &request.workspace), (true, &Wanted::Every));
    }

    #[test]
    fn a_workspace_is_an_id_or_a_name() {
        let wanted = |text: &str| {
            let json = serde_json::json!({"starting_on": "2026-01-01", "ending_before": "2026-02-01", "workspace": text});
            parse(&json.to_string()).map(|request| request.workspace)
        };
        let id = "55555555-5555-4555-8555-AAAAAAAAAAAA";
        assert_eq!(wanted(id), Ok(Wanted::Id(id.to_lowercase())));
        assert_eq!(wanted(" Main "), Ok(Wanted::Name("Main".into())));
        assert_eq!(wanted("  "), Ok(Wanted::Every));
        assert!(wanted(&"x".repeat(1001)).unwrap_err().message.contains("workspace"));
    }
}
