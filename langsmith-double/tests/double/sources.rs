//! The sources of the double's rules.

use std::fs;
use std::path::{Path, PathBuf};

use langsmith_double::DEPLOYMENTS;

/// The number of rules without a source. Update it when a rule is added or a source is found.
const ASSUMED: usize = 93;

/// The head of every file with a rule of LangSmith has one of these.
const SOURCES: [&str; 8] = [
    "Description:",
    "Documentation:",
    "Sample:",
    "Recorded:",
    "SDK:",
    "Public report:",
    "Standard:",
    "Assumed:",
];

/// The files without rules, by their content.
const WITHOUT_RULES: [(&str, &[&str]); 4] = [
    (
        "sample data",
        &[
            "data/bench.rs",
            "data/bulk.rs",
            "data/demo.rs",
            "data/draft.rs",
            "data/examples.rs",
            "data/ids.rs",
            "data/large.rs",
            "data/manifests.rs",
            "data/mod.rs",
            "data/people.rs",
            "data/prompts.rs",
            "data/threads.rs",
            "data/traces.rs",
        ],
    ),
    (
        "the double as a program, and how tests steer it",
        &[
            "admin.rs",
            "clock.rs",
            "deployments.rs",
            "handle.rs",
            "layers/faults.rs",
            "layers/mod.rs",
            "layers/record.rs",
            "lib.rs",
            "main.rs",
            "record.rs",
            "server.rs",
        ],
    ),
    (
        "where things are kept, and names of the files beside",
        &[
            "data/world.rs",
            "projects/mod.rs",
            "review/mod.rs",
            "routes/datasets/mod.rs",
            "routes/examples/mod.rs",
            "routes/feedback/mod.rs",
            "routes/organization/mod.rs",
            "routes/projects/mod.rs",
            "routes/prompts/mod.rs",
            "routes/queues/mod.rs",
            "routes/runs/mod.rs",
            "shelf.rs",
            "state.rs",
            "agent_deployments.rs",
        ],
    ),
    ("the form of our own ids, and the page that stands for a login", &["oauth/consent.rs", "oauth/seal.rs"]),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a text")
}

/// The source files of the double, by relative path.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let named = |path: PathBuf| {
        let name =
            path.strip_prefix(&root).expect("a file below").to_str().expect("a name").replace('\\', "/");
        (name, text(&path))
    };
    files(&root).into_iter().map(named).collect()
}

/// The head of a file: its `//!` comment.
fn head(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    lines.collect::<Vec<_>>().join(" ")
}

fn names_a_source(text: &str) -> bool {
    let head = head(text);
    SOURCES.iter().any(|source| head.contains(source))
}

#[test]
fn what_is_assumed_is_counted() {
    let found: usize = sources().iter().map(|(_, text)| text.matches("Assumed:").count()).sum();
    assert_eq!(found, ASSUMED, "rules that are assumed");
}

#[test]
fn every_file_with_rules_names_a_source() {
    let sources = sources();
    let without: Vec<&str> = WITHOUT_RULES.iter().flat_map(|(_, files)| files.iter().copied()).collect();
    for name in &without {
        let text = &sources.iter().find(|(path, _)| path == name).expect(name).1;
        assert!(!names_a_source(text), "{name} names a source, so it is not one of those without rules");
    }
    for (name, text) in sources.iter().filter(|(name, _)| !without.contains(&name.as_str())) {
        assert!(names_a_source(text), "{name} names no source");
    }
}

/// `xtask` depends on no crate, so it repeats the names.
#[test]
fn the_chores_know_every_deployment() {
    let chores = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/src/deployments.rs");
    let names: Vec<String> =
        DEPLOYMENTS.iter().map(|deployment| format!("\"{}\"", deployment.name)).collect();
    let list = format!("const DEPLOYMENTS: [&str; {}] = [{}];", names.len(), names.join(", "));
    assert!(text(&chores).contains(&list), "{} lacks {list}", chores.display());
}
