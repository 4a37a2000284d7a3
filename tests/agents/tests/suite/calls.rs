//! Calls of agents.

use agents::Options;
use serde_json::json;

use crate::support::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_answers_with_its_values() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let result = stage.call(&token, "echo", json!({"question": "why?"})).await;
    let expected = json!({"status": "completed", "output": {"answer": "You asked: why?"}});
    assert_eq!((&result["structuredContent"], &result["isError"]), (&expected, &json!(false)), "{result}");

    let result = stage.call(&token, "chat", json!({"messages": "hello"})).await;
    let messages = result["structuredContent"]["output"]["messages"].as_array().unwrap();
    assert_eq!(messages.last().unwrap()["content"], "human: hello", "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_own_mcp_is_reached_too() {
    let options = Options { without_mcp: true, ..Options::default() };
    let stage = Stage::with(options, ";auth=none").await;
    let token = stage.ada().await;
    let result = stage.call(&token, "echo", json!({"question": "why?"})).await;
    assert_eq!(result["structuredContent"]["status"], "completed", "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_has_its_class_and_message() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let result = stage.call(&token, "steered", json!({"fail": "no luck"})).await;
    assert_eq!(result["isError"], true);
    // The agent may have done something before it failed.
    let expected = json!({"error": "ValueError: no luck", "kind": "upstream", "retryable": false});
    assert_eq!(result["structuredContent"], expected, "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_of_twenty_megabytes_is_an_error_of_the_call() {
    let stage = Stage::with(Options::default(), ";auth=none").await;
    let token = stage.ada().await;
    let result = stage.call(&token, "steered", json!({"size": 20_000_000})).await;
    assert_eq!(result["isError"], true);
    let expected = "Agent Server: Its answer is larger than 8 MB.";
    let error = &result["structuredContent"];
    assert_eq!((&error["error"], &error["retryable"]), (&json!(expected), &json!(false)), "{result}");
}
