//! The page of results: everything between its markers is generated.

use std::fs;
use std::path::Path;
use std::time::Duration;

use primitives::clock::{Clock as _, SystemClock};
use time::OffsetDateTime;

use crate::Outcome;
use crate::table::Section;

const END: &str = "<!-- end -->";

/// The text between the markers.
pub(crate) fn compose(
    how: &str,
    machine: &[String],
    sections: &[Section],
    took: Duration,
) -> Outcome<String> {
    let seconds = i64::try_from(SystemClock.now().secs())?;
    let date = OffsetDateTime::from_unix_timestamp(seconds)?.date();
    let facts: Vec<_> = machine.iter().map(|line| format!("- {line}\n")).collect();
    let tables: Vec<_> = sections.iter().map(Section::markdown).collect();
    Ok(format!(
        "Measured on {date} in {} s: {how}.\n\n{}\n{}",
        took.as_secs(),
        facts.concat(),
        tables.join("\n"),
    ))
}

/// Replaces the text between the markers of the command.
pub(crate) fn write(page: &Path, command: &str, text: &str) -> Outcome {
    let old = fs::read_to_string(page)?;
    let new = replace(&old, command, text).ok_or_else(|| format!("{} lacks its markers", page.display()))?;
    Ok(fs::write(page, new)?)
}

/// Prints the text.
#[expect(clippy::print_stdout, reason = "the result is what standard output is for")]
pub(crate) fn show(text: &str) {
    println!("{text}");
}

fn begin(command: &str) -> String {
    format!("<!-- written by {command}: begin -->")
}

fn replace(page: &str, command: &str, text: &str) -> Option<String> {
    let begin = begin(command);
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}\n\n{text}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let (mine, other) = (begin("one"), begin("one more"));
        let page = format!("# Title\n\n{mine}\nold\n{END}\n\n{other}\nkept\n{END}\n\nEnd.\n");
        let once = replace(&page, "one", "new").unwrap();
        assert_eq!(once, format!("# Title\n\n{mine}\n\nnew\n{END}\n\n{other}\nkept\n{END}\n\nEnd.\n"));
        assert_eq!(replace(&once, "one", "new").unwrap(), once);
        assert!(replace(&once, "one more", "newer").unwrap().contains("new\n"));
        assert_eq!(replace(&page, "another", "new"), None);
    }
}
