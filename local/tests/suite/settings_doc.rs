//! The settings table in the docs equals the one generated from the command line.

use std::path::Path;

const BEGIN: &str = "<!-- settings:begin -->";
const END: &str = "<!-- settings:end -->";

#[test]
fn the_settings_table_of_the_docs_is_current() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/run-locally.md");
    let text = std::fs::read_to_string(page).unwrap();
    let between = text.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
    let Some((written, _)) = between else { panic!("docs/run-locally.md lacks {BEGIN} and {END}") };
    let current = local::settings_table();
    assert!(
        written.trim() == current.trim(),
        "docs/run-locally.md is out of date: put this between {BEGIN} and {END}:\n\n{current}"
    );
}
