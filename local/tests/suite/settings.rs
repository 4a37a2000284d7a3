//! Invalid settings, and the client at LangSmith.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use crate::data_dir::owned;
use crate::process::{Process, command, run};
use crate::start::{assert_one_line, in_dir};

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
        ("--langsmith-client-id", "two words", "a space"),
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
    // The flag takes precedence, and the error names it.
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
        // The second case fails only because the secret itself is given as the name of its file.
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

/// A missing secret must not turn a confidential client into a public one.
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
async fn discovery_is_on_or_off() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    // What is understood leads to the next mistake.
    for (value, code, text) in
        [("on", 1, "--public-url"), ("off", 1, "--public-url"), ("maybe", 2, "--discover-agents")]
    {
        let mut command = in_dir(&data, &["--public-url", "nonsense"]);
        command.env("AGENT_DISCOVERY", value);
        let ended = run(command).await;
        assert_eq!(ended.status.code(), Some(code), "{value}: {}", ended.stderr);
        assert!(ended.stderr.contains(text), "{value}: {}", ended.stderr);
    }
}
