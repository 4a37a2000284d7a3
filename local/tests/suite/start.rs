//! Starting and ending: what it says, what it leaves behind, and one line when it cannot start.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use e2e::mcp::{call, headers, projects};
use e2e::{Login, OAuthClient};
use langsmith_double::data::{ADA, ADA_KEY};
use serde_json::json;
use shared::oauth::keys::RootKey;
use shared::random::SystemRandom;
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
    assert_eq!(inside(directory.path()), BTreeSet::new());
}

/// A start that fails late takes away what it has made, and nothing else.
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
    // A directory that cannot be made below one that can.
    let directory = TempDir::new().unwrap();
    let name = "x".repeat(300);
    let ended = run(in_dir(&directory.path().join("new").join(name), &[])).await;
    assert_one_line(&ended, "--data-dir");
    assert_eq!(inside(directory.path()), BTreeSet::new(), "{}", ended.stderr);
}

fn owned(file: &Path) {
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
async fn a_wrong_setting_is_one_line_with_its_source_its_value_and_the_cause() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("no-pem");
    std::fs::write(&file, "not a certificate").unwrap();
    let file = file.to_str().unwrap();
    let data = directory.path().join("data");
    for (flag, value, cause) in [
        ("--public-url", "nonsense", "not an absolute http or https URL"),
        ("--public-url", "", "is empty"),
        ("--public-url", "http://mcp.example.com", "plain http"),
        ("--public-url", "https://mcp.example.com/prod", "no path"),
        ("--ca-file", "/nonexistent/ca.pem", "cannot be read: No such file or directory"),
        ("--ca-file", "/", "cannot be read: Is a directory"),
        ("--ca-file", file, "no PEM certificate"),
        ("--langsmith-endpoint", "nonsense", "absolute http or https URL"),
        ("--langsmith-endpoint", "ftp://smith.example.com", "absolute http or https URL"),
        ("--langsmith-endpoint", "https://", "absolute http or https URL"),
        ("--langsmith-endpoint", "", "is empty"),
        ("--allow-origin", "nonsense foo", "must be an origin"),
        ("--allow-origin", "http://*", "must be an origin"),
        ("--allow-origin", "https://app.example.com/path", "must be an origin"),
        ("--allow-origin", "\u{202e}moc", "must be an origin"),
        ("--langsmith-client-id", "two words", "a blank"),
        ("--langsmith-client-id", "<client-id>", "a bracket"),
        ("--langsmith-client-id", "", "is empty"),
        ("--langsmith-scopes", "", "is empty"),
        ("--langsmith-scopes", "a\\b", "no scope has"),
        ("--langsmith-resource", "nonsense", "absolute http or https URL"),
    ] {
        let ended = run(in_dir(&data, &[flag, value])).await;
        assert_one_line(&ended, flag);
        assert_eq!(ended.stderr.matches(flag).count(), 1, "{}", ended.stderr);
        assert!(ended.stderr.contains(&format!("{value:?}")), "{value:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(cause), "{cause}: {}", ended.stderr);
    }
    for value in ["nonsense", "", "ftp://smith.example.com"] {
        let mut from_environment = in_dir(&data, &[]);
        from_environment.env("LANGSMITH_ENDPOINT", value);
        let ended = run(from_environment).await;
        assert_one_line(&ended, &format!("LANGSMITH_ENDPOINT {value:?}: "));
        assert!(!ended.stderr.contains("--"), "a flag that nobody has typed: {}", ended.stderr);
    }
    // The flag wins, and is blamed.
    let mut both = in_dir(&data, &["--langsmith-endpoint", "https://"]);
    both.env("LANGSMITH_ENDPOINT", "nonsense");
    assert_one_line(&run(both).await, "--langsmith-endpoint \"https://\": ");
    assert_one_line(&run(in_dir(&data, &["--host", "192.0.2.1"])).await, "--host");
    let ended = run(in_dir(Path::new(file), &[])).await;
    assert_one_line(&ended, "--data-dir");
    assert!(ended.stderr.contains("not a directory"), "{}", ended.stderr);
    assert!(!data.exists());
}

/// The demo has a LangSmith of its own.
#[tokio::test]
async fn the_demo_does_not_look_at_the_endpoint() {
    let mut demo = command(["--port", "0", "--demo", "--data-dir", ":memory:"]);
    demo.env("LANGSMITH_ENDPOINT", "nonsense");
    Process::start(demo).await.end("TERM").await;
}

/// Every user of a machine sees the arguments of its processes.
#[tokio::test]
async fn no_argument_holds_the_clients_secret() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    for more in [["--langsmith-client-secret", "hunter2"], ["--log", "debug"]] {
        // The second one would do, were it not for a file that is named by its own content.
        let secret = ["--langsmith-client-id", "ours", "--langsmith-client-secret-file", "hunter2"];
        let ended = run(in_dir(&data, &[&more[..], &secret[..]].concat())).await;
        assert!(!ended.status.success());
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("hunter2"), "{}", ended.stderr);
    }
    assert!(!data.exists(), "nothing is left behind");
}

#[tokio::test]
async fn a_client_needs_settings_that_fit_together() {
    let directory = TempDir::new().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("secret"));
    std::fs::write(&file, "hunter2\n").unwrap();
    owned(&file);
    let file = file.to_str().unwrap();
    let both = in_dir(&data, &["--langsmith-client-id", "ours", "--langsmith-self-registration"]);
    assert_one_line(&run(both).await, "--langsmith-self-registration");
    let alone = run(in_dir(&data, &["--langsmith-client-secret-file", file])).await;
    assert_one_line(&alone, "--langsmith-client-secret-file");
    assert!(!alone.stderr.contains("hunter2"), "{}", alone.stderr);
    let mut twice = in_dir(&data, &["--langsmith-client-id", "ours", "--langsmith-client-secret-file", file]);
    twice.env("LANGSMITH_CLIENT_SECRET", "hunter2");
    assert_one_line(&run(twice).await, "--langsmith-client-secret-file");
    let missing = run(in_dir(&data, &["--langsmith-client-secret-file", "/nonexistent/secret"])).await;
    assert_one_line(&missing, "cannot be read: No such file or directory");
    let mut odd = in_dir(&data, &["--langsmith-client-id", "ours"]);
    odd.env("LANGSMITH_CLIENT_SECRET", "hunter2 hunter2");
    let odd = run(odd).await;
    assert_one_line(&odd, "LANGSMITH_CLIENT_SECRET: ");
    assert!(!odd.stderr.contains("hunter2") && !data.exists(), "{}", odd.stderr);
}

/// A secret that did not arrive must not make a public client of a confidential one.
#[tokio::test]
async fn a_secret_that_is_empty_or_no_text_is_refused() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    for secret in [&b""[..], b"hunter2\xff"] {
        for more in [&["--langsmith-client-id", "ours"][..], &[]] {
            let mut started = in_dir(&data, more);
            started.env("LANGSMITH_CLIENT_SECRET", OsStr::from_bytes(secret));
            let ended = run(started).await;
            assert_one_line(&ended, "LANGSMITH_CLIENT_SECRET: ");
            assert!(!ended.stderr.contains("hunter2") && !data.exists(), "{}", ended.stderr);
        }
    }
}

#[tokio::test]
async fn a_secret_file_that_others_may_read_or_change_is_refused() {
    let directory = TempDir::new().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("secret"));
    std::fs::write(&file, "hunter2\n").unwrap();
    let more = ["--langsmith-client-id", "ours", "--langsmith-client-secret-file", file.to_str().unwrap()];
    for mode in [0o640, 0o604, 0o620, 0o602] {
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let ended = run(in_dir(&data, &more)).await;
        assert_one_line(
            &ended,
            "--langsmith-client-secret-file: the file cannot be used: others may read or",
        );
        assert!(!ended.stderr.contains("hunter2") && !data.exists(), "{}", ended.stderr);
    }
    owned(&file);
    Process::start(in_dir(&data, &more)).await.end("TERM").await;
}

#[tokio::test]
async fn the_start_says_when_only_keys_sign_in() {
    let directory = TempDir::new().unwrap();
    let process = Process::start(in_dir(directory.path(), &[])).await;
    assert!(process.line("Sign-in").contains("API key only"), "{}", process.banner);
    process.end("TERM").await;
    let mut with_client = in_dir(directory.path(), &["--langsmith-client-id", "ours"]);
    with_client.env("LANGSMITH_CLIENT_SECRET", "hunter2");
    let process = Process::start(with_client).await;
    assert!(!process.banner.contains("Sign-in") && !process.banner.contains("hunter2"), "{}", process.banner);
    process.end("TERM").await;
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

/// The start prints the endpoint.
#[tokio::test]
async fn a_token_in_the_endpoint_is_refused_and_not_repeated() {
    let directory = TempDir::new().unwrap();
    for end in ["?token=hunter2", "#hunter2"] {
        let endpoint = format!("https://smith.example.com/api{end}");
        let ended = run(in_dir(&directory.path().join("data"), &["--langsmith-endpoint", &endpoint])).await;
        assert_one_line(&ended, "--langsmith-endpoint: must be an absolute http or https URL without");
        assert!(ended.stderr.contains("query or fragment"), "{}", ended.stderr);
        assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
    }
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
        // A connection that stays open must not keep it alive.
        let kept = e2e::client::http();
        assert_eq!(kept.get(format!("{}/health", process.url())).send().await.unwrap().status(), 200);
        let ended = process.end(signal).await;
        assert_eq!(ended.status.code(), Some(0), "{signal}: {}", ended.stderr);
        assert!(!ended.stderr.contains("ERROR") && !ended.stderr.contains("panic"), "{}", ended.stderr);
    }
}

/// The URL and the key must not scroll away, with a prompt above and a line or two of the log below.
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

/// What a careless copy leaves, and what somebody else could have put there.
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
        // Only who may give files away can try it.
        if std::os::unix::fs::chown(&file, Some(12_345), None).is_ok() {
            let ended = run(in_dir(directory.path(), &[])).await;
            assert_one_line(&ended, &format!("{name} cannot be used: it belongs to user 12345"));
            std::os::unix::fs::chown(&file, Some(rustix::process::geteuid().as_raw()), None).unwrap();
        }
    }
    Process::start(in_dir(directory.path(), &[])).await.end("TERM").await;
}

/// To open a pipe would be to wait for ever.
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

/// What somebody else could have put where the lock is made: a link to a file that is there, or that would be made.
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

/// A file that lies where a key is written before it gets its name: open to others, or even theirs.
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

/// It comes with dynoxide: whoever updates that sees here what became of SQLite, and the page tells it.
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
