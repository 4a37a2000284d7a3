//! The findings of an examination.

use crate::sight::Sight;
use crate::target::Target;
use crate::verdict::Verdict;

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// Its verdict.
    pub verdict: Verdict,
    /// The observation, or the reason for its lack.
    pub seen: String,
    /// The fix.
    pub fix: Option<String>,
}

/// Every finding, in the order of the examination.
#[derive(Clone, Debug)]
pub struct Report {
    /// The examined URL.
    pub url: String,
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(target: &Target) -> Self {
        let url = format!("{}{}", target.origin(), target.path().unwrap_or_default());
        Self { url, findings: Vec::new() }
    }

    /// Adds the result of a check. Returns whether later checks can build on it.
    pub(crate) fn note(&mut self, check: &'static str, sight: Sight) -> bool {
        let (verdict, seen, fix) = match sight {
            Ok(seen) => (Verdict::Ok, seen, None),
            Err(trouble) => (trouble.verdict, trouble.seen, trouble.fix),
        };
        self.findings.push(Finding { check, verdict, seen, fix });
        matches!(verdict, Verdict::Ok | Verdict::Warning)
    }

    /// How many findings have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == verdict).count()
    }

    /// The exit code of the program: 1 if there is a fault. Warnings and skipped checks do not count.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.count(Verdict::Fault) > 0)
    }
}
