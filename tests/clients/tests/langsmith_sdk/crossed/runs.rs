//! Runs and threads.

use serde_json::json;

use super::Both;

/// The SDK's `traceable`, then `fetch_runs`, `list_projects` and `get_thread_history`.
pub(super) async fn theirs(both: &mut Both) {
    let turns = json!([["Capital of Peru?", "Lima"], ["And of Chad?", "N'Djamena"]]);
    let told = json!({"project": "talk", "thread": "thread-1", "turns": turns});
    assert_eq!(both.sdk("converse", told).await["turns"], 2);
    let projects = both.tool("list_projects", json!({"project_name": "talk"})).await;
    assert_eq!(projects["projects"][0]["name"], "talk", "{projects}");
    let runs = json!({"project_name": "talk", "limit": 10, "run_type": "llm", "preview_chars": 0});
    let runs = both.list("fetch_runs", "runs", runs).await;
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert!(runs.iter().all(|run| run["status"] == "success"), "{runs:?}");
    let thread =
        json!({"thread_id": "thread-1", "project_name": "talk", "page_number": 1, "preview_chars": 0});
    let history = both.tool("get_thread_history", thread).await;
    let message = |role: &str, content: &str| json!({"role": role, "content": content});
    let said = json!([
        message("user", "Capital of Peru?"),
        message("assistant", "Lima"),
        message("user", "And of Chad?"),
        message("assistant", "N'Djamena"),
    ]);
    assert_eq!(history["result"], said);
}
