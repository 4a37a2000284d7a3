//! The existing objects, read from LangSmith itself. Each pool also has one that does not exist.

use langsmith_double::data::{ADA_KEY, sample_id};
use serde_json::{Value, json};

use crate::http::Http;

/// Names and ids.
pub(crate) struct Pools {
    pub(crate) projects: Vec<String>,
    pub(crate) datasets: Vec<String>,
    pub(crate) dataset_ids: Vec<String>,
    pub(crate) examples: Vec<String>,
    pub(crate) prompts: Vec<String>,
    pub(crate) traces: Vec<String>,
    /// A thread and its project.
    pub(crate) threads: Vec<(String, String)>,
}

impl Pools {
    pub(crate) async fn read(http: &Http, langsmith: &str) -> Self {
        let listing = async |path: &str, body: Option<Value>| {
            http.json(&format!("{langsmith}/api/v1{path}"), ADA_KEY, body).await
        };
        let projects = listing("/sessions?limit=100&reference_free=true", None).await;
        let mut datasets = listing("/datasets?limit=100", None).await;
        // Half of its values can be read neither by this test nor by the standalone server.
        datasets.as_array_mut().unwrap().retain(|dataset| dataset["name"] != "odd-values");
        let dataset_ids = texts(&datasets, "/id");
        let mut examples = Vec::new();
        for dataset in &dataset_ids {
            let found = listing(&format!("/examples?limit=5&dataset={dataset}"), None).await;
            examples.extend(texts(&found, "/id"));
        }
        let prompts = listing("/repos?limit=100", None).await;
        let query = json!({
            "session": texts(&projects, "/id"), "limit": 100, "select": ["id", "trace_id", "session_id", "extra"],
            "run_type": "llm",
        });
        let runs = listing("/runs/query", Some(query)).await;
        Self {
            projects: with(texts(&projects, "/name"), "no such project"),
            datasets: with(texts(&datasets, "/name"), "no such dataset"),
            dataset_ids: with(dataset_ids, &sample_id("no such dataset").to_string()),
            examples: with(examples, &sample_id("no such example").to_string()),
            prompts: with(texts(&prompts["repos"], "/repo_handle"), "no-such-prompt"),
            traces: with(texts(&runs["runs"], "/trace_id"), &sample_id("no such trace").to_string()),
            threads: threads(&projects, &runs["runs"]),
        }
    }
}

fn with(mut pool: Vec<String>, other: &str) -> Vec<String> {
    pool.sort();
    pool.dedup();
    assert!(pool.len() > 1, "a pool is empty beside {other}");
    pool.push(other.to_owned());
    pool
}

/// The threads of runs, and one that does not exist.
fn threads(projects: &Value, runs: &Value) -> Vec<(String, String)> {
    let name =
        |id: &Value| projects.as_array()?.iter().find(|project| &project["id"] == id)?["name"].as_str();
    let mut found = vec![("no such thread".to_owned(), "support-bot".to_owned())];
    for run in runs.as_array().unwrap() {
        let metadata = &run["extra"]["metadata"];
        let thread =
            ["session_id", "thread_id", "conversation_id"].iter().find_map(|key| metadata[*key].as_str());
        if let Some((thread, project)) = thread.zip(name(&run["session_id"])) {
            found.push((thread.to_owned(), project.to_owned()));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn texts(items: &Value, pointer: &str) -> Vec<String> {
    let items = items.as_array().unwrap().iter();
    items.filter_map(|item| item.pointer(pointer)?.as_str().map(str::to_owned)).collect()
}
