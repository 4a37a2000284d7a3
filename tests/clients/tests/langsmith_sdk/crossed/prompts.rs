//! Prompts.

use serde_json::json;

use super::Both;
use crate::session::the;

/// `push_prompt`, then `pull_prompt`.
pub(super) async fn ours(both: &mut Both) {
    let messages = json!([
        {"role": "system", "content": "Greet in {language}."},
        {"role": "user", "content": "I am {name}."},
    ]);
    let prompt = json!({"prompt_name": "ours", "messages": messages, "description": "Greets", "tags": ["a"]});
    let pushed = both.tool("push_prompt", prompt).await;
    let pulled =
        both.sdk("pull_prompt", json!({"name": "ours", "values": {"language": "Quechua", "name": "Ada"}}));
    let pulled = pulled.await;
    assert_eq!(pulled["messages"], json!([["system", "Greet in Quechua."], ["human", "I am Ada."]]));
    assert_eq!(pulled["variables"], json!(["language", "name"]));
    assert_eq!(pulled["commit_hash"], pushed["commit_hash"]);
}

/// The SDK's `push_prompt`, then `get_prompt_by_name` and `list_prompts`.
pub(super) async fn theirs(both: &mut Both) {
    let messages = json!([["system", "Say good-bye in {language}."], ["human", "I am {name}."]]);
    let prompt = json!({"name": "theirs", "messages": messages, "description": "Parts", "tags": ["b"]});
    let pushed = both.sdk("push_prompt", prompt).await;
    let read = both.tool("get_prompt_by_name", json!({"prompt_name": "theirs"})).await;
    assert_eq!(read["messages"][0]["role"], "system", "{read}");
    assert_eq!(read["messages"][0]["template"], "Say good-bye in {language}.", "{read}");
    assert_eq!(read["messages"][1]["template"], "I am {name}.", "{read}");
    let mut variables: Vec<&str> =
        read["input_variables"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
    variables.sort_unstable();
    assert_eq!(variables, ["language", "name"]);
    assert_eq!(read["metadata"]["lc_hub_commit_hash"], pushed["commit_hash"], "{read}");
    let listed = both.list("list_prompts", "prompts", json!({"query": "theirs"})).await;
    let listed = the(&listed, "repo_handle", "theirs");
    assert_eq!(listed["description"], "Parts", "{listed}");
}

/// The result of `get_prompt_by_name` for the SDK's prompt is pushed unchanged, and pulled again.
pub(super) async fn back_and_forth(both: &mut Both) {
    let read = both.tool("get_prompt_by_name", json!({"prompt_name": "theirs"})).await;
    let again = json!({"prompt_name": "again", "messages": read["messages"]});
    both.tool("push_prompt", again).await;
    let values = json!({"language": "Aymara", "name": "Grace"});
    let [theirs, again] = [
        both.sdk("pull_prompt", json!({"name": "theirs", "values": values})).await,
        both.sdk("pull_prompt", json!({"name": "again", "values": values})).await,
    ];
    assert_eq!((&theirs["messages"], &theirs["variables"]), (&again["messages"], &again["variables"]));
    let unchanged = json!({"prompt_name": "theirs", "messages": read["messages"]});
    assert_eq!(both.tool("push_prompt", unchanged).await["status"], "unchanged");
}
