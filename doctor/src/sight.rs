//! The result of one check: words for the report, or trouble.

use crate::verdict::Verdict;

/// The result of a check.
pub(crate) type Sight = Result<String, Trouble>;

/// The maximum length of a server's text in the report, in characters.
const MAX_SHOWN: usize = 200;

/// Any result but success.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) verdict: Verdict,
    pub(crate) seen: String,
    pub(crate) fix: Option<String>,
}

impl Trouble {
    pub(crate) fn fault(seen: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fault, seen: seen.into(), fix: Some(fix.into()) }
    }

    pub(crate) fn warning(seen: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, seen: seen.into(), fix: Some(fix.into()) }
    }

    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self { verdict: Verdict::Skipped, seen: why.into(), fix: None }
    }
}

/// A server's text, made safe for a terminal: bounded, and without control characters.
pub(crate) fn printable(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '?' } else { c };
    let mut shown: String = text.chars().take(MAX_SHOWN).map(plain).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_text_is_bounded_and_moves_no_cursor() {
        assert_eq!(printable("a\u{1b}[31mb\n"), "a?[31mb?");
        assert_eq!(printable(&"x".repeat(MAX_SHOWN + 1)).chars().count(), MAX_SHOWN + 1);
        assert_eq!(printable(&"é".repeat(MAX_SHOWN)).chars().count(), MAX_SHOWN);
    }
}
