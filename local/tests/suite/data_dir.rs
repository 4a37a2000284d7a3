//! The contents of the data directory, and access to it.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use oauth::keys::RootKey;
use primitives::random::SystemRandom;
use serde_json::json;
use tempfile::TempDir;

use crate::process::{Process, command, run};
use crate::start::{assert_one_line, get, in_dir};

/// Everything below a directory, by name and mode.
fn inside(directory: &Path) -> BTreeSet<(PathBuf, u32)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            let found = std::fs::symlink_metadata(&path).unwrap();
            let mut below = if found.is_dir() { inside(&path) } else { BTreeSet::new() };
            below.insert((path, found.permissions().mode()));
            below
        })
        .collect()
}

/// A start that fails late removes what it created, and nothing else.
#[tokio::test]
async fn a_start_that_fails_leaves_nothing_that_was_not_there() {
    let cases: [(&str, &str); 3] =
        [("signing-key", "damaged"), ("database.sqlite", "damaged"), ("signing-key", "")];
    for (name, content) in cases {
        let directory = TempDir::new().unwrap();
        std::fs::write(directory.path().join(name), content).unwrap();
        owned(&directory.path().join(name));
        if name == "database.sqlite" {
            let key = directory.path().join("root-key");
            std::fs::write(&key, RootKey::generate(&SystemRandom).to_text()).unwrap();
            owned(&key);
        }
        let before = inside(directory.path());
        let ended = run(in_dir(directory.path(), &[])).await;
        assert_one_line(&ended, "--data-dir");
        assert_eq!(inside(directory.path()), before, "{name}: {}", ended.stderr);
    }
    // A directory that cannot be created below one that can.
    let directory = TempDir::new().unwrap();
    let name = "x".repeat(300);
    let ended = run(in_dir(&directory.path().join("new").join(name), &[])).await;
    assert_one_line(&ended, "--data-dir");
    assert_eq!(inside(directory.path()), BTreeSet::new(), "{}", ended.stderr);
}

pub(crate) fn owned(file: &Path) {
    std::fs::set_permissions(file, Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test]
async fn a_data_dir_belongs_to_one_process() {
    let directory = TempDir::new().unwrap();
    let first = Process::start(in_dir(directory.path(), &[])).await;
    assert_one_line(&run(in_dir(directory.path(), &[])).await, "--data-dir");
    assert_eq!(get(&format!("{}/health", first.url())).await.status(), 200);
    first.kill().await;
    Process::start(in_dir(directory.path(), &[])).await.end("TERM").await;
}

#[tokio::test]
async fn a_damaged_file_is_one_line_that_names_it() {
    for name in ["root-key", "signing-key", "database.sqlite"] {
        let directory = TempDir::new().unwrap();
        std::fs::write(directory.path().join(name), "damaged, and long enough to be read as a page or a key")
            .unwrap();
        owned(&directory.path().join(name));
        let ended = run(in_dir(directory.path(), &[])).await;
        assert_one_line(&ended, "--data-dir");
        let kept = std::fs::read_to_string(directory.path().join(name)).unwrap();
        assert!(kept.starts_with("damaged"), "{name} was overwritten");
    }
}

#[tokio::test]
async fn what_it_keeps_is_for_its_owner_only() {
    let directory = TempDir::new().unwrap();
    let mut bare = command(["--port", "0"]);
    bare.current_dir(directory.path());
    let process = Process::start(bare).await;
    let data = directory.path().join(".data");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("root-key")), 0o600);
    assert_eq!(mode(&data.join("signing-key")), 0o600);
    let keys = || ["root-key", "signing-key"].map(|name| std::fs::read(data.join(name)).unwrap());
    let before = keys();
    process.end("TERM").await;
    let mut again = command(["--port", "0"]);
    again.current_dir(directory.path());
    Process::start(again).await.end("TERM").await;
    assert!(before == keys(), "a restart keeps the keys");
}

/// `--data-dir` may name a directory that is open to others.
#[tokio::test]
async fn the_database_is_for_its_owner_only_wherever_it_lies() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("open-to-all");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    let process = Process::start(in_dir(&data, &[])).await;
    let database = ["database.sqlite", "database.sqlite-wal", "database.sqlite-shm"];
    for name in database.into_iter().chain(["root-key", "signing-key", "lock"]) {
        let mode = std::fs::metadata(data.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o755);
    process.end("TERM").await;
}

/// File modes after a careless copy, and files that somebody else could have placed there.
#[tokio::test]
async fn a_key_file_that_is_not_ours_alone_is_refused() {
    let directory = TempDir::new().unwrap();
    Process::start(in_dir(directory.path(), &[])).await.end("TERM").await;
    for name in ["root-key", "signing-key"] {
        let file = directory.path().join(name);
        for mode in [0o640, 0o604, 0o620, 0o602, 0o644, 0o666] {
            std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            let ended = run(in_dir(directory.path(), &[])).await;
            assert_one_line(&ended, &format!("{name} cannot be used: others may read or change it"));
            assert!(ended.stderr.contains(&format!("(mode {mode:04o}): chmod 600 it")), "{}", ended.stderr);
        }
        owned(&file);
        // Only privileged users can change a file's owner.
        if std::os::unix::fs::chown(&file, Some(12_345), None).is_ok() {
            let ended = run(in_dir(directory.path(), &[])).await;
            assert_one_line(&ended, &format!("{name} cannot be used: it belongs to user 12345"));
            std::os::unix::fs::chown(&file, Some(rustix::process::geteuid().as_raw()), None).unwrap();
        }
    }
    Process::start(in_dir(directory.path(), &[])).await.end("TERM").await;
}

/// Opening a pipe would block forever.
#[tokio::test]
async fn a_key_that_is_no_file_is_refused_at_once() {
    let directory = TempDir::new().unwrap();
    let key = directory.path().join("root-key");
    std::fs::create_dir(&key).unwrap();
    let ended = run(in_dir(directory.path(), &[])).await;
    assert_one_line(&ended, "root-key cannot be used: it is a directory");
    std::fs::remove_dir(&key).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&key).status().unwrap().success());
    let started = run(in_dir(directory.path(), &[]));
    let ended = tokio::time::timeout(Duration::from_mins(1), started).await.expect("it waits for a writer");
    assert_one_line(&ended, "root-key cannot be used: it is a pipe");
}

/// Somebody else could have placed a link at the path of the lock: to an existing file, or to one that would be
/// created.
#[tokio::test]
async fn a_lock_that_is_a_link_is_refused_and_its_target_left_alone() {
    let directory = TempDir::new().unwrap();
    let (data, target) = (directory.path().join("data"), directory.path().join("target"));
    std::fs::create_dir(&data).unwrap();
    std::os::unix::fs::symlink(&target, data.join("lock")).unwrap();
    for there in [false, true] {
        if there {
            std::fs::write(&target, "precious").unwrap();
        }
        let before = inside(directory.path());
        let ended = run(in_dir(&data, &[])).await;
        assert_one_line(&ended, "lock: it is a symbolic link");
        assert_eq!(inside(directory.path()), before);
    }
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
}

/// A file at the temporary path of a new key: open to others, or even owned by them.
#[tokio::test]
async fn a_key_is_never_written_into_a_file_that_was_there() {
    let directory = TempDir::new().unwrap();
    let planted = ["root-key.half", "signing-key.half"].map(|name| directory.path().join(name));
    let mut watching = Vec::new();
    for file in &planted {
        std::fs::write(file, "planted").unwrap();
        std::fs::set_permissions(file, Permissions::from_mode(0o666)).unwrap();
        watching.push(std::fs::File::open(file).unwrap());
    }
    Process::start(in_dir(directory.path(), &[])).await.end("TERM").await;
    for (file, mut watching) in planted.iter().zip(watching) {
        assert!(!file.exists());
        let mut seen = String::new();
        watching.read_to_string(&mut seen).unwrap();
        assert_eq!(seen, "planted");
    }
}

/// An answered write must survive a crash of the machine: SQLite syncs at every commit only in this mode, and dynoxide
/// leaves it at the library's compiled default.
#[tokio::test]
async fn sqlite_is_compiled_to_sync_every_commit() {
    let directory = TempDir::new().unwrap();
    Process::start(in_dir(directory.path(), &[])).await.end("TERM").await;
    let connection = rusqlite::Connection::open(directory.path().join("database.sqlite")).unwrap();
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
    let journal: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!((synchronous, journal.as_str()), (2, "wal"));
}

/// SQLite comes with dynoxide: this shows its version after an update, for the page that states it.
#[test]
fn the_version_of_sqlite_is_the_one_that_the_page_states() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let version: String = connection.query_row("SELECT sqlite_version()", [], |row| row.get(0)).unwrap();
    let page = include_str!("../../../docs/run-locally.md");
    assert!(page.contains(&format!("The SQLite inside is {version}:")), "SQLite {version}");
}

#[tokio::test]
async fn every_table_of_the_template_exists() {
    let directory = TempDir::new().unwrap();
    Process::start(in_dir(directory.path(), &[])).await.end("TERM").await;
    let database =
        dynoxide::Database::new(directory.path().join("database.sqlite").to_str().unwrap()).unwrap();
    let listed = database.list_tables(serde_json::from_value(json!({})).unwrap()).unwrap();
    let listed = serde_json::to_value(&listed).unwrap();
    let found: BTreeSet<_> =
        listed["TableNames"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let template = include_str!("../../../infra/tables.yaml");
    let named = template.split("${AWS::StackName}-").skip(1).map(|rest| rest.split('"').next().unwrap());
    let expected: BTreeSet<_> = named.map(|name| format!("{}-{name}", local::database::PREFIX)).collect();
    assert_eq!(expected.len(), template.matches("AWS::DynamoDB::Table").count());
    assert_eq!(found, expected.iter().map(String::as_str).collect());
}
