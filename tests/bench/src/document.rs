//! The page: everything between its markers is written by the run, nothing by hand.

use std::fs;
use std::time::Duration;

use shared::clock::{Clock as _, SystemClock};
use time::OffsetDateTime;

use crate::Outcome;
use crate::plan::Plan;
use crate::table::Section;

const BEGIN: &str = "<!-- written by cargo xtask bench: begin -->";
const END: &str = "<!-- end -->";

/// The text between the markers.
pub(crate) fn compose(
    plan: &Plan,
    machine: &[String],
    sections: &[Section],
    took: Duration,
) -> Outcome<String> {
    let seconds = i64::try_from(SystemClock.now().secs())?;
    let date = OffsetDateTime::from_unix_timestamp(seconds)?.date();
    let facts: Vec<_> = machine.iter().map(|line| format!("- {line}\n")).collect();
    let tables: Vec<_> = sections.iter().map(Section::markdown).collect();
    Ok(format!(
        "Measured on {date} in {} s: medians of {} rounds after one to warm up, {} ms a load.\n\n{}\n{}",
        took.as_secs(),
        plan.rounds,
        plan.span_millis,
        facts.concat(),
        tables.join("\n"),
    ))
}

/// Puts the text into the page; of a run of one part, prints it.
pub(crate) fn write(plan: &Plan, text: &str) -> Outcome {
    if !plan.only.is_empty() {
        show(text);
        return Ok(());
    }
    let page = fs::read_to_string(&plan.page)?;
    let page = replace(&page, text).ok_or_else(|| format!("{} lacks its markers", plan.page.display()))?;
    fs::write(&plan.page, page)?;
    show(text);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the result is what standard output is for")]
fn show(text: &str) {
    println!("{text}");
}

fn replace(page: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{text}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let page = format!("# Title\n\n{BEGIN}\nold\n{END}\n\nEnd.\n");
        let once = replace(&page, "new").unwrap();
        assert_eq!(once, format!("# Title\n\n{BEGIN}\n\nnew\n{END}\n\nEnd.\n"));
        assert_eq!(replace(&once, "new").unwrap(), once);
        assert_eq!(replace("no markers", "new"), None);
    }
}
