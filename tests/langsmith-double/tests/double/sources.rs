//! Where the rules of the double come from.

use std::fs;
use std::path::{Path, PathBuf};

/// How many rules nobody has written down. Who adds one says so here; who finds a source for one, too.
const ASSUMED: usize = 32;

/// One of these stands in the head of every file of routes.
const SOURCES: [&str; 7] =
    ["escription", "ecorded sample", "ocumentation", "SDK", "ublic report", "OpenAPI", "Assumed:"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a text")
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn what_is_assumed_is_counted() {
    let found: usize = files(&sources()).iter().map(|path| text(path).matches("Assumed:").count()).sum();
    assert_eq!(found, ASSUMED, "rules that are assumed");
}

#[test]
fn every_route_names_a_source() {
    let routes = files(&sources().join("routes"));
    assert!(routes.len() > 40, "{} files", routes.len());
    for path in routes {
        let text = text(&path);
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        let head = head.join(" ");
        assert!(SOURCES.iter().any(|source| head.contains(source)), "{} names no source", path.display());
    }
}
