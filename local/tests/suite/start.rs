//! Start and end: the output, the remaining files, and a single line when it cannot start.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use e2e::mcp::{call, headers, projects};
use e2e::{Login, OAuthClient};
use langsmith_double::data::{ADA, ADA_KEY};
use serde_json::json;
use tempfile::TempDir;

use crate::process::{Ended, Process, command, run};

const CALLBACK: &str = "http://127.0.0.1:7777/callback";

pub(crate) fn in_dir(directory: &Path, more: &[&str]) -> tokio::process::Command {
    command(["--port", "0", "--data-dir", directory.to_str().unwrap()].iter().chain(more))
}

pub(crate) async fn get(url: &str) -> reqwest::Response {
    e2e::client::http().get(url).send().await.unwrap()
}

/// Asserts exit code 1, nothing on standard output, and one line that names the flag.
pub(crate) fn assert_one_line(ended: &Ended, flag: &str) {
    assert_eq!(ended.status.code(), Some(1), "{flag}: {}", ended.stderr);
    assert_eq!(ended.stdout, "", "{flag}");
    assert_eq!(ended.stderr.lines().count(), 1, "{flag}: {}", ended.stderr);
    assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(flag), "{flag}: {}", ended.stderr);
}

#[tokio::test]
async fn a_busy_port_is_one_line_and_leaves_nothing() {
    let (directory, taken) = (TempDir::new().unwrap(), TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let port = taken.local_addr().unwrap().port().to_string();
    let data = directory.path().join("new/data");
    for more in [vec!["--port", &port], vec!["--port", &port, "--host", "127.0.0.1"]] {
        let arguments = [vec!["--data-dir", data.to_str().unwrap()], more].concat();
        let ended = run(command(arguments)).await;
        assert_one_line(&ended, "--port");
        assert!(ended.stderr.contains(&port), "{}", ended.stderr);
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
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
        "--max-connections",
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
        // An open connection must not keep it alive.
        let kept = e2e::client::http();
        assert_eq!(kept.get(format!("{}/health", process.url())).send().await.unwrap().status(), 200);
        let ended = process.end(signal).await;
        assert_eq!(ended.status.code(), Some(0), "{signal}: {}", ended.stderr);
        assert!(!ended.stderr.contains("ERROR") && !ended.stderr.contains("panic"), "{}", ended.stderr);
    }
}

/// The URL and the key must stay visible, with a prompt above and a line or two of the log below.
fn assert_fits_a_terminal(banner: &str) {
    assert!(banner.lines().count() <= 20, "{banner}");
    assert!(banner.lines().all(|line| line.chars().count() <= 80), "{banner}");
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
        format!("open {url}/ in a browser"),
    ] {
        assert!(process.banner.contains(&line), "{line}: {}", process.banner);
    }
    assert_fits_a_terminal(&process.banner);
    let page = get(&format!("{url}/")).await.text().await.unwrap();
    for client in ["Claude Code", "Cursor", "VS Code", "Codex"] {
        assert!(page.contains(client), "{client} is on the page that the banner names");
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
    assert!(process.banner.contains("one of its two sample users,"), "{}", process.banner);
    assert_fits_a_terminal(&process.banner);
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
async fn a_log_that_goes_to_a_file_has_no_colours() {
    let directory = TempDir::new().unwrap();
    let process = Process::start(in_dir(directory.path(), &[])).await;
    get(&format!("{}/health", process.url())).await;
    let ended = process.end("TERM").await;
    assert!(ended.stderr.contains("answered") && !ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
}
