//! The parts of a stored prompt that a push replaces: reported by the push, and by a dry run before it.

use serde_json::{Value, json};

use crate::common::extended;
use crate::prompts::push_prompt::chat;
use crate::support::Server;
use crate::writes::{api, written};

/// All members that report replaced parts.
const TOLD: [&str; 7] = [
    "dropped",
    "manifest_type_before",
    "messages_before",
    "messages_after",
    "variables_gone",
    "variables_gone_left_out",
    "variables_now_required",
];

fn told(answer: &Value) -> Value {
    let members = TOLD.iter().filter_map(|name| Some(((*name).to_owned(), answer.get(name)?.clone())));
    Value::Object(members.collect())
}

fn with(arguments: &Value, more: &Value) -> Value {
    extended(arguments.clone(), more)
}

/// Does a dry run of a push and then the push: both report the same.
async fn pushed(server: &Server, arguments: &Value) -> Value {
    server.langsmith().clear_requests();
    let dry = server.call("push_prompt", with(arguments, &json!({"dry_run": true}))).await;
    assert!(written(server).is_empty(), "{arguments}");
    let real = server.call("push_prompt", arguments.clone()).await;
    assert_eq!((dry.get("status"), told(&dry)), (real.get("status"), told(&real)), "{arguments}");
    real
}

fn agent(messages: &Value) -> Value {
    json!({"prompt_name": "support-agent", "messages": messages})
}

#[tokio::test]
async fn messages_and_variables_that_go_are_told_before_they_go() {
    let server = Server::start().await;
    let answer = pushed(&server, &agent(&json!([{"role": "user", "content": "{question}"}]))).await;
    let gone =
        json!({"messages_before": 4, "messages_after": 1, "variables_gone": ["context", "history", "shop"]});
    assert_eq!((&answer["status"], told(&answer)), (&json!("committed"), gone), "{answer}");
    // Nothing is left to be replaced.
    let again = pushed(&server, &agent(&json!([{"role": "user", "content": "{question}"}]))).await;
    assert_eq!((&again["status"], told(&again)), (&json!("unchanged"), json!({})));
    let more = pushed(&server, &agent(&chat("{shop}"))).await;
    assert_eq!((&more["status"], told(&more)), (&json!("committed"), json!({})));
}

#[tokio::test]
async fn a_change_that_takes_nothing_away_says_nothing() {
    let server = Server::start().await;
    let read = server.call("get_prompt_by_name", json!({"prompt_name": "support-agent"})).await;
    let mut messages = read["messages"].clone();
    messages[0]["template"] = json!("Be kind. {shop} {context} {new}");
    assert_eq!(told(&pushed(&server, &agent(&messages)).await), json!({}));
    // A messages placeholder is replaced, while the number of messages stays the same.
    messages[1] = json!({"role": "ai", "content": "Hello"});
    assert_eq!(told(&pushed(&server, &agent(&messages)).await), json!({"variables_gone": ["history"]}));
    let fresh = pushed(&server, &json!({"prompt_name": "fresh", "template": "{a}"})).await;
    assert_eq!(told(&fresh), json!({}));
}

#[tokio::test]
async fn another_kind_of_prompt_is_told() {
    let server = Server::start().await;
    let text = json!({"prompt_name": "summarise-report", "messages": chat("{report}")});
    let answer = pushed(&server, &text).await;
    assert_eq!(told(&answer), json!({"manifest_type_before": "PromptTemplate"}));
    let answer =
        pushed(&server, &json!({"prompt_name": "support-agent", "template": "{question} {shop}"})).await;
    let gone = json!({"manifest_type_before": "ChatPromptTemplate", "messages_before": 4, "messages_after": 0,
        "variables_gone": ["context", "history"]});
    assert_eq!((&answer["status"], told(&answer)), (&json!("committed"), gone));
    // A complete manifest without the model.
    let path = "/commits/-/triage-ticket/latest?include_model=true";
    let bare = api(&server, path).await["manifest"]["kwargs"]["first"].clone();
    let bare = json!({"prompt_name": "triage-ticket", "manifest": bare, "replace": true});
    let mut shorter = bare.clone();
    shorter["manifest"]["kwargs"]["messages"].as_array_mut().unwrap().pop();
    let answer = pushed(&server, &shorter).await;
    assert_eq!(answer["manifest_type_before"], "RunnableSequence of ChatPromptTemplate", "{answer}");
    assert!(answer["messages_after"].as_u64() < answer["messages_before"].as_u64(), "{answer}");
}

/// What a message has besides its text is no reason to refuse an edit of the text.
#[tokio::test]
async fn what_replaced_messages_had_besides_is_told() {
    let server = Server::start().await;
    let call = json!([{"name": "f", "args": {}, "id": "1"}]);
    let messages = json!([
        {"role": "system", "content": "{a} {b}", "partial_variables": {"a": "x"}, "additional_kwargs": {"name": "n"}},
        {"role": "ai", "content": "calling", "fixed": true, "tool_calls": call},
        {"role": "human", "content": "{q}"},
    ]);
    server.call("push_prompt", agent(&messages)).await;
    let mut edited = messages.clone();
    edited[0]["content"] = json!("new {a} {b}");
    edited[1]["content"] = json!("new");
    assert_eq!(told(&pushed(&server, &agent(&edited)).await), json!({}));
    let plain = json!([
        {"role": "system", "content": "{a} {b}"}, {"role": "ai", "content": "x"}, {"role": "human", "content": "{q}"},
    ]);
    let answer = pushed(&server, &agent(&plain)).await;
    let lost =
        json!(["messages[0].additional_kwargs", "messages[0].partial_variables", "messages[1].tool_calls",]);
    let gone = json!({"dropped": lost, "variables_now_required": ["a"]});
    assert_eq!((&answer["status"], told(&answer)), (&json!("committed"), gone));
    // Without any of the messages, all is lost, too.
    server.call("push_prompt", agent(&messages)).await;
    let answer = pushed(&server, &json!({"prompt_name": "support-agent", "template": "{b} {q}"})).await;
    assert_eq!((&answer["status"], &answer["dropped"]), (&json!("committed"), &lost));
}

#[tokio::test]
async fn many_variables_are_counted_and_not_all_listed() {
    let server = Server::start().await;
    let names: Vec<String> = (100..160).map(|number| format!("{{v{number}}}")).collect();
    server.call("push_prompt", json!({"prompt_name": "wide", "messages": chat(&names.concat())})).await;
    let answer = pushed(&server, &json!({"prompt_name": "wide", "messages": chat("x")})).await;
    assert_eq!(answer["variables_gone"].as_array().map(Vec::len), Some(50), "{answer}");
    assert_eq!(answer["variables_gone_left_out"], 10, "{answer}");
}

/// A refused dry run does not report anything as done, named or changed.
#[tokio::test]
async fn a_dry_run_that_is_refused_says_so() {
    let server = Server::start().await;
    for (name, prompt) in [
        ("few-shot-router", json!({"template": "x"})),
        ("few-shot-router", json!({"messages": chat("x")})),
        ("grade-answer", json!({"template": "{question}"})),
    ] {
        let more = json!({"prompt_name": name, "description": "new", "tags": ["t"], "commit_tags": ["v9"]});
        let arguments = with(&prompt, &more);
        let dry = server.call("push_prompt", with(&arguments, &json!({"dry_run": true}))).await;
        assert_eq!((&dry["status"], &dry["dry_run"]), (&json!("refused"), &json!(true)), "{dry}");
        assert_eq!((dry.get("updated"), dry.get("commit_tags")), (None, None), "{dry}");
        assert!(dry["manifest_type_before"].is_string(), "{dry}");
        let error = server.fail("push_prompt", arguments.clone()).await;
        assert_eq!(dry["refused"], error["error"]);
        let replacing = with(&arguments, &json!({"replace": true}));
        assert!(written(&server).is_empty());
        let dry = server.call("push_prompt", with(&replacing, &json!({"dry_run": true}))).await;
        assert_eq!((&dry["status"], dry.get("refused")), (&json!("committed"), None), "{dry}");
        assert_eq!(dry["commit_tags"], json!(["v9"]));
    }
}
