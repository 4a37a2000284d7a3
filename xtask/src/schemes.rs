//! The table of URI schemes that clients may not register, from the lists in
//! `oauth/src/redirect/scheme/sources`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::command::{Outcome, step};
use crate::paths;

/// Each table with its description and its lists.
const TABLES: [(&str, &str, &[&str]); 3] = [
    ("SYSTEM", "Operating systems and their parts.", &["windows", "apple", "android", "desktops"]),
    ("BROWSER", "Browsers.", &["browsers"]),
    ("PROTOCOL", "Protocols: IANA's registry, and others in use.", &["iana", "protocols"]),
];
const HEAD: &str = "\
//! Schemes that are no app's. Written by `cargo xtask schemes` from the lists in `sources`, each of which names where
//! it is from and of which day.
";
const WIDTH: usize = 110;

/// Writes the table; given the path of IANA's CSV file, updates the list of its names first.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    step("URI schemes");
    match arguments {
        [] => {}
        [registry] => renew(registry)?,
        _ => return Err("usage: cargo xtask schemes [IANA's uri-schemes-1.csv]".to_owned()),
    }
    let mut text = HEAD.to_owned();
    for (name, doc, lists) in TABLES {
        let mut schemes = BTreeSet::new();
        for list in lists {
            schemes.extend(names(&read(&source(list))?));
        }
        text.push_str(&table(name, doc, &schemes));
    }
    write(&paths::root().join("oauth/src/redirect/scheme/refused.rs"), &text)
}

fn source(list: &str) -> PathBuf {
    paths::root().join("oauth/src/redirect/scheme/sources").join(list).with_extension("txt")
}

fn read(path: &PathBuf) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &PathBuf, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn names(list: &str) -> impl Iterator<Item = String> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned)
}

fn table(name: &str, doc: &str, schemes: &BTreeSet<String>) -> String {
    let mut text =
        format!("\n/// {doc}\n#[rustfmt::skip]\npub(super) static {name}: [&str; {}] = [\n", schemes.len());
    let mut line = "   ".to_owned();
    for scheme in schemes {
        if line.len() + scheme.len() + 4 > WIDTH {
            text.push_str(&line);
            text.push('\n');
            "   ".clone_into(&mut line);
        }
        // Writing into a String cannot fail.
        let _ = write!(line, " \"{scheme}\",");
    }
    text.push_str(&line);
    text.push_str("\n];\n");
    text
}

/// Replaces the names in the registry's list and keeps its head, where the source is noted by hand.
fn renew(registry: &str) -> Outcome {
    let rows = first_columns(&read(&PathBuf::from(registry))?);
    let schemes: BTreeSet<String> = rows
        .iter()
        .skip(1)
        .filter_map(|cell| cell.split_whitespace().next())
        .map(str::to_lowercase)
        .collect();
    if schemes.len() < 100 {
        return Err(format!("{registry} has {} names: it is not the registry", schemes.len()));
    }
    let path = source("iana");
    let old = read(&path)?;
    let mut text: String =
        old.lines().filter(|line| line.starts_with('#')).fold(String::new(), |text, line| text + line + "\n");
    for scheme in schemes {
        text.push_str(&scheme);
        text.push('\n');
    }
    write(&path, &text)?;
    println!("    write the registry's new source and day at the head of {}", path.display());
    Ok(())
}

/// The first cell of each record. Quoted cells may contain commas and line breaks (RFC 4180 section 2).
fn first_columns(csv: &str) -> Vec<String> {
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let (mut quoted, mut first) = (false, true);
    for character in csv.chars() {
        match character {
            '"' => quoted = !quoted,
            '\n' if !quoted => {
                cells.push(std::mem::take(&mut cell));
                first = true;
            }
            ',' if !quoted => first = false,
            _ if first => cell.push(character),
            _ => {}
        }
    }
    cells.extend((!cell.is_empty()).then_some(cell));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_column_is_found_past_quotes() {
        let csv = "URI Scheme,Template\naaa,\"a, \"\"b\"\"\n c\",-\nshttp (OBSOLETE),x\n";
        assert_eq!(first_columns(csv), ["URI Scheme", "aaa", "shttp (OBSOLETE)"]);
    }

    #[test]
    fn the_committed_table_is_what_the_lists_make() {
        let committed = read(&paths::root().join("oauth/src/redirect/scheme/refused.rs")).unwrap();
        for (name, doc, lists) in TABLES {
            let schemes = lists
                .iter()
                .flat_map(|list| names(&read(&source(list)).unwrap()).collect::<Vec<_>>())
                .collect();
            assert!(committed.contains(&table(name, doc, &schemes)), "run `cargo xtask schemes`");
        }
    }
}
