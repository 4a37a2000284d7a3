//! Experiments and their feedback.

use serde_json::{Value, json};

use super::{Both, about};
use crate::session::the;

/// `run_experiment`, then `get_experiment_results`, `list_feedback` and `evaluate_existing`.
pub(super) async fn ours(both: &mut Both) {
    let examples = both.sdk("list_examples", json!({"dataset": "ours"})).await;
    let id = |country| &about(&examples, country)["id"];
    let results = json!([
        {"example_id": id("Peru"), "outputs": {"capital": "Lima"}, "scores": {"correct": 0}},
        {"example_id": id("日本"), "outputs": {"capital": "東京"}, "scores": [
            {"key": "correct", "score": 1, "comment": "by heart"},
        ]},
        {"example_id": id("Chad"), "error": "timed out", "scores": {"correct": 0}},
    ]);
    let wanted = json!({
        "experiment_name": "ours-1", "dataset_name": "ours", "metadata": {"model": "m-1"}, "results": results, "close": true,
    });
    let report = both.tool("run_experiment", wanted).await;
    assert_eq!(report["runs"], 3, "{report}");
    let found = both.sdk("experiment", json!({"name": "ours-1"})).await;
    assert_eq!(found["project"]["id"], report["experiment_id"]);
    assert_eq!(found["project"]["extra"]["metadata"]["model"], "m-1", "{found}");
    assert!(found["project"]["extra"]["metadata"]["dataset_version"].is_string(), "{found}");
    assert!(found["project"]["end_time"].is_string(), "{found}");
    assert_eq!(found["project"]["run_count"], 3, "{found}");
    assert_eq!(found["project"]["feedback_stats"]["correct"]["n"], 3, "{found}");
    let chad = &about(&found["rows"], "Chad")["runs"];
    assert_eq!((&chad[0]["status"], &chad[0]["error"]), (&json!("error"), &json!("timed out")));
    let japan = &about(&found["rows"], "日本")["runs"][0];
    assert_eq!(japan["outputs"], json!({"capital": "東京"}));
    assert_eq!(japan["feedback_stats"]["correct"]["avg"], 1.0, "{japan}");
    feedback(both, japan, &report).await;
    again(both).await;
    versions(both, &found["rows"]).await;
}

/// The SDK's `evaluate` writes the same version of each example, letter for letter: comparisons look it up.
async fn versions(both: &mut Both, rows: &Value) {
    let answers = json!({"Peru": "Lima", "日本": "東京", "Chad": "N'Djamena"});
    let wanted = json!({"dataset": "ours", "answers": answers, "metadata": {}});
    let name = both.sdk("evaluate", wanted).await["name"].take();
    let theirs = both.sdk("experiment", json!({ "name": name })).await;
    for country in ["Peru", "日本", "Chad"] {
        let version =
            |rows: &Value| about(rows, country)["runs"][0]["extra"]["metadata"]["example_version"].clone();
        let written = version(&theirs["rows"]);
        assert!(written.is_string(), "{theirs}");
        assert_eq!(version(rows), written, "{country}");
    }
}

async fn feedback(both: &mut Both, run: &Value, report: &Value) {
    let feedback = both.sdk("list_feedback", json!({"run_ids": [run["id"]]})).await;
    let [score] = feedback.as_array().unwrap().as_slice() else { panic!("one score: {feedback}") };
    assert_eq!((&score["key"], score["score"].as_f64()), (&json!("correct"), Some(1.0)), "{score}");
    assert_eq!((&score["comment"], &score["session_id"]), (&json!("by heart"), &report["experiment_id"]));
}

/// The SDK scores what our tool recorded, and our tool shows the scores.
async fn again(both: &mut Both) {
    let rows = both.sdk("evaluate_existing", json!({"experiment": "ours-1"})).await;
    assert_eq!(rows["rows"], 3);
    let asked = json!({"reference_dataset_name": "ours"});
    let listed = both.list("list_experiments", "experiments", asked).await;
    let listed = the(&listed, "name", "ours-1");
    assert_eq!(listed["feedback_stats"]["named"]["n"], 3, "{listed}");
}

/// The SDK's `evaluate`, then `list_experiments` and `fetch_runs`.
pub(super) async fn theirs(both: &mut Both) {
    let answers = json!({"Peru": "Lima", "日本": "京都", "Chad": "Abéché"});
    let wanted = json!({"dataset": "theirs", "answers": answers, "metadata": {"model": "m-2"}});
    let name = both.sdk("evaluate", wanted).await["name"].take();
    let asked = json!({"reference_dataset_name": "theirs"});
    let listed = both.list("list_experiments", "experiments", asked).await;
    let experiment = the(&listed, "name", name.as_str().unwrap());
    let correct = &experiment["feedback_stats"]["correct"];
    assert_eq!(correct["n"], 3, "{experiment}");
    assert!((correct["avg"].as_f64().unwrap() - 1.0 / 3.0).abs() < 0.001, "{experiment}");
    let asked = json!({"project_name": name, "limit": 10, "is_root": true});
    let runs = both.list("fetch_runs", "runs", asked).await;
    let mut said: Vec<&str> = runs.iter().filter_map(|run| run["outputs"]["capital"].as_str()).collect();
    said.sort_unstable();
    assert_eq!(said, ["Abéché", "Lima", "京都"], "{runs:?}");
}
