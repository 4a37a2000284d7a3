//! Pushes the result of `get_prompt_by_name` unchanged.

use serde_json::{Value, json};

use crate::common::extended;
use crate::support::Server;
use crate::writes::{api, written};

async fn get(server: &Server, name: &str) -> Value {
    server.call("get_prompt_by_name", json!({ "prompt_name": name })).await
}

/// The newest manifest, with its model.
pub(crate) async fn stored(server: &Server, name: &str) -> Value {
    api(server, &format!("/commits/-/{name}/latest?include_model=true")).await["manifest"].clone()
}

fn object(path: [&str; 3], class: &str, kwargs: &Value) -> Value {
    json!({"lc": 1, "type": "constructor", "id": [path[0], path[1], path[2], class], "kwargs": kwargs})
}

fn text(template: &str, format: &str, more: &Value) -> Value {
    let kwargs = json!({"input_variables": [], "template": template, "template_format": format});
    let kwargs = extended(kwargs, more);
    object(["langchain_core", "prompts", "prompt"], "PromptTemplate", &kwargs)
}

fn template(class: &str, prompt: &Value, more: &Value) -> Value {
    let kwargs = extended(json!({ "prompt": prompt }), more);
    object(["langchain_core", "prompts", "chat"], &format!("{class}MessagePromptTemplate"), &kwargs)
}

fn fixed(class: &str, kwargs: &Value) -> Value {
    object(["langchain_core", "messages", "any"], class, kwargs)
}

/// A message of every kind that LangChain's libraries write, and some that only other libraries write.
fn messages() -> Value {
    let none = json!({});
    let image = object(
        ["langchain", "prompts", "image"],
        "ImagePromptTemplate",
        &json!({"input_variables": ["img"], "template": {"url": "{img}", "detail": "low"}}),
    );
    let audio = object(
        ["langchain_core", "prompts", "dict"],
        "DictPromptTemplate",
        &json!({"template": {"type": "input_audio", "input_audio": {"data": "{sound}"}}, "template_format": "f-string"}),
    );
    let shots = object(
        ["langchain_core", "prompts", "few_shot"],
        "FewShotChatMessagePromptTemplate",
        &json!({"input_variables": ["shot"], "examples": [{"a": 1.0}]}),
    );
    let calls = json!([{"name": "f", "args": {"x": 1.50}, "id": "1", "type": "tool_call"}]);
    json!([
        template("System", &text("plain {a} {{b}}", "f-string", &none), &none),
        template("Human", &text("{{c}} {single}", "mustache", &none), &none),
        template("Human", &text("{% if d %}{{ d }}{% endif %}", "jinja2", &json!({"input_variables": ["d"]})), &none),
        template("Human", &text("{a} {given}", "f-string", &json!({"partial_variables": {"given": "x"}})), &none),
        template("Human", &text("{a}", "f-string", &none), &json!({"additional_kwargs": {"name": "n"}})),
        template("Human", &json!([text("see {a}", "f-string", &none), image, audio]), &none),
        template("Chat", &text("{a}?", "f-string", &none), &json!({"role": "critic"})),
        fixed("SystemMessage", &json!({"content": "{no} variable", "type": "system"})),
        fixed("HumanMessage", &json!({"content": [{"type": "text", "text": "{x}", "cache_control": {"type": "ephemeral"}}]})),
        fixed("AIMessage", &json!({"content": "", "type": "ai", "tool_calls": calls, "invalid_tool_calls": []})),
        fixed("ToolMessage", &json!({"content": "r", "type": "tool", "tool_call_id": "1", "status": "success"})),
        fixed("FunctionMessage", &json!({"content": "r", "type": "function", "name": "f"})),
        fixed("ChatMessage", &json!({"content": "{c}", "type": "chat", "role": "critic", "id": null})),
        fixed("AIMessageChunk", &json!({"content": "half", "type": "AIMessageChunk"})),
        object(["a", "b", "c"], "MessagesPlaceholder", &json!({"variable_name": "h", "optional": true, "n_messages": 3})),
        object(["a", "b", "c"], "MessagesPlaceholder", &json!({"variable_name": "must", "optional": false})),
        shots,
        {"lc": 1, "type": "not_implemented", "id": ["x", "Odd"], "repr": "Odd()"},
        "no object",
    ])
}

fn odd() -> Vec<(&'static str, Value)> {
    let path = ["langchain_core", "prompts", "any"];
    let variables = json!(["a", "c", "d", "img", "must", "shot", "sound"]);
    let chat = json!({"input_variables": variables, "messages": messages(), "partial_variables": {"h": [], "a": 1},
        "input_types": {"h": {}}, "metadata": {"lc_hub_repo": "old", "own": 1.0}, "validate_template": false});
    let jinja =
        text("{% for x in y %}{% endfor %}", "jinja2", &json!({"input_variables": ["y"], "tags": ["t"]}));
    let schema = json!({"messages": messages(), "schema": {"title": "T"}, "method": "json_schema"});
    let binding = json!({"bound": fixed("ChatOpenAI", &json!({"temperature": 0.0})), "kwargs": {"tools": [{"name": "t"}]}});
    let last = object(["langchain", "schema", "runnable"], "RunnableBinding", &binding);
    let steps = json!({"first": object(path, "StructuredPrompt", &schema), "middle": [], "last": last});
    vec![
        ("odd-chat", object(path, "ChatPromptTemplate", &chat)),
        ("odd-text", jinja),
        ("odd-model", object(["langchain", "schema", "runnable"], "RunnableSequence", &steps)),
        ("odd-kind", object(path, "FewShotPromptTemplate", &json!({"examples": [1, 2.0]}))),
    ]
}

/// All prompts of the workspace, including some odd ones.
async fn prompts(server: &Server) -> Vec<String> {
    for (name, manifest) in odd() {
        server.call("push_prompt", json!({"prompt_name": name, "manifest": manifest})).await;
    }
    let listed = server.call("list_prompts", json!({"limit": 100})).await;
    let listed = listed["prompts"].as_array().unwrap();
    let names: Vec<String> =
        listed.iter().map(|prompt| prompt["repo_handle"].as_str().unwrap().to_owned()).collect();
    assert!(names.len() > 30 && names.contains(&"few-shot-router".to_owned()), "{names:?}");
    server.langsmith().clear_requests();
    names
}

/// The arguments with a prompt's content.
fn said(read: &Value) -> Value {
    let names = ["messages", "template", "template_format", "manifest"];
    names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), read.get(name)?.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test]
async fn every_prompt_is_unchanged_when_it_is_pushed_as_it_was_read() {
    let server = Server::start().await;
    for name in prompts(&server).await {
        let read = get(&server, &name).await;
        let with_model =
            server.call("get_prompt_by_name", json!({"prompt_name": name, "include_model": true})).await;
        for mut arguments in
            [said(&read), json!({ "manifest": read }), json!({"manifest": with_model.to_string()})]
        {
            arguments["prompt_name"] = json!(name);
            let pushed = server.call("push_prompt", arguments).await;
            assert_eq!((&pushed["status"], pushed.get("dropped")), (&json!("unchanged"), None), "{name}");
            assert_eq!(pushed["commit_hash"], read["metadata"]["lc_hub_commit_hash"]);
        }
    }
    assert!(written(&server).is_empty());
}

#[tokio::test]
async fn an_answer_makes_the_same_prompt_under_another_name() {
    let server = Server::start().await;
    for name in prompts(&server).await {
        let read = get(&server, &name).await;
        let copy = format!("copy-of-{name}");
        let manifest = stored(&server, &name).await;
        let push = json!({"prompt_name": copy, "manifest": read});
        assert_eq!(server.call("push_prompt", push).await["status"], "created");
        assert_eq!(stored(&server, &copy).await, manifest, "{name}");
    }
}

#[tokio::test]
async fn an_answer_brings_an_older_state_back() {
    let server = Server::start().await;
    let old = get(&server, "support-agent:production").await;
    let pushed = server.call("push_prompt", json!({"prompt_name": "support-agent", "manifest": old})).await;
    assert_eq!(pushed["status"], "committed");
    let manifest = stored(&server, "support-agent").await;
    assert_eq!(manifest, stored_at(&server, "production").await);
}

async fn stored_at(server: &Server, commit: &str) -> Value {
    api(server, &format!("/commits/-/support-agent/{commit}?include_model=true")).await["manifest"].clone()
}

#[tokio::test]
async fn of_an_answer_the_messages_may_be_changed_and_nothing_else() {
    let server = Server::start().await;
    let mut read = get(&server, "grade-answer").await;
    read["messages"][1]["template"] = json!("{question}: {answer}");
    let push = |manifest: &Value| json!({"prompt_name": "grade-answer", "manifest": manifest});
    for (member, value) in
        [("schema_", json!({"title": "Other"})), ("partial_variables", json!({"a": 1})), ("extra", json!(1))]
    {
        let mut other = read.clone();
        other[member] = value;
        let error = server.fail("push_prompt", push(&other)).await;
        let message = error["error"].as_str().unwrap();
        assert!(message.starts_with(&format!("manifest.{member} is not what grade-answer:")), "{message}");
    }
    let mut gone = read.clone();
    gone["metadata"]["lc_hub_commit_hash"] = json!("0123456789");
    assert_eq!(server.fail("push_prompt", push(&gone)).await["kind"], "not_found");
    assert!(written(&server).is_empty());
    let before = stored(&server, "grade-answer").await;
    assert_eq!(server.call("push_prompt", push(&read)).await["status"], "committed");
    let after = stored(&server, "grade-answer").await;
    assert_eq!(after["kwargs"]["schema_"], before["kwargs"]["schema_"]);
    assert_eq!(after["kwargs"]["messages"][0], before["kwargs"]["messages"][0]);
    assert_eq!(after["kwargs"]["input_variables"], json!(["answer", "question"]));
}

/// The messages keep their content even without the stored prompt to compare with.
#[tokio::test]
async fn the_messages_of_a_prompt_are_the_same_in_another_one() {
    let server = Server::start().await;
    let names = ["support-agent", "grade-answer", "höflich-antworten", "triage-ticket", "odd-chat"];
    prompts(&server).await;
    for name in names {
        let mut messages = get(&server, name).await["messages"].clone();
        // Messages that we cannot write are stored already, or refused.
        messages.as_array_mut().unwrap().retain(|message| {
            message["manifest"].is_null() && message["template_format"] != "jinja2"
                || message["manifest"]["type"] == "constructor"
        });
        let copy = format!("messages-of-{name}");
        let push = json!({"prompt_name": copy, "messages": messages});
        assert_eq!(server.call("push_prompt", push).await["status"], "created", "{name}");
        assert_eq!(get(&server, &copy).await["messages"], messages, "{name}");
    }
    let fixed = stored(&server, "messages-of-grade-answer").await["kwargs"]["messages"][0].clone();
    assert_eq!(
        (&fixed["id"][3], &fixed["kwargs"]["content"]),
        (&json!("SystemMessage"), &json!("You judge answers. A score is {not} a variable here."))
    );
}

#[tokio::test]
async fn what_we_cannot_write_is_refused_where_it_is_not_stored() {
    let server = Server::start().await;
    prompts(&server).await;
    let messages = get(&server, "odd-chat").await["messages"].clone();
    for (message, word) in [
        (&messages[2], "messages[0] says template_format jinja2"),
        (&messages[17], "messages[0] must be {role: \"unknown\", manifest}"),
        (&messages[18], "messages[0] must be {role: \"unknown\", manifest}"),
    ] {
        let push = json!({"prompt_name": "fresh", "messages": [message]});
        let error = server.fail("push_prompt", push).await;
        assert!(error["error"].as_str().unwrap().starts_with(word), "{error}");
        let push = json!({"prompt_name": "odd-chat", "messages": [message], "dry_run": true});
        assert_eq!(server.call("push_prompt", push).await["status"], "committed");
    }
    let text = get(&server, "odd-text").await;
    let mut push = said(&text);
    push["prompt_name"] = json!("fresh");
    let error = server.fail("push_prompt", push).await;
    assert!(error["error"].as_str().unwrap().contains("jinja2"), "{error}");
    let manifest = get(&server, "few-shot-router").await["manifest"].clone();
    let error = server.fail("push_prompt", json!({"prompt_name": "fresh", "manifest": manifest})).await;
    assert!(error["error"].as_str().unwrap().contains("not_implemented"), "{error}");
    assert!(written(&server).is_empty());
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_no_change() {
    let server = Server::start().await;
    for (name, key, nothing) in [
        ("support-agent", "messages", json!([])),
        ("summarise-report", "template", json!(" ")),
        ("support-agent", "template", json!("")),
    ] {
        let mut read = get(&server, name).await;
        read.as_object_mut().unwrap().remove("messages");
        read[key] = nothing;
        for push in [
            json!({"prompt_name": name, "manifest": read, "replace": true}),
            json!({"prompt_name": "fresh", "manifest": read}),
        ] {
            let error = server.fail("push_prompt", push).await;
            let message = error["error"].as_str().unwrap();
            assert!(
                message.starts_with(&format!("manifest.{key} is empty, and that of {name}:")),
                "{message}"
            );
        }
    }
    assert!(written(&server).is_empty());
    let path = ["langchain_core", "prompts", "any"];
    for (name, manifest) in [
        ("no-messages", object(path, "ChatPromptTemplate", &json!({"messages": []}))),
        ("no-text", text("", "f-string", &json!({}))),
    ] {
        server.call("push_prompt", json!({"prompt_name": name, "manifest": manifest})).await;
        let read = get(&server, name).await;
        let pushed = server.call("push_prompt", json!({"prompt_name": name, "manifest": read})).await;
        assert_eq!(pushed["status"], "unchanged");
    }
}

/// No caller intends such messages, but they may be stored.
#[tokio::test]
async fn messages_that_say_nothing_can_be_left_as_they_are() {
    let server = Server::start().await;
    let none = json!({});
    let messages = json!([
        template("Human", &text("", "f-string", &none), &none),
        template("Chat", &text("x", "f-string", &none), &json!({"role": "None"})),
        fixed("ChatMessage", &json!({"content": "x", "role": "null"})),
    ]);
    let manifest = object(["a", "b", "c"], "ChatPromptTemplate", &json!({ "messages": messages }));
    server.call("push_prompt", json!({"prompt_name": "odd", "manifest": manifest})).await;
    let read = get(&server, "odd").await;
    for arguments in [said(&read), json!({ "manifest": read })] {
        let mut arguments = arguments;
        arguments["prompt_name"] = json!("odd");
        assert_eq!(server.call("push_prompt", arguments).await["status"], "unchanged");
    }
    for (message, word) in read["messages"].as_array().unwrap().iter().zip(["content", "role", "role"]) {
        let error = server.fail("push_prompt", json!({"prompt_name": "fresh", "messages": [message]})).await;
        assert!(
            error["error"].as_str().unwrap().starts_with(&format!("messages[0].{word} must be")),
            "{error}"
        );
    }
}

/// Other programs take any name for the messages that a placeholder stands for.
#[tokio::test]
async fn a_placeholder_of_any_name_can_be_left_as_it_is() {
    let server = Server::start().await;
    let place =
        |name: &str| object(["a", "b", "c"], "MessagesPlaceholder", &json!({ "variable_name": name }));
    let none = json!({});
    let messages =
        json!([place("chat history"), place(""), template("Human", &text("{a}", "f-string", &none), &none),]);
    let manifest = object(["a", "b", "c"], "ChatPromptTemplate", &json!({ "messages": messages }));
    server.call("push_prompt", json!({"prompt_name": "odd", "manifest": manifest})).await;
    let mut read = get(&server, "odd").await;
    for arguments in [said(&read), json!({ "manifest": read })] {
        let mut arguments = arguments;
        arguments["prompt_name"] = json!("odd");
        assert_eq!(server.call("push_prompt", arguments).await["status"], "unchanged");
    }
    read["messages"][2]["template"] = json!("{a} {b}");
    let push = json!({"prompt_name": "odd", "messages": read["messages"]});
    assert_eq!(server.call("push_prompt", push).await["status"], "committed");
    assert_eq!(get(&server, "odd").await["messages"], read["messages"]);
    let fresh = json!({"prompt_name": "fresh", "messages": read["messages"]});
    let error = server.fail("push_prompt", fresh).await;
    let named = "messages[0].variable_name is \"chat history\": the name of a variable has letters, digits, _ and - only.";
    assert_eq!(error["error"], named);
}
