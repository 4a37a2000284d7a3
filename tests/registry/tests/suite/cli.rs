//! LangSmith's own client of this API, `deepagents-cli`, over TLS.

use clients::Program;
use e2e::tls::{self, Tls};
use langsmith_double::data::ADA_KEY;
use registry_tests::upstream::{Era, Upstream};
use registry_tests::{Caller, SERVERS};
use serde_json::json;

use crate::tools::world;

/// Runs a command; whether it succeeded, and its output.
async fn run(tls: &Tls, arguments: &[&str]) -> (bool, String) {
    let output = Program::python("deepagents", "deepagents_command.py")
        .arg(tls.authority.path())
        .arg("mcp-servers")
        .args(arguments)
        .env("LANGSMITH_ENDPOINT", &tls.url)
        .env("LANGSMITH_API_KEY", ADA_KEY)
        .output()
        .await;
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.success(), text)
}

#[tokio::test]
async fn langsmiths_own_client_manages_servers() {
    let world = world().await;
    let (tls, upstream) = (tls::in_front_of(world.url()).await, Upstream::start(Era::Modern).await);
    upstream.behaviour().demands = Some(("x-key", "good"));
    let (ada, url) = (Caller::new(&world, ADA_KEY), upstream.url());
    let run = async |arguments: &[&str]| run(&tls, arguments).await;
    let (ok, text) = run(&["add", "--url", &url, "--name", "fixture", "--header", "X-Key=good"]).await;
    assert!(ok && text.contains("Created mcp_server") && text.contains("second"), "{text}");
    let stored = ada.get(SERVERS).await.json();
    assert_eq!(stored[0]["headers"], json!([{ "key": "X-Key", "value": "good" }]));
    assert_eq!((&stored[0]["auth_type"], &stored[0]["name"]), (&json!("headers"), &json!("fixture")));
    let (ok, text) = run(&["list"]).await;
    assert!(ok && text.contains(&format!("fixture\t{url}")), "{text}");
    let (ok, text) = run(&["update", "fixture", "--header", "X-Key=rotated"]).await;
    assert!(ok && text.contains("Updated"), "{text}");
    let (ok, text) = run(&["get", "fixture"]).await;
    assert!(ok && text.contains("***") && !text.contains("rotated"), "{text}");
    let (ok, text) = run(&["tools", &url]).await;
    assert!(!ok && text.contains("upstream_auth_failed"), "{text}");
    upstream.behaviour().demands = Some(("x-key", "rotated"));
    let (ok, text) = run(&["tools", "fixture"]).await;
    assert!(ok && text.contains("first") && text.contains("second"), "{text}");
    let (ok, text) = run(&["add", "--url", &url, "--name", "again"]).await;
    assert!(!ok && text.contains("409"), "{text}");
    let oauth = ["add", "--url", "https://o.example.com", "--name", "o", "--auth-type", "oauth"];
    let (ok, text) = run(&oauth).await;
    assert!(ok, "{text}");
    for name in ["o", "fixture"] {
        let (ok, text) = run(&["delete", name, "--yes"]).await;
        assert!(ok && text.contains("Deleted"), "{text}");
    }
    assert_eq!(ada.get(SERVERS).await.text, "[]");
}
