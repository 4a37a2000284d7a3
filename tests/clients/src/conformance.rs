//! Reads the results of the official conformance suite, and compares them with the known failures.
//!
//! The suite's own summary passes a scenario without any checks, so each scenario's `checks.json` is read instead.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The suite adds these to every scenario with any traffic; alone they prove nothing about it.
const SYNTHETIC: &str = "wire-schema-";
/// The length of `-2026-11-21T11-38-46-213Z`, the end of every result folder's name.
const TIMESTAMP: usize = 25;

/// The names of scenarios and, as `scenario:check`, of checks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// All scenarios with a result.
    pub scenarios: BTreeSet<String>,
    /// Checks that failed or warned.
    pub failed: BTreeSet<String>,
    /// Scenarios without checks.
    pub unchecked: BTreeSet<String>,
}

impl Findings {
    /// Reads the suite's output folder; `kind` begins each folder's name (`server`, `authorization-server`).
    ///
    /// # Panics
    /// If the results are not in the pinned suite's format.
    pub fn read(folder: &Path, kind: &str) -> Self {
        let mut findings = Self::default();
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let scenario = name.get(kind.len() + 1..name.len().saturating_sub(TIMESTAMP));
            let Some(scenario) = scenario else { panic!("not a result folder: {name}") };
            let text = fs::read_to_string(entry.path().join("checks.json"));
            let text = text.unwrap_or_else(|error| panic!("{name}: {error}"));
            match serde_json::from_str(&text) {
                Ok(Value::Array(checks)) => findings.add(scenario, &checks),
                other => panic!("{name}: {other:?}"),
            }
        }
        findings
    }

    fn add(&mut self, scenario: &str, checks: &[Value]) {
        self.scenarios.insert(scenario.to_owned());
        let mut checked = false;
        for check in checks {
            let id = check["id"].as_str().unwrap_or_default();
            let status = check["status"].as_str().unwrap_or_default();
            if matches!(status, "FAILURE" | "WARNING") {
                self.failed.insert(format!("{scenario}:{id}"));
            }
            checked |= !matches!(status, "SKIPPED" | "INFO") && !id.starts_with(SYNTHETIC);
        }
        if !checked {
            self.unchecked.insert(scenario.to_owned());
        }
    }
}

/// A committed list of known failures. Every entry states its reason.
#[derive(Debug, Default)]
pub struct Baseline {
    failures: BTreeSet<String>,
    unchecked: BTreeSet<String>,
}

impl Baseline {
    /// Reads a file in the suite's own format: the list `server` of scenarios and `scenario:check`, here with a reason
    /// after each entry; and, beyond that format, the list `unchecked`.
    ///
    /// # Panics
    /// If the file cannot be read, or an entry has no reason.
    pub fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut baseline = Self::default();
        let mut list = "";
        for line in text.lines() {
            let line = line.trim();
            if let Some(entry) = line.strip_prefix("- ") {
                let (name, reason) = entry.split_once('#').unwrap_or((entry, ""));
                assert!(reason.trim().len() > 10, "{}: no reason for {name}", file.display());
                let name = name.trim().to_owned();
                let fresh = match list {
                    "server:" => baseline.failures.insert(name),
                    "unchecked:" => baseline.unchecked.insert(name),
                    _ => panic!("{}: an entry outside of a list: {line}", file.display()),
                };
                assert!(fresh, "{}: twice: {line}", file.display());
            } else if line.ends_with(':') && !line.starts_with('#') {
                list = line;
            }
        }
        baseline
    }

    /// Compares: nothing outside the baseline may fail or stay unchecked, and everything in it must still fail.
    ///
    /// # Panics
    /// If anything differs; the message lists all differences.
    pub fn judge(&self, findings: &Findings) {
        // An inapplicable scenario is no excuse for a malformed message.
        let excuse = |check: &String| match check.split_once(':') {
            Some((scenario, id)) if self.failures.contains(scenario) && !id.starts_with(SYNTHETIC) => {
                scenario.to_owned()
            }
            _ => check.clone(),
        };
        let failures: BTreeSet<String> = findings.failed.iter().map(excuse).collect();
        let mut differences = Vec::new();
        let mut compare = |found: &BTreeSet<String>, known: &BTreeSet<String>, what: &str| {
            differences.extend(found.difference(known).map(|name| format!("{what}: {name}")));
            differences.extend(known.difference(found).map(|name| format!("no longer {what}: {name}")));
        };
        compare(&failures, &self.failures, "failing");
        compare(&findings.unchecked, &self.unchecked, "unchecked");
        assert!(differences.is_empty(), "against the baseline:\n{}", differences.join("\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn findings() -> Findings {
        let mut findings = Findings::default();
        let synthetic = json!({"id": "wire-schema-valid", "status": "SUCCESS"});
        findings.add("good", &[json!({"id": "a", "status": "SUCCESS"})]);
        findings.add(
            "mixed",
            &[json!({"id": "a", "status": "FAILURE"}), json!({"id": "b", "status": "WARNING"})],
        );
        findings.add("idle", &[json!({"id": "a", "status": "SKIPPED"}), synthetic]);
        findings
    }

    fn baseline(text: &str) -> Baseline {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        Baseline::read(file.path())
    }

    #[test]
    fn what_is_known_passes() {
        let whole = "server:\n  - mixed # does not apply to us\nunchecked:\n  - idle # checks nothing without a session\n";
        baseline(whole).judge(&findings());
        let single = "server:\n- mixed:a # a reason of length\n- mixed:b # a reason of length\nunchecked:\n- idle # a reason of length";
        baseline(single).judge(&findings());
    }

    #[test]
    #[should_panic(expected = "failing: mixed:b")]
    fn a_new_failure_does_not_hide_behind_a_known_one() {
        baseline("server:\n- mixed:a # a reason of length\nunchecked:\n- idle # a reason of length")
            .judge(&findings());
    }

    #[test]
    #[should_panic(expected = "unchecked: idle")]
    fn a_scenario_without_checks_is_no_success() {
        baseline("server:\n- mixed # a reason of length").judge(&findings());
    }

    #[test]
    #[should_panic(expected = "no longer failing: good")]
    fn a_repaired_entry_must_go() {
        let text = "server:\n- good # a reason of length\n- mixed # a reason of length\nunchecked:\n- idle # a reason of length";
        baseline(text).judge(&findings());
    }

    #[test]
    #[should_panic(expected = "no reason for mixed")]
    fn an_entry_needs_a_reason() {
        baseline("server:\n- mixed");
    }
}
