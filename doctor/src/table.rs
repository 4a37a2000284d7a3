//! The report as text for a terminal.

use std::fmt;

use crate::report::{Finding, Report};
use crate::verdict::Verdict;

/// The wrap width of the text.
const WIDTH: usize = 110;
/// The start of the third column: two characters after the longest verdict and the longest name.
const TEXT: usize = 9 + 27;

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "FAULT",
            Self::Skipped => "skipped",
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.url)?;
        for finding in &self.findings {
            write!(f, "{finding}")?;
        }
        let count = |verdict, one: &str, many: &str| {
            let count = self.count(verdict);
            format!("{count} {}", if count == 1 { one } else { many })
        };
        writeln!(
            f,
            "\n{} checks: {}, {}, {}, {}",
            self.findings.len(),
            count(Verdict::Ok, "ok", "ok"),
            count(Verdict::Warning, "warning", "warnings"),
            count(Verdict::Fault, "fault", "faults"),
            count(Verdict::Skipped, "skipped", "skipped"),
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = wrapped(&self.seen);
        if let Some(fix) = &self.fix {
            lines.extend(wrapped(&format!("-> {fix}")));
        }
        let mut lines = lines.into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(f, "{:<9}{:<27}{first}", self.verdict, self.check)?;
        lines.try_for_each(|line| writeln!(f, "{:TEXT$}{line}", ""))
    }
}

/// Lines of whole words. A word longer than a line, such as a URL, stays whole.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= WIDTH - TEXT {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(check: &'static str, verdict: Verdict, seen: &str, fix: Option<&str>) -> Finding {
        Finding { check, verdict, seen: seen.to_owned(), fix: fix.map(ToOwned::to_owned) }
    }

    #[test]
    fn a_fix_stands_under_what_was_seen() {
        let report = Report {
            url: "https://mcp.example.com".to_owned(),
            findings: vec![
                finding("address", Verdict::Ok, "203.0.113.7", None),
                finding("signing keys", Verdict::Fault, "none", Some(&"word ".repeat(20))),
                finding("clock", Verdict::Skipped, "because the address failed", None),
            ],
        };
        let expected = "\
https://mcp.example.com

ok       address                    203.0.113.7
FAULT    signing keys               none
                                    -> word word word word word word word word word word word word word word
                                    word word word word word word
skipped  clock                      because the address failed

3 checks: 1 ok, 0 warnings, 1 fault, 1 skipped
";
        assert_eq!(report.to_string(), expected);
        assert_eq!(report.exit_code(), 1);
    }
}
