//! Tags that LangSmith adds by itself, and repos that are not prompts.

use http::Method;
use langsmith_double::Service;
use serde_json::{Value, json};

use crate::common::{deployed, extended};
use crate::support::Server;
use crate::writes::{api, ask, written};

async fn push(server: &Server, more: Value) -> Value {
    server.call("push_prompt", extended(json!({"prompt_name": "fresh", "template": "x {a}"}), &more)).await
}

async fn tags(server: &Server) -> Vec<String> {
    let mut tags: Vec<String> =
        serde_json::from_value(api(server, "/repos/-/fresh").await["repo"]["tags"].clone()).unwrap();
    tags.sort();
    tags
}

#[tokio::test]
async fn a_repeated_push_changes_nothing_about_the_tags() {
    let server = deployed(Service::CLOUD).await;
    push(&server, json!({"tags": ["b", "a"]})).await;
    assert_eq!(tags(&server).await, ["PromptTemplate", "a", "b"]);
    server.langsmith().clear_requests();
    for same in [json!(["b", "a"]), json!(["a", "b"]), json!(["PromptTemplate", "a", "b", "a"])] {
        let again = push(&server, json!({ "tags": same })).await;
        assert_eq!((&again["status"], again.get("updated")), (&json!("unchanged"), None), "{same}");
    }
    assert!(written(&server).is_empty());
}

#[tokio::test]
async fn a_change_of_tags_keeps_those_of_langsmith() {
    let server = deployed(Service::CLOUD).await;
    push(&server, json!({"tags": ["a", "b"]})).await;
    for (given, kept) in [(json!(["c"]), vec!["PromptTemplate", "c"]), (json!([]), vec!["PromptTemplate"])] {
        // With another change beside them, so that empty tags are intentional.
        let changed = push(&server, json!({"tags": given, "description": "d"})).await;
        assert!(changed["updated"].as_array().unwrap().contains(&json!("tags")), "{changed}");
        assert_eq!(tags(&server).await, kept);
    }
}

/// Only a list without entries clears them.
#[tokio::test]
async fn placeholders_in_tags_leave_them_alone() {
    let server = deployed(Service::CLOUD).await;
    push(&server, json!({"tags": ["a"]})).await;
    let before = tags(&server).await;
    for given in [json!(""), json!("  "), json!([""]), json!([null]), json!({})] {
        let changed = push(&server, json!({"tags": given, "description": "d"})).await;
        assert_eq!(tags(&server).await, before, "{given}: {changed}");
    }
    let changed = push(&server, json!({"tags": [""]})).await;
    assert_eq!(changed["_ignored"], json!(["tags"]), "{changed}");
}

#[tokio::test]
async fn the_tag_that_a_commit_brings_outlives_a_change_of_tags_in_the_same_push() {
    let server = deployed(Service::CLOUD).await;
    push(&server, json!({"tags": ["a"]})).await;
    let chat =
        json!({"prompt_name": "fresh", "messages": [{"role": "human", "content": "x {a}"}], "tags": ["b"]});
    let pushed = server.call("push_prompt", chat.clone()).await;
    assert_eq!((&pushed["status"], &pushed["updated"]), (&json!("committed"), &json!(["tags"])));
    assert_eq!(tags(&server).await, ["ChatPromptTemplate", "PromptTemplate", "b"]);
    let again = server.call("push_prompt", chat).await;
    assert_eq!((&again["status"], again.get("updated")), (&json!("unchanged"), None));
}

#[tokio::test]
async fn only_prompts_are_listed() {
    let server = deployed(Service::CLOUD).await;
    let total = server.call("list_prompts", json!({})).await["total_count"].clone();
    for kind in ["agent", "skill", "file"] {
        let repo = json!({"repo_handle": format!("a-{kind}"), "is_public": false, "repo_type": kind});
        ask(&server, (Method::POST, "/repos"), repo.to_string()).await;
    }
    let listing = server.call("list_prompts", json!({})).await;
    assert_eq!(listing["total_count"], total);
    assert!(!listing.to_string().contains("a-agent"));
}
