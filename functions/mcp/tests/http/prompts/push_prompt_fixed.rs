//! `push_prompt` with fixed messages: what is stored of one is what LangChain's libraries load.

use serde_json::{Value, json};

use crate::prompts::push_prompt_round_trip::stored;
use crate::support::Server;
use crate::writes::written;

fn push(message: &Value) -> Value {
    json!({"prompt_name": "fixed", "messages": [message]})
}

/// The constructor arguments of the stored message.
async fn kwargs(server: &Server) -> Value {
    stored(server, "fixed").await["kwargs"]["messages"][0]["kwargs"].clone()
}

#[tokio::test]
async fn calls_of_openai_are_stored_as_langchain_loads_them() {
    let server = Server::start().await;
    let call = json!({"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}});
    let mut message = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let error = server.fail("push_prompt", push(&message)).await;
    let hint = "messages[0] has tool_calls: leave it out, or say fixed: true";
    assert!(error["error"].as_str().unwrap().starts_with(hint), "{error}");
    message["fixed"] = json!(true);
    assert_eq!(server.call("push_prompt", push(&message)).await["status"], "created");
    let loaded = json!([{"name": "f", "args": {"a": 1}, "id": "1", "type": "tool_call"}]);
    assert_eq!(kwargs(&server).await, json!({"content": "", "type": "ai", "tool_calls": loaded}));
    message["tool_calls"] = loaded;
    assert_eq!(server.call("push_prompt", push(&message)).await["status"], "unchanged");
}

/// Such a message may come from another program.
#[tokio::test]
async fn a_stored_message_that_cannot_be_loaded_can_be_left_or_put_right() {
    let server = Server::start().await;
    let path = ["langchain", "schema", "messages"];
    let call = json!({"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let broken = json!({"lc": 1, "type": "constructor", "id": [path[0], path[1], path[2], "AIMessage"],
        "kwargs": {"content": "x", "type": "ai", "tool_calls": [call]}});
    let chat = json!({"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", "ChatPromptTemplate"],
        "kwargs": {"input_variables": [], "messages": [broken]}});
    server.call("push_prompt", json!({"prompt_name": "fixed", "manifest": chat})).await;
    let shown =
        server.call("get_prompt_by_name", json!({"prompt_name": "fixed"})).await["messages"][0].clone();
    assert_eq!(server.call("push_prompt", push(&shown)).await["status"], "unchanged");
    let mut right = shown;
    right["tool_calls"] = json!([{"name": "f", "args": {}, "id": "1"}]);
    assert_eq!(server.call("push_prompt", push(&right)).await["status"], "committed");
    assert_eq!(kwargs(&server).await["tool_calls"], right["tool_calls"]);
}

#[tokio::test]
async fn members_of_null_are_not_stored() {
    let server = Server::start().await;
    let message = json!({
        "role": "ai", "content": "x", "fixed": true, "response_metadata": null, "tool_calls": null,
        "invalid_tool_calls": null, "name": null, "id": null, "usage_metadata": {}, "additional_kwargs": null,
        "status": null, "example": null,
    });
    server.call("push_prompt", push(&message)).await;
    assert_eq!(kwargs(&server).await, json!({"content": "x", "type": "ai"}));
}

#[tokio::test]
async fn members_that_cannot_be_loaded_are_refused_by_name() {
    let server = Server::start().await;
    for (member, value, word) in [
        ("tool_calls", json!([{"name": "f", "args": {}}]), "messages[0].tool_calls[0].id must be"),
        (
            "tool_calls",
            json!([{"name": "f", "args": "x", "id": "1"}]),
            "messages[0].tool_calls[0].args must be",
        ),
        ("usage_metadata", json!({"input_tokens": 1}), "messages[0].usage_metadata must be"),
        ("response_metadata", json!("x"), "messages[0].response_metadata must be"),
        ("name", json!(5), "messages[0].name must be a text"),
        ("content", json!([1]), "messages[0].content[0] must be a text or an object"),
    ] {
        let mut message = json!({"role": "ai", "content": "x", "fixed": true});
        message[member] = value;
        let error = server.fail("push_prompt", push(&message)).await;
        assert!(error["error"].as_str().unwrap().starts_with(word), "{error}");
    }
    assert!(written(&server).is_empty());
}

/// LangSmith would refuse the commit after the prompt was created.
#[tokio::test]
async fn what_nests_too_deeply_is_refused_before_anything_is_written() {
    let server = Server::start().await;
    let deep: Value = serde_json::from_str(&format!("{}{}", "[".repeat(110), "]".repeat(110))).unwrap();
    for is_fixed in [true, false] {
        let member = if is_fixed { "response_metadata" } else { "additional_kwargs" };
        let message = json!({"role": "ai", "content": "x", "fixed": is_fixed, member: {"a": deep}});
        for dry_run in [true, false] {
            let mut arguments = push(&message);
            arguments["dry_run"] = json!(dry_run);
            let error = server.fail("push_prompt", arguments).await;
            assert_eq!(error["error"], "messages[0] must be nested at most 100 levels deep.");
        }
    }
    assert!(written(&server).is_empty());
}
