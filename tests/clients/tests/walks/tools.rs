//! Every tool, called by a logged-in client. Other tools read back what a tool writes, and every answer matches the
//! output schema that the client was given.

use clients::Program;
use langsmith_double::data::sample_id;
use serde_json::json;
use shared::mcp::scopes::TOOL_SCOPES;

use crate::session::{Session, the};

const PROMPT: &str = "greeting";
const DATASET: &str = "capitals";
const EXPERIMENT: &str = "capitals-v1";

/// Logs in and calls every tool.
pub(crate) async fn walk(program: Program) {
    let mut session = Session::start(program).await;
    read_samples(&mut session).await;
    read_datasets(&mut session).await;
    write_prompt(&mut session).await;
    let examples = write_dataset(&mut session).await;
    run_experiment(&mut session, &examples).await;
    assert_eq!((&session.called, session.tools.len()), (&session.tools, TOOL_SCOPES.len()));
    session.end().await;
}

async fn read_samples(session: &mut Session) {
    let projects = session.list("list_projects", "projects", json!({"limit": 50})).await;
    the(&projects, "name", "support-bot");
    let prompts = session.list("list_prompts", "prompts", json!({})).await;
    the(&prompts, "repo_handle", "support-agent");
    let agent = session.call("get_prompt_by_name", json!({"prompt_name": "support-agent"})).await;
    assert_eq!(
        (&agent["messages"][0]["role"], agent["messages"][2]["role"].as_str()),
        (&json!("system"), Some("human"))
    );
    let runs = session.list("fetch_runs", "runs", json!({"project_name": "support-bot", "limit": 3})).await;
    assert_eq!(runs.len(), 3);
    let thread = json!({"thread_id": "long-chat", "project_name": "conversations", "page_number": 1});
    let messages = session.list("get_thread_history", "result", thread).await;
    assert_eq!(messages[1], json!({"role": "assistant", "content": "Answer 0"}));
    let month = json!({"starting_on": "2026-10-01", "ending_before": "2026-11-01"});
    let usage = session.list("get_billing_usage", "usage", month).await;
    assert!(the(&usage, "billable_metric_name", "Base traces")["value"].is_number());
    let workspaces = session.list("list_workspaces", "workspaces", json!({})).await;
    assert!(the(&workspaces, "display_name", "Sample Workspace")["role_name"].is_string());
}

async fn read_datasets(session: &mut Session) {
    let datasets = session.list("list_datasets", "datasets", json!({})).await;
    let id = sample_id("dataset:support-questions").to_string();
    assert_eq!(the(&datasets, "name", "support-questions")["id"], id);
    let dataset = session.call("read_dataset", json!({ "dataset_id": id })).await;
    assert_eq!(dataset["dataset"]["example_count"], 6);
    let examples = session
        .list("list_examples", "examples", json!({"dataset_id": id, "include_attachments": true}))
        .await;
    let read = session.call("read_example", json!({"example_id": examples[5]["id"]})).await;
    assert_eq!((examples.len(), &examples[5]), (6, &read["example"]));
    let experiments = json!({"reference_dataset_name": "support-questions"});
    let experiments = session.list("list_experiments", "experiments", experiments).await;
    assert_eq!(the(&experiments, "name", "support-bot-rerank")["feedback_stats"]["correctness"]["avg"], 0.75);
}

async fn write_prompt(session: &mut Session) {
    let messages =
        json!([{"role": "system", "content": "Greet in {language}."}, {"role": "user", "content": "{name}"}]);
    let prompt = json!({"prompt_name": PROMPT, "messages": messages, "description": "Greets"});
    let pushed = session.call("push_prompt", prompt.clone()).await;
    let read = session.call("get_prompt_by_name", json!({"prompt_name": PROMPT})).await;
    assert_eq!(
        (&pushed["status"], &read["input_variables"]),
        (&json!("created"), &json!(["language", "name"]))
    );
    assert_eq!(read["messages"][0]["template"], "Greet in {language}.");
    assert_eq!(read["metadata"]["lc_hub_commit_hash"], pushed["commit_hash"]);
    let prompts = session.list("list_prompts", "prompts", json!({"query": PROMPT})).await;
    assert_eq!(the(&prompts, "repo_handle", PROMPT)["description"], "Greets");
    assert_eq!(session.call("push_prompt", prompt).await["status"], "unchanged");
}

/// Creates a dataset and corrects it; returns the ids of its examples, Peru's first.
async fn write_dataset(session: &mut Session) -> [String; 2] {
    let examples = json!([
        {"inputs": {"country": "Peru"}, "outputs": {"capital": "Cusco"}, "split": "test"},
        {"inputs": {"country": "日本"}, "outputs": {"capital": "東京"}},
    ]);
    let schema = json!({"type": "object", "required": ["country"]});
    let wanted = json!({"dataset_name": DATASET, "inputs_schema": schema, "examples": examples});
    let created = session.call("create_dataset", wanted).await;
    assert_eq!((&created["status"], &created["examples_created"]), (&json!("created"), &json!(2)));
    let dataset = session.call("read_dataset", json!({"dataset_id": created["dataset_id"]})).await;
    assert_eq!(dataset["dataset"]["inputs_schema_definition"], schema);
    let stored = session.list("list_examples", "examples", json!({"dataset_name": DATASET})).await;
    let id_of = |country: &str| {
        let found = stored.iter().find(|example| example["inputs"]["country"] == country).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let ids = [id_of("Peru"), id_of("日本")];
    let updates = json!([
        {"example_id": ids[0], "outputs": {"capital": "Lima"}},
        {"example_id": ids[1], "split": ["test", "hard"], "metadata": {"level": 2}},
    ]);
    assert_eq!(session.call("update_examples", json!({ "updates": updates })).await["updated"], 2);
    let peru = session.call("read_example", json!({"example_id": ids[0]})).await;
    assert_eq!(peru["example"]["outputs"], json!({"capital": "Lima"}));
    let hard = json!({"dataset_name": DATASET, "splits": ["hard"]});
    let hard = session.list("list_examples", "examples", hard).await;
    assert_eq!((hard.len(), &hard[0]["id"]), (1, &json!(ids[1])));
    ids
}

async fn run_experiment(session: &mut Session, [first, second]: &[String; 2]) {
    let results = json!([
        {"example_id": first, "outputs": {"capital": "Lima"}, "scores": {"correct": 1}},
        {"example_id": second, "error": "timed out", "scores": {"correct": 0}},
    ]);
    let wanted =
        json!({"experiment_name": EXPERIMENT, "dataset_name": DATASET, "results": results, "close": true});
    let report = session.call("run_experiment", wanted).await;
    assert_eq!((&report["closed"], &report["runs"]), (&json!(true), &json!(2)));
    assert_eq!(report["scores"], json!({"correct": {"n": 2, "mean": 0.5}}));
    let listing = json!({"reference_dataset_name": DATASET});
    let experiments = session.list("list_experiments", "experiments", listing).await;
    let experiment = the(&experiments, "name", EXPERIMENT);
    assert_eq!(experiment["experiment_id"], report["experiment_id"]);
    assert_eq!(experiment["feedback_stats"]["correct"]["avg"], 0.5);
    let runs = session.list("fetch_runs", "runs", json!({"project_name": EXPERIMENT, "limit": 10})).await;
    assert_eq!((runs.len(), &the(&runs, "status", "error")["error"]), (2, &json!("timed out")));
}
