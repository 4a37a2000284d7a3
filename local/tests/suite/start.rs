//! Starting and ending: what it says, what it leaves behind, and one line when it cannot start.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use e2e::mcp::{call, headers, projects};
use e2e::{Login, OAuthClient};
use langsmith_double::data::{ADA, ADA_KEY};
use serde_json::json;
use tempfile::TempDir;

use crate::process::{Ended, Process, command, run};

const CALLBACK: &str = "http://127.0.0.1:7777/callback";

fn in_dir(directory: &Path, more: &[&str]) -> tokio::process::Command {
    command(["--port", "0", "--data-dir", directory.to_str().unwrap()].iter().chain(more))
}

async fn get(url: &str) -> reqwest::Response {
    e2e::client::http().get(url).send().await.unwrap()
}

/// Exit code 1, nothing on standard output, and one line that names the flag.
fn assert_one_line(ended: &Ended, flag: &str) {
    assert_eq!(ended.status.code(), Some(1), "{flag}: {}", ended.stderr);
    assert_eq!(ended.stdout, "", "{flag}");
    assert_eq!(ended.stderr.lines().count(), 1, "{flag}: {}", ended.stderr);
    assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(flag), "{flag}: {}", ended.stderr);
}

#[tokio::test]
async fn a_busy_port_is_one_line() {
    let (directory, taken) = (TempDir::new().unwrap(), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let port = taken.local_addr().unwrap().port().to_string();
    for more in [vec!["--port", &port], vec!["--port", &port, "--host", "127.0.0.1"]] {
        let arguments = [vec!["--data-dir", directory.path().to_str().unwrap()], more].concat();
        let ended = run(command(arguments)).await;
        assert_one_line(&ended, "--port");
        assert!(ended.stderr.contains(&port), "{}", ended.stderr);
    }
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
async fn a_wrong_setting_is_one_line_that_names_it() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("no-pem");
    std::fs::write(&file, "not a certificate").unwrap();
    let file = file.to_str().unwrap();
    for (flag, value) in [
        ("--public-url", "nonsense"),
        ("--public-url", "http://mcp.example.com"),
        ("--public-url", "https://mcp.example.com/prod"),
        ("--ca-file", "/nonexistent/ca.pem"),
        ("--ca-file", file),
        ("--langsmith-endpoint", "nonsense"),
        ("--langsmith-endpoint", "ftp://smith.example.com"),
        ("--langsmith-endpoint", "https://"),
        ("--langsmith-endpoint", "https://reader@smith.example.com"),
        ("--host", "192.0.2.1"),
    ] {
        assert_one_line(&run(in_dir(&directory.path().join("data"), &[flag, value])).await, flag);
    }
    assert_one_line(&run(in_dir(Path::new(file), &[])).await, "--data-dir");
    let mut from_environment = in_dir(&directory.path().join("data"), &[]);
    from_environment.env("LANGSMITH_ENDPOINT", "nonsense");
    assert_one_line(&run(from_environment).await, "--langsmith-endpoint");
}

#[tokio::test]
async fn a_password_in_the_endpoint_is_refused_and_not_repeated() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    let endpoint = "https://reader:hunter2@smith.example.com/api";
    let mut from_environment = in_dir(&data, &[]);
    from_environment.env("LANGSMITH_ENDPOINT", endpoint);
    for started in [in_dir(&data, &["--langsmith-endpoint", endpoint]), from_environment] {
        let ended = run(started).await;
        assert_one_line(&ended, "without user name or password");
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("hunter2"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_damaged_file_is_one_line_that_names_it() {
    for name in ["root-key", "signing-key", "database.sqlite"] {
        let directory = TempDir::new().unwrap();
        std::fs::write(directory.path().join(name), "damaged, and long enough to be read as a page or a key")
            .unwrap();
        let ended = run(in_dir(directory.path(), &[])).await;
        assert_one_line(&ended, "--data-dir");
        let kept = std::fs::read_to_string(directory.path().join(name)).unwrap();
        assert!(kept.starts_with("damaged"), "{name} was overwritten");
    }
}

#[tokio::test]
async fn help_and_version_are_told() {
    let help = run(command(["--help"])).await;
    assert!(help.status.success());
    for flag in [
        "--port",
        "--host",
        "--public-url",
        "--langsmith-endpoint",
        "--data-dir",
        "--demo",
        "--ca-file",
        "--log",
        "--version",
    ] {
        assert!(help.stdout.contains(flag), "{}", help.stdout);
    }
    for value in ["8484", "LANGSMITH_ENDPOINT", "https://api.smith.langchain.com"] {
        assert!(help.stdout.contains(value), "{}", help.stdout);
    }
    let version = run(command(["--version"])).await;
    assert_eq!(version.stdout, format!("langsmith-remote-mcp {}\n", env!("CARGO_PKG_VERSION")));
    let unknown = run(command(["--no-such-flag"])).await;
    assert!(unknown.status.code() == Some(2) && unknown.stderr.contains("--no-such-flag"));
}

#[tokio::test]
async fn either_signal_ends_it_cleanly() {
    let directory = TempDir::new().unwrap();
    for signal in ["INT", "TERM", "INT"] {
        let process = Process::start(in_dir(directory.path(), &[])).await;
        // A connection that stays open must not keep it alive.
        let kept = e2e::client::http();
        assert_eq!(kept.get(format!("{}/health", process.url())).send().await.unwrap().status(), 200);
        let ended = process.end(signal).await;
        assert_eq!(ended.status.code(), Some(0), "{signal}: {}", ended.stderr);
        assert!(!ended.stderr.contains("ERROR") && !ended.stderr.contains("panic"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn it_says_where_it_is_and_how_to_connect() {
    let directory = TempDir::new().unwrap();
    let process =
        Process::start(in_dir(directory.path(), &["--langsmith-endpoint", "https://smith.example.com"]))
            .await;
    let url = process.url();
    let port = url.strip_prefix("http://localhost:").unwrap();
    assert!(port.parse::<u16>().unwrap() > 0);
    assert_eq!(process.line("LangSmith  "), "https://smith.example.com");
    for line in [
        format!("claude mcp add --transport http langsmith {url}/mcp"),
        format!("codex mcp add langsmith --url {url}/mcp"),
        format!("\"url\": \"{url}/mcp\""),
        "In ~/.cursor/mcp.json, for Cursor:".to_owned(),
        "In .vscode/mcp.json, for VS Code:".to_owned(),
        "Then type /mcp in Claude Code".to_owned(),
        format!("open {url}/ in a browser"),
    ] {
        assert!(process.banner.contains(&line), "{line}: {}", process.banner);
    }
    for absent in ["lsv2_", "sample", "demo"] {
        assert!(!process.banner.contains(absent), "{absent}: {}", process.banner);
    }
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(get(&format!("http://{host}:{port}/health")).await.status(), 200, "{host}");
    }
}

#[tokio::test]
async fn a_public_url_is_what_clients_are_told() {
    let directory = TempDir::new().unwrap();
    let more = ["--public-url", "https://MCP.example.com/", "--host", "127.0.0.1", "--log", "debug"];
    let process = Process::start(in_dir(directory.path(), &more)).await;
    assert_eq!(process.line("MCP URL"), "https://mcp.example.com/mcp");
    process.end("TERM").await;
}

#[tokio::test]
async fn the_demo_works_out_of_the_box() {
    let directory = TempDir::new().unwrap();
    let mut demo = command(["--port", "0", "--demo"]);
    demo.current_dir(directory.path());
    let process = Process::start(demo).await;
    assert!(process.line("Demo key").starts_with("lsv2_pt_demo"), "{}", process.banner);
    assert!(process.banner.contains("two sample users, or use the demo key"), "{}", process.banner);
    let url = process.url();
    let answer = call(url, headers(&[("x-api-key", "lsv2_pt_demo")]), "list_projects", json!({})).await;
    assert_eq!(answer.body["result"]["isError"], false, "{}", answer.body);
    let client = OAuthClient::register(url, CALLBACK).await;
    for login in [Login::Key(ADA_KEY), Login::LangSmith(ADA)] {
        let tokens = client.connect(&e2e::Browser::new(url), login).await;
        assert!(projects(url, &tokens.access).await.contains(&"support-bot".to_owned()));
    }
    assert!(directory.path().join(".data/demo/database.sqlite").exists());
    assert_eq!(process.end("INT").await.status.code(), Some(0));
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

/// `--data-dir` may name a directory that others can open.
#[tokio::test]
async fn the_database_is_for_its_owner_only_wherever_it_lies() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("open-to-all");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    let process = Process::start(in_dir(&data, &[])).await;
    for name in ["database.sqlite", "database.sqlite-wal", "database.sqlite-shm", "root-key", "signing-key"] {
        let mode = std::fs::metadata(data.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o755);
    process.end("TERM").await;
}

#[tokio::test]
async fn a_log_that_goes_to_a_file_has_no_colours() {
    let directory = TempDir::new().unwrap();
    let process = Process::start(in_dir(directory.path(), &[])).await;
    get(&format!("{}/health", process.url())).await;
    let ended = process.end("TERM").await;
    assert!(ended.stderr.contains("answered") && !ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
}

/// A write that was answered must survive the machine: SQLite syncs at every commit only in this mode, and dynoxide
/// leaves it at what the library was compiled with.
#[tokio::test]
async fn sqlite_is_compiled_to_sync_every_commit() {
    let directory = TempDir::new().unwrap();
    Process::start(in_dir(directory.path(), &[])).await.end("TERM").await;
    let connection = rusqlite::Connection::open(directory.path().join("database.sqlite")).unwrap();
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
    let journal: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!((synchronous, journal.as_str()), (2, "wal"));
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
