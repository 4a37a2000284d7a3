//! The program: its arguments, its exit codes, and the secrets that it does not print.

use std::path::Path;
use std::process::{Command, Output};

use langsmith_double::data::ADA_KEY;
use smoke::hosted;

fn smoke(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_smoke"));
    program.args(arguments).env("SMOKE_KEY", ADA_KEY).env("SMOKE_EMPTY", " ").env("SMOKE_ODD", "${KEY}");
    program.output().unwrap()
}

async fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    // The double runs on this thread.
    let output =
        tokio::task::spawn_blocking(move || smoke(&arguments.iter().map(String::as_str).collect::<Vec<_>>()));
    let output = output.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The texts of all files below a folder.
fn texts(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(
            |path| if path.is_dir() { texts(&path) } else { vec![std::fs::read_to_string(path).unwrap()] },
        )
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_smoke_is_a_report_and_exit_code_0() {
    let (double, folder) = (langsmith_double::start(hosted()).await.unwrap(), tempfile::tempdir().unwrap());
    let recordings = folder.path().to_str().unwrap();
    let url = double.url();
    let arguments = ["--key-env", "SMOKE_KEY", "--endpoint", &url, "--keep", "--recordings", recordings];
    let (code, report, complaint) = run(&arguments).await;
    assert_eq!((code, complaint.as_str()), (Some(0), ""), "{report}");
    assert!(report.starts_with("Everything that is made is called smoke-"), "{report}");
    assert!(report.contains("differences in what the server reads: 0"), "{report}");
    let files = texts(folder.path());
    assert_eq!(files.len(), 3);
    assert!(files.iter().chain([&report]).all(|text| !text.contains(ADA_KEY)));
}

#[tokio::test]
async fn arguments_that_cannot_be_used_are_exit_code_2() {
    for (arguments, words) in [
        (&[][..], "--key-env"),
        (&["--key-env", "lsv2_pt_mistaken"], "--key-env: there is no variable of that name"),
        (&["--key-env", "SMOKE_EMPTY"], "--key-env: the variable is empty"),
        (&["--key-env", "SMOKE_ODD"], "--key-env: the variable holds no LangSmith key"),
        (
            &["--key-env", "SMOKE_KEY", "--endpoint", "http://ls.example.com"],
            "http sends the key in the clear",
        ),
        (
            &["--key-env", "SMOKE_KEY", "--endpoint", "ls.example.com"],
            "must be an absolute http or https URL",
        ),
        (&["--key-env", "SMOKE_KEY", "--workspace", "mine"], "--workspace"),
    ] {
        let (code, report, complaint) = run(arguments).await;
        assert_eq!((code, report.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(complaint.contains(words), "{complaint}");
        assert!(!complaint.contains("lsv2_pt_mistaken"), "{complaint}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_key_is_exit_code_1_and_a_clear_word() {
    let double = langsmith_double::start(hosted()).await.unwrap();
    double.handle().revoke_key(ADA_KEY);
    let (code, _, complaint) = run(&["--key-env", "SMOKE_KEY", "--endpoint", &double.url()]).await;
    assert_eq!(code, Some(1));
    assert!(complaint.starts_with("smoke: LangSmith refuses the key (status 401)"), "{complaint}");
}
