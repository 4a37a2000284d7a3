//! The language of templates that name none: that of the stored prompt, which no default changes.

use serde_json::{Value, json};

use crate::prompts::push_prompt_kept::{push, read, with};
use crate::prompts::push_prompt_round_trip::stored;
use crate::support::Server;
use crate::writes::written;

/// Pushes a mustache chat prompt, with its messages given by their texts.
async fn mustache(server: &Server) {
    let messages =
        json!([{"role": "system", "content": "Hi {{name}}"}, {"role": "human", "content": "{{q}}"}]);
    push(server, "mustache", json!({"messages": messages, "template_format": "mustache"})).await;
}

async fn variables(server: &Server, name: &str) -> Value {
    stored(server, name).await["kwargs"]["input_variables"].clone()
}

#[tokio::test]
async fn messages_keep_the_language_of_those_that_are_stored() {
    let server = Server::start().await;
    mustache(&server).await;
    let same = json!([{"role": "system", "content": "Hi {{name}}"}, {"role": "human", "content": "{{q}}"}]);
    assert_eq!(push(&server, "mustache", json!({ "messages": same })).await["status"], "unchanged");
    // The second one would not be valid as an f-string.
    let new =
        json!([{"role": "system", "content": "Hello {{name}}"}, {"role": "human", "content": "{ {{new}}"}]);
    assert_eq!(push(&server, "mustache", json!({ "messages": new })).await["status"], "committed");
    assert_eq!(variables(&server, "mustache").await, json!(["name", "new"]));
    let mut answer = read(&server, "mustache").await;
    answer["messages"].as_array_mut().unwrap().push(json!({"role": "ai", "content": "{{third}}"}));
    push(&server, "mustache", json!({ "manifest": answer })).await;
    assert_eq!(variables(&server, "mustache").await, json!(["name", "new", "third"]));
    let error = server.fail("push_prompt", with("fresh", json!({ "messages": new }))).await;
    assert!(
        error["error"].as_str().unwrap().contains("messages[1].content is not a valid f-string"),
        "{error}"
    );
}

/// The call of a client that fills in the schema's first template language.
#[tokio::test]
async fn messages_do_not_become_f_strings_by_a_default() {
    let server = Server::start().await;
    mustache(&server).await;
    server.langsmith().clear_requests();
    let messages = json!([{"role": "system", "content": "Hello {{name}}"}]);
    let filled = json!({"messages": messages, "template_format": "f-string", "template": "", "manifest": {}});
    let error = server.fail("push_prompt", with("mustache", filled)).await;
    assert!(error["error"].as_str().unwrap().contains("the stored template is mustache"), "{error}");
    assert!(written(&server).is_empty());
    let fixed = json!({"role": "ai", "content": "{{fixed}}", "fixed": true});
    let own = json!({"role": "human", "content": "{{own}}", "template_format": "mustache"});
    let plain = json!({"role": "system", "content": "Hello {plain}"});
    let meant = json!({"messages": [fixed, own, plain], "template_format": "f-string"});
    assert_eq!(push(&server, "mustache", meant).await["status"], "committed");
    assert_eq!(variables(&server, "mustache").await, json!(["own", "plain"]));
    mustache(&server).await;
    let replaced = json!({"messages": messages, "template_format": "f-string", "replace": true});
    assert_eq!(push(&server, "mustache", replaced).await["status"], "committed");
    assert_eq!(variables(&server, "mustache").await, json!([]));
}

#[tokio::test]
async fn messages_beside_programs_name_their_language() {
    let server = Server::start().await;
    let path = ["langchain", "prompts", "chat"];
    let object = |class: &str, kwargs: Value| json!({"lc": 1, "type": "constructor", "id": [path[0], path[1], path[2], class], "kwargs": kwargs});
    let text = object(
        "PromptTemplate",
        json!({"template": "{{ a }}", "template_format": "jinja2", "input_variables": ["a"]}),
    );
    let message = object("HumanMessagePromptTemplate", json!({ "prompt": text }));
    push(
        &server,
        "program",
        json!({"manifest": object("ChatPromptTemplate", json!({"messages": [message]}))}),
    )
    .await;
    let mut messages = read(&server, "program").await["messages"].clone();
    messages.as_array_mut().unwrap().push(json!({"role": "ai", "content": "{{ b }}"}));
    let error = server.fail("push_prompt", with("program", json!({ "messages": messages }))).await;
    assert!(error["error"].as_str().unwrap().contains("template_format must be one of"), "{error}");
    messages[1]["template_format"] = json!("mustache");
    assert_eq!(push(&server, "program", json!({ "messages": messages })).await["status"], "committed");
    assert_eq!(variables(&server, "program").await, json!(["a", "b"]));
}

/// The newest template language of a text, or of the first message.
async fn language(server: &Server, name: &str) -> Value {
    let prompt = stored(server, name).await;
    let text = prompt.pointer("/kwargs/messages/0/kwargs/prompt").unwrap_or(&prompt);
    text["kwargs"]["template_format"].clone()
}

/// A text and a chat, both in mustache, are each pushed in the other form.
#[tokio::test]
async fn another_kind_of_prompt_keeps_the_language() {
    let server = Server::start().await;
    let forms = [
        json!({"template": "Hi {{name}}"}),
        json!({"messages": [{"role": "human", "content": "Hi {{name}}"}]}),
    ];
    for (before, after) in [(&forms[0], &forms[1]), (&forms[1], &forms[0])] {
        let mut mustache = before.clone();
        mustache["template_format"] = json!("mustache");
        push(&server, "crossed", mustache).await;
        server.langsmith().clear_requests();
        let mut filled = after.clone();
        filled["template_format"] = json!("f-string");
        let error = server.fail("push_prompt", with("crossed", filled.clone())).await;
        assert!(error["error"].as_str().unwrap().contains("the stored template is mustache"), "{error}");
        assert!(written(&server).is_empty());
        assert_eq!(push(&server, "crossed", after.clone()).await["status"], "committed");
        assert_eq!(variables(&server, "crossed").await, json!(["name"]));
        assert_eq!(language(&server, "crossed").await, "mustache");
        filled["replace"] = json!(true);
        assert_eq!(push(&server, "crossed", filled).await["status"], "committed");
        assert_eq!(language(&server, "crossed").await, "f-string");
    }
}
