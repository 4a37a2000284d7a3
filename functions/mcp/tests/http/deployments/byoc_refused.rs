//! Data planes that get no requests, whatever LangSmith's list says.

use std::time::Duration;

use langsmith_double::Handle;
use langsmith_double::data::{ADA_KEY, TEAM_WORKSPACE};
use serde_json::json;

use crate::deployments::byoc::{Byoc, logged_in, with_key};
use crate::support::{PUBLIC_URL, Server};

const NOT_HTTPS: &str = "it is not an https address";
const PRIVATE: &str = "it is an address of a private network or of one machine";
const OURSELVES: &str = "it is the address of this server";
const DECORATED: &str = "its address has a user name, a password, a query or a fragment";
const MALFORMED: &str = "LangSmith gives no absolute URL for it";

/// The number of data requests to LangSmith itself.
fn data_requests(langsmith: &Handle) -> usize {
    let requests = langsmith.requests();
    requests.iter().filter(|request| !request.path.ends_with("/workspaces")).count()
}

#[tokio::test]
async fn a_refused_data_plane_is_named_and_nobody_is_asked_in_its_place() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    let ours = PUBLIC_URL.replace("localhost", "127.0.0.1");
    for (url, shown, problem) in [
        ("http://dp.example.com", Some("http://dp.example.com"), NOT_HTTPS),
        ("ftp://dp.example.com/x", Some("ftp://dp.example.com"), NOT_HTTPS),
        ("https://10.0.0.1", Some("https://10.0.0.1"), PRIVATE),
        ("https://169.254.169.254/latest", Some("https://169.254.169.254"), PRIVATE),
        ("https://0xa000001", Some("https://10.0.0.1"), PRIVATE),
        ("https://[fd00::1]:8443", Some("https://[fd00::1]:8443"), PRIVATE),
        ("https://[::ffff:192.168.0.1]", Some("https://[::ffff:c0a8:1]"), PRIVATE),
        (PUBLIC_URL, Some(PUBLIC_URL), OURSELVES),
        (ours.as_str(), Some(ours.as_str()), OURSELVES),
        ("https://ada:hunter2@dp.example.com", Some("https://dp.example.com"), DECORATED),
        ("https://dp.example.com/?key=hunter2", Some("https://dp.example.com"), DECORATED),
        ("dp.example.com", None, MALFORMED),
        ("not a URL", None, MALFORMED),
    ] {
        // The earlier list has expired.
        byoc.server.clock.advance(Duration::from_mins(5));
        byoc.server.langsmith().set_data_plane(TEAM_WORKSPACE, Some(url));
        let shown = shown.map(|shown| format!(", {shown},")).unwrap_or_default();
        let expected =
            format!("The data plane of workspace {TEAM_WORKSPACE}{shown} cannot be used: {problem}.");
        for (tool, arguments) in [
            ("fetch_runs", json!({"project_name": "support-bot", "limit": 1})),
            ("list_prompts", json!({})),
            ("create_dataset", json!({"dataset_name": "new"})),
        ] {
            let error = byoc.server.call_as("ada-team", tool, arguments).await.tool_error();
            let told = (&error["error"], &error["kind"], &error["retryable"]);
            assert_eq!(told, (&json!(expected), &json!("upstream"), &json!(false)), "{tool}: {url}");
        }
    }
    assert_eq!(data_requests(&byoc.server.langsmith()), 0);
    assert!(byoc.data_plane.handle().requests().is_empty());
}

#[tokio::test]
async fn loopback_is_refused_where_langsmith_is_elsewhere() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    let url = byoc.data_plane.url();
    // No requests are sent, so nobody has to listen.
    let server = Server::before("https://langsmith.example").await;
    for (url, problem) in [(url.clone(), NOT_HTTPS), (url.replace("http:", "https:"), PRIVATE)] {
        server.authenticator.know("login", logged_in(&url, server.now()));
        let error = server.call_as("login", "list_prompts", json!({})).await.tool_error();
        let expected =
            format!("The data plane of workspace {TEAM_WORKSPACE}, {url}, cannot be used: {problem}.");
        assert_eq!(error["error"], json!(expected));
    }
    assert!(byoc.data_plane.handle().requests().is_empty());
}

#[tokio::test]
async fn langsmith_may_name_itself() {
    let byoc = Byoc::of(TEAM_WORKSPACE).await;
    let langsmith = byoc.server.langsmith();
    langsmith.set_data_plane(TEAM_WORKSPACE, None);
    byoc.server
        .authenticator
        .know("login", logged_in(&format!("{}/api/v1", byoc.server.double.url()), byoc.server.now()));
    byoc.server.authenticator.know("key", with_key(ADA_KEY, Some(TEAM_WORKSPACE)));
    for bearer in ["login", "key"] {
        let result = byoc.server.call_as(bearer, "list_projects", json!({})).await.result();
        assert_eq!(result["isError"], false, "{bearer}: {result}");
    }
    assert!(byoc.data_plane.handle().requests().is_empty());
}
