//! Every claim of docs/security.md names the tests that prove it, and each of them exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../../docs/security.md");

/// The heading of the last column in a table of claims.
const SHOWN_BY: &str = "Shown by";

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target" && name != "node_modules") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The names of all tests: functions below an attribute that ends in `test`, possibly with other attributes in between.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in [
        "agent-server",
        "doctor",
        "functions",
        "langsmith",
        "mcp-client",
        "outbound",
        "langsmith-double",
        "local",
        "oauth",
        "primitives",
        "shared",
        "tests",
        "xtask",
    ] {
        sources(&root.join(folder), &mut files);
    }
    let mut names = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let mut of_a_test = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with("#[") {
                of_a_test |= line == "#[test]" || line.starts_with("#[tokio::test");
            } else if let Some((_, rest)) = line.split_once("fn ") {
                if of_a_test || line.starts_with("fn ") {
                    names.extend(rest.split_once('(').map(|(name, _)| name.to_owned()));
                }
                of_a_test = false;
            }
        }
    }
    names
}

/// The rows of the tables of claims, without their headings.
fn claims() -> Vec<&'static str> {
    let mut claims = Vec::new();
    let mut inside = false;
    for line in PAGE.lines() {
        if line.ends_with(&format!("| {SHOWN_BY} |")) {
            inside = true;
        } else if !line.starts_with('|') {
            inside = false;
        } else if inside && !line.starts_with("|---") {
            claims.push(line);
        }
    }
    claims
}

#[test]
fn every_claim_names_tests_that_exist() {
    let (tests, claims) = (tests(), claims());
    assert!(tests.len() > 500 && claims.len() > 40, "{} tests, {} claims", tests.len(), claims.len());
    for claim in claims {
        let shown_by = claim.trim_end_matches('|').rsplit('|').next().unwrap();
        let named: Vec<_> = shown_by.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test shows it: {claim}");
        for name in named {
            assert!(tests.contains(name), "there is no test {name}: {claim}");
        }
    }
}
