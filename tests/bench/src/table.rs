//! Readable numbers, and the check of targets.

use std::fmt::Write as _;

/// The target of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

impl Aim {
    /// The value and whether it meets the target; a miss stands out.
    pub(crate) fn judge(self, value: f64) -> String {
        let met = match self {
            Self::AtLeast(aim) => value >= aim,
            Self::AtMost(aim) => value <= aim,
        };
        if met { format!("{}, met", number(value)) } else { format!("**{}, missed**", number(value)) }
    }
}

/// Three significant digits, without an exponent.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// A table with a heading and a short introduction.
#[derive(Debug)]
pub(crate) struct Section {
    title: &'static str,
    text: String,
    table: String,
}

impl Section {
    /// A section without rows.
    pub(crate) fn new(title: &'static str, text: impl Into<String>, columns: &[&str]) -> Self {
        let mut table = String::new();
        let _infallible = writeln!(table, "| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len()));
        Self { title, text: text.into(), table }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[String]) {
        let _infallible = writeln!(self.table, "| {} |", cells.join(" | "));
    }

    /// The section in Markdown.
    pub(crate) fn markdown(&self) -> String {
        format!("## {}\n\n{}\n\n{}", self.title, self.text, self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_is_met_at_its_edge() {
        assert_eq!(Aim::AtLeast(20.0).judge(20.0), "20.0, met");
        assert_eq!(Aim::AtLeast(20.0).judge(19.9), "**19.9, missed**");
        assert_eq!(Aim::AtMost(0.1).judge(0.1), "0.100, met");
        assert_eq!(Aim::AtMost(0.1).judge(f64::NAN), "**NaN, missed**");
    }

    #[test]
    fn a_table_is_markdown() {
        let mut section = Section::new("Title", "Text.", &["a", "b"]);
        section.row(&["1".to_owned(), number(1234.5)]);
        assert_eq!(section.markdown(), "## Title\n\nText.\n\n| a | b |\n|---|---|\n| 1 | 1234 |\n");
    }
}
