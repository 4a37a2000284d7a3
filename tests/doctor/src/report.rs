//! What was found.

use crate::sight::Sight;
use crate::target::Target;

/// What a check comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Clients get by, some only just.
    Warning,
    /// Clients fail.
    Fault,
    /// Not looked at, and why.
    Skipped,
}

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// What it comes to.
    pub verdict: Verdict,
    /// What was seen, or why nothing was.
    pub seen: String,
    /// How to mend it.
    pub fix: Option<String>,
}

/// Every finding, in the order of the examination.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was examined.
    pub url: String,
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(target: &Target) -> Self {
        let url = format!("{}{}", target.origin(), target.path().unwrap_or_default());
        Self { url, findings: Vec::new() }
    }

    /// Notes what a check saw. Tells whether later checks can build on it.
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

    /// The exit code of the program: 1 if there is a fault. Warnings and skipped checks alone are none.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.count(Verdict::Fault) > 0)
    }
}
