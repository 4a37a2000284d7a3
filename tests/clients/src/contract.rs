//! Reads the report of a suite of named checks, and compares it with the known failures.
//!
//! A suite prints one JSON object per check, {"name", "outcome", "detail"}. The list of known failures must match
//! exactly: one failure more fails the test, and so does one fewer.

use langsmith_double::Service;
use langsmith_double::data::TEAM_WORKSPACE;
use serde_json::Value;
use std::collections::BTreeMap;

/// A kind of deployment that the double imitates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As strict as the description of the API.
    Lenient,
    /// Only the first API for queries of runs.
    ChOnly,
    /// Both APIs.
    Dual,
    /// Only the second API.
    SmithDbOnly,
    /// The hosted platform, as far as it is known.
    Cloud,
}

impl Mode {
    /// The settings of the double.
    pub fn service(self) -> Service {
        match self {
            Self::Lenient => Service::LENIENT,
            Self::ChOnly => Service::CH_ONLY,
            Self::Dual => Service::DUAL,
            Self::SmithDbOnly => Service::SMITHDB_ONLY,
            Self::Cloud => Service::CLOUD,
        }
    }

    /// The workspace that clients have to name, if any: the second API requires it beside a key.
    pub fn workspace(self) -> String {
        if self == Self::SmithDbOnly { TEAM_WORKSPACE.to_string() } else { String::new() }
    }
}

/// Checks with a known failure.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The names of the checks.
    pub names: &'static [&'static str],
    /// The modes in which they fail; in the others they pass.
    pub modes: &'static [Mode],
    /// The reason.
    pub reason: &'static str,
}

/// The failure of each check, or `None`.
#[derive(Debug)]
pub struct Report(BTreeMap<String, Option<String>>);

impl Report {
    /// Reads the output of a suite that ran to its end.
    ///
    /// # Panics
    /// If a line is not in a suite's format, or repeats the name of a check.
    pub fn read(output: &str) -> Self {
        let mut report = BTreeMap::new();
        for line in output.lines() {
            let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let text = |key: &str| entry.get(key).and_then(Value::as_str);
            let failure = match (text("outcome"), text("detail")) {
                (Some("passed"), None) => None,
                (Some("failed"), Some(detail)) => Some(detail.to_owned()),
                _ => panic!("neither passed nor failed: {line}"),
            };
            let Some(name) = text("name") else { panic!("no name: {line}") };
            assert!(report.insert(name.to_owned(), failure).is_none(), "twice: {name}");
        }
        Self(report)
    }

    /// The number of checks.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no checks.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The differences from `known` in this mode.
    pub fn differences(&self, mode: Mode, known: &[Known]) -> Vec<String> {
        let mut differences = Vec::new();
        let mut expected = BTreeMap::new();
        for entry in known {
            if entry.reason.len() < 20 || entry.modes.is_empty() {
                differences.push(format!("no reason, or no mode: {entry:?}"));
            }
            for name in entry.names {
                if !self.0.contains_key(*name) {
                    differences.push(format!("known to fail, but no check: {name}"));
                } else if entry.modes.contains(&mode) && expected.insert(*name, entry.reason).is_some() {
                    differences.push(format!("known to fail twice over: {name}"));
                }
            }
        }
        for (name, failure) in &self.0 {
            match (failure, expected.get(name.as_str())) {
                (Some(detail), None) => differences.push(format!("fails: {name}: {detail}")),
                (None, Some(_)) => differences.push(format!("passes, remove it from the list: {name}")),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        differences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
{\"name\": \"a\", \"outcome\": \"passed\", \"detail\": null}
{\"name\": \"b\", \"outcome\": \"failed\", \"detail\": \"no\"}";
    const REASON: &str = "the service does not have it";

    fn differences(names: &'static [&'static str], modes: &'static [Mode], mode: Mode) -> Vec<String> {
        Report::read(OUTPUT).differences(mode, &[Known { names, modes, reason: REASON }])
    }

    #[test]
    fn what_is_known_is_no_difference() {
        assert_eq!(differences(&["b"], &[Mode::Cloud], Mode::Cloud), [""; 0]);
    }

    #[test]
    fn a_failure_is_known_only_where_the_list_says() {
        assert_eq!(differences(&["b"], &[Mode::Cloud], Mode::Dual), ["fails: b: no"]);
    }

    #[test]
    fn a_check_that_passes_must_leave_the_list() {
        let found = differences(&["a", "b"], &[Mode::Cloud], Mode::Cloud);
        assert_eq!(found, ["passes, remove it from the list: a"]);
    }

    #[test]
    fn a_name_without_a_check_must_leave_the_list() {
        let found = differences(&["b", "c"], &[Mode::Cloud], Mode::Cloud);
        assert_eq!(found, ["known to fail, but no check: c"]);
    }

    #[test]
    fn a_name_stands_once() {
        let found = differences(&["b", "b"], &[Mode::Cloud], Mode::Cloud);
        assert_eq!(found, ["known to fail twice over: b"]);
    }

    #[test]
    fn an_entry_needs_a_reason() {
        let known = Known { names: &["b"], modes: &[Mode::Dual], reason: "" };
        assert_eq!(Report::read(OUTPUT).differences(Mode::Dual, &[known]).len(), 1);
    }

    #[test]
    #[should_panic(expected = "neither passed nor failed")]
    fn a_check_is_never_skipped() {
        Report::read("{\"name\": \"a\", \"outcome\": \"skipped\", \"detail\": null}");
    }

    #[test]
    #[should_panic(expected = "twice: a")]
    fn a_check_runs_once() {
        let line = OUTPUT.lines().next().unwrap();
        Report::read(&format!("{line}\n{line}"));
    }
}
