//! A client's report of its login, two calls, and the refresh that it chose to make in between.

use clients::Program;
use serde_json::{Value, json};

/// Checks a report.
pub(crate) fn judge(report: &Value, protocol: &str, origin: &str) {
    assert_eq!(report["protocol"], protocol, "{report}");
    assert_eq!(report["iss"], origin, "RFC 9207: {report}");
    assert_eq!(report["logins"], 1, "the refresh must not need the person: {report}");
    assert_eq!(report["access_token_changed"], true, "{report}");
    assert_eq!(report["refresh_token_changed"], true, "a public client's refresh token rotates: {report}");
    let tools: Vec<&str> = report["tools"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for tool in ["fetch_runs", "list_projects", "list_prompts"] {
        assert!(tools.contains(&tool), "{tools:?}");
    }
    assert_sample_projects(&report["first"]);
    assert_sample_projects(&report["second"]);
}

/// The person allows reading only, and the client requests the further scope that a tool needs.
pub(crate) async fn step_up(url: &str, mode: &str, (tool, arguments, scope): (&str, Value, &str)) {
    let program = Program::python("mcp2", "stepup2.py").args([url, mode, "key", tool]);
    let report = program.arg(arguments.to_string()).report().await;
    // Clients request offline access wherever it is advertised.
    assert_eq!(report["before"], "langsmith:read offline_access", "{report}");
    for result in [&report["first"], &report["second"]] {
        assert_ne!(result["isError"], true, "{report}");
        assert!(result["structuredContent"].is_object(), "{report}");
    }
    let scopes: Vec<&str> = report["after"].as_str().unwrap().split(' ').collect();
    assert!(scopes.contains(&"langsmith:read") && scopes.contains(&scope), "{scopes:?}");
    assert_eq!(report["logins"], 2, "{report}");
}

/// A call that needs `langsmith:write`.
pub(crate) fn write() -> (&'static str, Value, &'static str) {
    let messages = json!([{"role": "user", "content": "Hello {name}"}]);
    ("push_prompt", json!({"prompt_name": "hello", "messages": messages}), "langsmith:write")
}

/// A call that needs `billing:read`.
pub(crate) fn usage() -> (&'static str, Value, &'static str) {
    let month = json!({"starting_on": "2026-10-01", "ending_before": "2026-11-01"});
    ("get_billing_usage", month, "billing:read")
}

/// The double's team workspace, as shown by the tool.
fn assert_sample_projects(result: &Value) {
    assert_ne!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    let projects: Value = serde_json::from_str(text).unwrap();
    assert_eq!(result["structuredContent"], projects, "both forms of the content say the same");
    let projects = projects["projects"].as_array().unwrap();
    assert!(projects.iter().any(|project| project["name"] == "support-bot"), "{projects:?}");
    assert!(projects.len() <= 5, "the limit was 5: {projects:?}");
}
