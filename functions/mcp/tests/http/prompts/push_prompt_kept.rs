//! The parts of a prompt besides its messages or its text: kept by a push, or named before they are dropped.

use serde_json::{Value, json};

use crate::common::extended;
use crate::prompts::push_prompt::{chat, commits};
use crate::prompts::push_prompt_round_trip::stored;
use crate::support::Server;
use crate::writes::written;

pub(crate) async fn push(server: &Server, name: &str, more: Value) -> Value {
    server.call("push_prompt", with(name, more)).await
}

pub(crate) fn with(name: &str, mut more: Value) -> Value {
    more["prompt_name"] = json!(name);
    more
}

#[tokio::test]
async fn new_messages_leave_everything_else() {
    let server = Server::start().await;
    for (name, kept) in [
        ("grade-answer", json!(["output schema", "structured_output_kwargs"])),
        ("triage-ticket", json!(["model"])),
        ("höflich-antworten", json!(["partial variable sprache"])),
    ] {
        let before = stored(&server, name).await;
        let pushed = push(&server, name, json!({"messages": chat("In {sprache}: {new}")})).await;
        assert_eq!((&pushed["status"], &pushed["kept"]), (&json!("committed"), &kept), "{pushed}");
        let mut after = stored(&server, name).await;
        let mut expected = before.clone();
        let inner = if name == "triage-ticket" { "/kwargs/first/kwargs" } else { "/kwargs" };
        let needed = if name == "höflich-antworten" {
            json!(["new", "question"])
        } else {
            json!(["new", "question", "sprache"])
        };
        assert_eq!(after.pointer(inner).unwrap()["input_variables"], needed);
        for manifest in [&mut after, &mut expected] {
            let kwargs = manifest.pointer_mut(inner).unwrap().as_object_mut().unwrap();
            kwargs.remove("messages");
            kwargs.remove("input_variables");
        }
        assert_eq!(after, expected, "{name}");
        let again = push(&server, name, json!({"messages": chat("In {sprache}: {new}")})).await;
        assert_eq!((&again["status"], again.get("kept")), (&json!("unchanged"), None));
    }
}

#[tokio::test]
async fn a_new_text_leaves_everything_else() {
    let server = Server::start().await;
    let kwargs = json!({"input_variables": ["a"], "template": "{a} {b}", "template_format": "f-string",
        "partial_variables": {"b": "x"}, "metadata": {"own": 1}});
    let manifest = json!({"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "prompt", "PromptTemplate"],
        "kwargs": kwargs});
    push(&server, "text", json!({ "manifest": manifest })).await;
    let pushed = push(&server, "text", json!({"template": "{c} {b}"})).await;
    assert_eq!(pushed["kept"], json!(["metadata", "partial variable b"]));
    let mut expected = manifest;
    expected["kwargs"]["template"] = json!("{c} {b}");
    expected["kwargs"]["input_variables"] = json!(["c"]);
    assert_eq!(stored(&server, "text").await, expected);
}

#[tokio::test]
async fn a_place_for_messages_that_goes_takes_its_variable_with_it() {
    let server = Server::start().await;
    push(&server, "support-agent", json!({"messages": chat("Hello {shop}")})).await;
    let kwargs = stored(&server, "support-agent").await["kwargs"].clone();
    assert_eq!(
        (&kwargs["optional_variables"], &kwargs["partial_variables"], &kwargs["input_variables"]),
        (&json!([]), &json!({}), &json!(["question", "shop"]))
    );
}

#[tokio::test]
async fn what_would_be_lost_is_named_and_nothing_is_written() {
    let server = Server::start().await;
    let model = stored(&server, "triage-ticket").await;
    let mut bare = model["kwargs"]["first"].clone();
    bare["kwargs"]["messages"][0]["kwargs"]["prompt"]["kwargs"]["template"] = json!("Sort it.");
    for (name, lossy, lost) in [
        ("grade-answer", json!({"template": "x"}), json!(["output schema", "structured_output_kwargs"])),
        ("höflich-antworten", json!({"template": "{frage}"}), json!(["partial variable sprache"])),
        ("few-shot-router", json!({"messages": chat("x")}), json!(["the kind FewShotPromptTemplate"])),
        ("few-shot-router", json!({"template": "x"}), json!(["the kind FewShotPromptTemplate"])),
        ("triage-ticket", json!({"manifest": bare}), json!(["model"])),
    ] {
        let count = commits(&server, name).await;
        server.langsmith().clear_requests();
        let more = |more: Value| with(name, extended(lossy.clone(), &more));
        let error = server.fail("push_prompt", more(json!({"description": "new", "is_public": false}))).await;
        let names: Vec<&str> = lost.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let message = error["error"].as_str().unwrap();
        let begins = format!("The newest commit has parts that this push lacks: {}. ", names.join(", "));
        assert!(message.starts_with(&begins) && message.contains("replace: true"), "{message}");
        assert_eq!((&error["kind"], &error["retryable"]), (&json!("invalid"), &json!(false)));
        let dry = server.call("push_prompt", more(json!({"dry_run": true}))).await;
        assert_eq!((&dry["refused"], &dry["dropped"]), (&error["error"], &lost), "{dry}");
        assert!(written(&server).is_empty());
        if name == "few-shot-router" && lossy["template"].is_null() {
            continue;
        }
        let pushed = server.call("push_prompt", more(json!({"replace": true}))).await;
        assert_eq!((&pushed["status"], &pushed["dropped"]), (&json!("committed"), &lost));
        assert_eq!(commits(&server, name).await, count + 1);
        let again = server.call("push_prompt", more(json!({"replace": "true"}))).await;
        assert_eq!((&again["status"], again.get("dropped")), (&json!("unchanged"), None));
    }
    assert_eq!(stored(&server, "triage-ticket").await, bare);
}

#[tokio::test]
async fn the_model_of_a_prompt_counts_as_a_part_of_it() {
    let server = Server::start().await;
    let whole = stored(&server, "triage-ticket").await;
    let bare = whole["kwargs"]["first"].clone();
    // A prompt is shown without its model, and pushing that form does not change it.
    for manifest in [&whole, &bare] {
        let same = push(&server, "triage-ticket", json!({ "manifest": manifest })).await;
        assert_eq!(same["status"], "unchanged");
    }
    let text = push(&server, "triage-ticket", json!({"template": "Sort {ticket}"})).await;
    assert_eq!((&text["status"], &text["kept"]), (&json!("committed"), &json!(["model"])));
    let manifest = stored(&server, "triage-ticket").await;
    assert_eq!(manifest["kwargs"]["last"], whole["kwargs"]["last"]);
    assert_eq!(manifest["kwargs"]["first"]["kwargs"]["template"], "Sort {ticket}");
    let replaced = json!({"template": "Sort {ticket}", "replace": true});
    assert_eq!(push(&server, "triage-ticket", replaced).await["dropped"], json!(["model"]));
}

#[tokio::test]
async fn more_messages_than_are_shown_are_not_lost() {
    let server = Server::start().await;
    let many: Vec<Value> = (0..501).map(|n| json!({"role": "human", "content": format!("{n}")})).collect();
    let push_of = |messages: &[Value]| json!({"prompt_name": "long", "messages": messages});
    let error = server.fail("push_prompt", push_of(&many)).await;
    assert!(error["error"].as_str().unwrap().contains("at most 500"), "{error}");
    server.call("push_prompt", push_of(&many[..500])).await;
    let mut manifest = stored(&server, "long").await;
    let last = manifest["kwargs"]["messages"][0].clone();
    manifest["kwargs"]["messages"].as_array_mut().unwrap().push(last);
    push(&server, "long", json!({ "manifest": manifest })).await;
    let read = server.call("get_prompt_by_name", json!({"prompt_name": "long"})).await;
    assert_eq!(read["_messages_left_out"], 1);
    let messages = read["messages"].as_array().unwrap();
    let error = server.fail("push_prompt", push_of(messages)).await;
    assert!(error["error"].as_str().unwrap().contains("messages after the first 500"), "{error}");
}

/// Somebody else's commit, made by applying `change` to the newest manifest.
async fn change(server: &Server, name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut manifest = stored(server, name).await;
    change(&mut manifest);
    let pushed = push(server, name, json!({"manifest": manifest, "replace": true})).await;
    assert_eq!(pushed["status"], "committed");
    manifest
}

pub(crate) async fn read(server: &Server, name: &str) -> Value {
    server.call("get_prompt_by_name", json!({ "prompt_name": name })).await
}

/// Asserts a refusal with these names; nothing is written, and a dry run says the same.
async fn refused(server: &Server, name: &str, manifest: &Value, lost: Value) {
    server.langsmith().clear_requests();
    let error = server.fail("push_prompt", with(name, json!({ "manifest": manifest }))).await;
    let dry = push(server, name, json!({"manifest": manifest, "dry_run": true})).await;
    assert_eq!((&dry["refused"], &dry["dropped"]), (&error["error"], &lost), "{dry}");
    assert!(error["error"].as_str().unwrap().contains("Read the newest commit"), "{error}");
    assert!(written(server).is_empty());
}

#[tokio::test]
async fn an_answer_does_not_undo_what_somebody_else_changed() {
    let server = Server::start().await;
    for (name, path, lost) in [
        ("grade-answer", "/kwargs/schema_", "output schema"),
        ("triage-ticket", "/kwargs/last/kwargs/temperature", "model"),
        ("höflich-antworten", "/kwargs/partial_variables/sprache", "partial variable sprache"),
    ] {
        let mut answer = read(&server, name).await;
        let before = stored(&server, name).await;
        let part = path.rsplit_once('/').unwrap();
        let newest = change(&server, name, |manifest| {
            let value = if part.1 == "sprache" { json!("Latein") } else { json!({"title": "Other"}) };
            manifest.pointer_mut(part.0).unwrap()[part.1] = value;
        })
        .await;
        answer["messages"][0]["content"] = json!("New.");
        if answer["messages"][0].get("template").is_some() {
            answer["messages"][0].as_object_mut().unwrap().remove("content");
            answer["messages"][0]["template"] = json!("New {sprache}.");
        }
        refused(&server, name, &answer, json!([lost])).await;
        assert_eq!(stored(&server, name).await, newest);
        let again = read(&server, name).await;
        assert_eq!(push(&server, name, json!({ "manifest": again })).await["status"], "unchanged");
        // With `replace`, a caller can restore the older commit's part.
        let restored = push(&server, name, json!({"manifest": answer, "replace": true})).await;
        assert_eq!((&restored["status"], &restored["dropped"]), (&json!("committed"), &json!([lost])));
        assert_eq!(stored(&server, name).await.pointer(path), before.pointer(path));
    }
}

#[tokio::test]
async fn an_answer_does_not_replace_the_parts_of_another_prompt() {
    let server = Server::start().await;
    let answer = read(&server, "grade-answer").await;
    push(&server, "copy", json!({ "manifest": answer })).await;
    change(&server, "copy", |manifest| manifest["kwargs"]["schema_"] = json!({"title": "Other"})).await;
    refused(&server, "copy", &answer, json!(["output schema"])).await;
    // A LangChain manifest is complete, and is the way to change a part.
    let mut manifest = stored(&server, "copy").await;
    manifest["kwargs"]["schema_"] = json!({"title": "Third"});
    assert_eq!(push(&server, "copy", json!({ "manifest": manifest })).await["status"], "committed");
}

#[tokio::test]
async fn an_answer_keeps_its_own_parts_with_replace() {
    let server = Server::start().await;
    for name in ["grade-answer", "triage-ticket"] {
        let copy = format!("copy-of-{name}");
        let answer = read(&server, name).await;
        let pushed = push(&server, &copy, json!({"manifest": answer, "replace": true})).await;
        assert_eq!((&pushed["status"], pushed.get("dropped")), (&json!("created"), None));
        assert_eq!(stored(&server, &copy).await, stored(&server, name).await);
    }
}

#[tokio::test]
async fn the_same_text_alone_can_replace_a_prompt() {
    let server = Server::start().await;
    let kwargs = json!({"input_variables": ["a"], "template": "{a} {b}", "template_format": "f-string",
        "partial_variables": {"b": "x"}});
    let manifest = json!({"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "prompt", "PromptTemplate"],
        "kwargs": kwargs});
    push(&server, "text", json!({ "manifest": manifest })).await;
    let alone = json!({"template": "{a} {b}", "replace": true});
    let pushed = push(&server, "text", alone.clone()).await;
    assert_eq!(
        (&pushed["status"], &pushed["dropped"]),
        (&json!("committed"), &json!(["partial variable b"]))
    );
    assert_eq!(stored(&server, "text").await["kwargs"]["input_variables"], json!(["a", "b"]));
    assert_eq!(push(&server, "text", alone).await["status"], "unchanged");
}

#[tokio::test]
async fn an_answer_that_shows_a_part_of_a_prompt_makes_no_other_one() {
    let server = Server::start().await;
    let many: Vec<Value> = (0..500).map(|n| json!({"role": "human", "content": format!("{n}")})).collect();
    push(&server, "long", json!({ "messages": many })).await;
    change(&server, "long", |manifest| {
        let messages = manifest["kwargs"]["messages"].as_array_mut().unwrap();
        messages.push(messages[0].clone());
    })
    .await;
    let answer = read(&server, "long").await;
    refused(&server, "copy", &answer, json!(["messages after the first 500"])).await;
    let pushed = push(&server, "copy", json!({"manifest": answer, "replace": true})).await;
    assert_eq!(pushed["dropped"], json!(["messages after the first 500"]));
}

#[tokio::test]
async fn many_names_are_counted() {
    let server = Server::start().await;
    let filled: serde_json::Map<String, Value> =
        (0..60_000).map(|number| (format!("a{number:05}"), json!("x"))).collect();
    let text = |template: &str| {
        json!({"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "prompt", "PromptTemplate"],
        "kwargs": {"template": template, "template_format": "f-string", "partial_variables": filled}})
    };
    push(&server, "text", json!({"manifest": text("x")})).await;
    let kept = push(&server, "text", json!({"template": "y", "dry_run": true})).await;
    assert_eq!((kept["kept"].as_array().unwrap().len(), &kept["kept_left_out"]), (50, &json!(59_950)));
    let error = server.fail("push_prompt", with("text", json!({"messages": chat("x")}))).await;
    let message = error["error"].as_str().unwrap();
    assert!(message.contains("partial variable a00049 and 59950 more. "), "{message}");
    let dry = push(&server, "text", json!({"messages": chat("x"), "replace": true, "dry_run": true})).await;
    assert_eq!((dry["dropped"].as_array().unwrap().len(), &dry["dropped_left_out"]), (50, &json!(59_950)));
    let template = (0..50_000).map(|number| format!("{{b{number}}}")).collect::<Vec<_>>().concat();
    let dry = push(&server, "fresh", json!({"template": template, "dry_run": true})).await;
    let listed = dry["input_variables"].as_array().unwrap().len();
    assert_eq!((listed, &dry["input_variables_left_out"]), (50, &json!(49_950)));
}
