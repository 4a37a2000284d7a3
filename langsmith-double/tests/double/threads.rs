//! Conversations, as recorded by the applications.

use langsmith_double::data::{ADA_KEY, sample_id};
use langsmith_double::{Dataset, Options};
use serde_json::{Value, json};

use crate::client::{Probe, ok};

/// The model calls of a thread, oldest first, over all pages.
async fn calls(probe: &Probe, project: &str, thread: &str) -> Vec<Value> {
    let filter = format!(
        "and(in(metadata_key, [\"session_id\",\"conversation_id\",\"thread_id\"]), eq(metadata_value, {}))",
        json!(thread)
    );
    let session = sample_id(&format!("project:{project}"));
    let mut body = json!({"session": [session], "run_type": "llm", "filter": filter, "order": "asc",
        "select": ["id", "inputs", "outputs", "start_time", "trace_id"]});
    let mut runs = Vec::new();
    loop {
        let mut page = ok(probe.query(ADA_KEY, &body)).await;
        runs.append(page["runs"].as_array_mut().expect("runs"));
        match &page["cursors"]["next"] {
            Value::String(next) => body["cursor"] = json!(next),
            _ => return runs,
        }
    }
}

#[tokio::test]
async fn a_long_thread_repeats_its_last_messages() {
    let probe = Probe::start().await;
    let runs = calls(&probe, "conversations", "long-chat").await;
    assert_eq!(runs.len(), 120);
    let last = &runs[119]["inputs"]["messages"];
    assert_eq!(last.as_array().map(Vec::len), Some(8));
    assert_eq!(last[6], json!({"role": "assistant", "content": "Answer 118"}));
    assert_eq!(last[7]["content"], "Question 119");
    assert_eq!(runs[119]["outputs"]["choices"][0]["message"]["content"], "Answer 119");
}

#[tokio::test]
async fn one_call_is_traced_in_two_shapes() {
    let probe = Probe::start().await;
    let runs = calls(&probe, "conversations", "langchain-chat").await;
    assert_eq!(runs.len(), 8);
    let (chain, client) = (&runs[6], &runs[7]);
    assert_eq!(chain["trace_id"], client["trace_id"]);
    assert_eq!(
        chain["inputs"]["messages"][0][7]["kwargs"]["content"],
        client["inputs"]["messages"][7]["content"]
    );
    let message = &chain["outputs"]["generations"][0][0]["message"];
    assert_eq!(message["id"], json!(["langchain", "schema", "messages", "AIMessage"]));
    assert_eq!(message["kwargs"]["content"], client["outputs"]["choices"][0]["message"]["content"]);
}

#[tokio::test]
async fn a_thread_may_have_any_id() {
    let probe = Probe::start().await;
    let runs = calls(&probe, "conversations", "say \"yes\" \\ 言語 😀").await;
    let said: Vec<_> = runs.iter().map(|run| run["inputs"]["messages"][0]["content"].as_str()).collect();
    assert_eq!(said, [Some("Shall we go on?"), Some("yes"), Some("yes"), Some("言った！")]);
    assert!(calls(&probe, "conversations", "say").await.is_empty());
}

#[tokio::test]
async fn the_endless_thread_is_among_the_large_data() {
    let probe = Probe::with(Options { data: Dataset::Large, ..Options::default() }).await;
    assert_eq!(calls(&probe, "large-conversations", "endless").await.len(), 1100);
}
