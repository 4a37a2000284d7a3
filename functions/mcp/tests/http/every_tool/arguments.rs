//! Unintended values that clients and models fill into arguments, members that they add, and their spellings.

use serde_json::{Value, json};

use crate::common::question;
use crate::support::Server;
use crate::writes::{api, runs, writes};

async fn tools(server: &Server, reading: bool) -> Vec<Value> {
    let list = server.legacy("ada", "tools/list", json!({})).await.result();
    let all = list["tools"].as_array().unwrap().iter();
    all.filter(|tool| tool["annotations"]["readOnlyHint"] == reading).cloned().collect()
}

/// The arguments that a reading tool requires.
fn needed(tool: &str) -> Value {
    match tool {
        "get_thread_history" => {
            json!({"thread_id": "long-chat", "project_name": "conversations", "page_number": 1})
        }
        "get_prompt_by_name" => json!({"prompt_name": "support-agent"}),
        "fetch_runs" => json!({"project_name": "support-bot", "limit": 2}),
        "list_examples" | "read_dataset" => json!({"dataset_name": "support-questions"}),
        "read_example" => json!({"example_id": question(0)}),
        "list_experiments" => json!({"reference_dataset_name": "support-questions"}),
        "get_billing_usage" => json!({"starting_on": "2026-10-01", "ending_before": "2026-11-01"}),
        _ => json!({}),
    }
}

/// Values that clients put into unused arguments.
fn fillers(name: &str, schema: &Value) -> Vec<Value> {
    let mut fillers = vec![json!(""), json!(" \n"), json!([]), json!({}), Value::Null];
    let forms = schema["anyOf"].as_array().into_iter().flatten().chain([schema]);
    let kinds: Vec<&Value> = forms.map(|form| &form["type"]).collect();
    let is_typed = kinds.iter().any(|kind| *kind == "boolean" || *kind == "integer");
    if is_typed || ["_id", "_ids", "_time", "filter"].iter().any(|end| name.ends_with(end)) {
        fillers.extend(["null", "None", "NONE", "undefined"].map(Value::from));
    }
    if is_typed && !says_something(name, schema) {
        fillers.push(neutral(schema));
    }
    fillers
}

/// The neutral value of its type, for a client that knows only the argument's schema.
fn neutral(schema: &Value) -> Value {
    let mut forms = schema["anyOf"].as_array().into_iter().flatten().chain([schema]);
    match forms.find_map(|form| form["type"].as_str()) {
        Some("integer") => json!(0),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("object") => json!({}),
        _ => json!(""),
    }
}

/// Whether the neutral value differs from the argument's default.
fn says_something(name: &str, schema: &Value) -> bool {
    name == "preview_chars" || (neutral(schema) == false && schema["default"] != false)
}

/// A value for each of these arguments that exists.
fn filled(
    tool: &Value,
    plain: &Value,
    wanted: impl Fn(&str, &Value) -> bool,
    value: fn(&Value) -> Value,
) -> Value {
    let mut all = plain.clone();
    for (name, schema) in tool["inputSchema"]["properties"].as_object().unwrap() {
        if plain.get(name).is_none() && wanted(name, schema) {
            all[name] = value(schema);
        }
    }
    all
}

#[tokio::test]
async fn what_says_nothing_is_absent() {
    let server = Server::start().await;
    for tool in tools(&server, true).await {
        let name = tool["name"].as_str().unwrap();
        let plain = needed(name);
        let expected = server.call(name, plain.clone()).await;
        for (argument, schema) in tool["inputSchema"]["properties"].as_object().unwrap() {
            if plain.get(argument).is_some() {
                continue;
            }
            for filler in fillers(argument, schema) {
                let mut filled = plain.clone();
                filled[argument] = filler.clone();
                let result = server.call_as("ada", name, filled).await.result();
                assert_eq!(result["structuredContent"], expected, "{name} {argument}: {filler}");
            }
        }
        let all = filled(&tool, &plain, |_, _| true, |_| json!(""));
        assert_eq!(server.call(name, all).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_call_whose_every_argument_is_neutral_says_what_those_say_that_are_not_absent() {
    let server = Server::start().await;
    for tool in tools(&server, true).await {
        let name = tool["name"].as_str().unwrap();
        let plain = needed(name);
        let expected = server.call(name, filled(&tool, &plain, says_something, neutral)).await;
        let all = filled(&tool, &plain, |_, _| true, neutral);
        assert_eq!(server.call(name, all.clone()).await, expected, "{name} {all}");
    }
}

#[tokio::test]
async fn a_number_that_is_needed_is_never_0() {
    let server = Server::start().await;
    for (tool, argument) in [("get_thread_history", "page_number"), ("fetch_runs", "limit")] {
        let mut arguments = needed(tool);
        arguments[argument] = json!(0);
        let error = server.fail(tool, arguments).await;
        assert_eq!(error["error"], format!("{argument} must be at least 1."));
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn what_is_required_must_say_something() {
    let server = Server::start().await;
    for tool in tools(&server, true).await {
        let name = tool["name"].as_str().unwrap();
        for argument in tool["inputSchema"]["required"].as_array().into_iter().flatten() {
            let argument = argument.as_str().unwrap();
            for filler in [json!(""), json!([]), json!({})] {
                let mut arguments = needed(name);
                arguments[argument] = filler;
                let error = server.fail(name, arguments).await;
                assert_eq!(error["kind"], "invalid", "{name}: {error}");
                assert_eq!(error["error"], format!("{argument} is empty, but required."), "{name}");
            }
        }
    }
    for (arguments, message) in [
        (json!({"project_name": "support-bot"}), "Missing argument: limit"),
        (json!({"limit": 2}), "Missing argument: project_name or project_id"),
        (json!({"limit": 2, "project_name": ""}), "Missing argument: project_name or project_id"),
    ] {
        assert_eq!(server.fail("fetch_runs", arguments).await["error"], message);
    }
    assert!(server.langsmith().requests().is_empty());
}

/// Everyone who may read gets the guide, even if the client fills in every argument.
#[tokio::test]
async fn a_call_that_says_no_more_than_the_defaults_asks_for_the_guide() {
    let server = Server::start().await;
    for tool in tools(&server, false).await {
        let name = tool["name"].as_str().unwrap();
        let guide = server.call(name, json!({})).await;
        let default: fn(&Value) -> Value = |schema| {
            let words = schema["enum"].as_array().and_then(|words| words.first());
            schema.get("default").or(words).cloned().unwrap_or_else(|| json!(""))
        };
        let [defaults, neutral] = [default, neutral as fn(&Value) -> Value]
            .map(|value| filled(&tool, &json!({}), |_, _| true, value));
        for arguments in [defaults, neutral, json!({"toolCallId": "call_1", "sessionId": "s"})] {
            let result = server.call_as("ada-reader", name, arguments.clone()).await.result();
            assert_eq!(result["structuredContent"], guide, "{name} {arguments}");
        }
    }
    for (tool, arguments) in [
        ("run_experiment", json!({"close": false})),
        ("run_experiment", json!({"close": "False", "results": [], "dataset_id": "null"})),
        ("push_prompt", json!({"is_public": false, "tags": [], "description": ""})),
        ("update_examples", json!({"updates": [], "split": "", "inputs": {}})),
        ("create_dataset", json!({"dataset_name": "", "examples": []})),
        ("push_prompt", json!({"manifest": "null", "messages": [""], "parent_commit": "None"})),
        ("run_experiment", json!({"results": ["None"], "metadata": "undefined"})),
        ("create_dataset", json!({"metadata": "None", "inputs_schema": "null", "examples": [null]})),
        ("update_examples", json!({"updates": "null", "outputs": "None"})),
    ] {
        let result = server.call_as("ada-reader", tool, arguments).await.result();
        assert!(result["structuredContent"]["result"].is_string(), "{tool}: {result}");
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn an_update_that_is_filled_in_changes_what_is_meant_only() {
    let server = Server::start().await;
    let stored = async || api(&server, &format!("/examples/{}", question(0))).await;
    let before = stored().await;
    let alone = json!({
        "example_id": question(0), "inputs": {}, "outputs": {"answer": "new"}, "metadata": {}, "split": [], "updates": [],
        "workspace_id": "",
    });
    server.call("update_examples", alone).await;
    let after = stored().await;
    assert_eq!(after["outputs"], json!({"answer": "new"}));
    assert_eq!((&after["inputs"], &after["metadata"]), (&before["inputs"], &before["metadata"]));
    let listed = json!({
        "example_id": "", "inputs": "", "outputs": "", "metadata": "", "split": "",
        "updates": [{"example_id": question(0), "inputs": {}, "outputs": "{\"answer\": \"newer\"}", "metadata": {}, "split": ""}],
    });
    server.call("update_examples", listed).await;
    let after = stored().await;
    assert_eq!(after["outputs"], json!({"answer": "newer"}));
    assert_eq!((&after["inputs"], &after["metadata"]), (&before["inputs"], &before["metadata"]));
    // On its own, an empty object removes everything.
    server.call("update_examples", json!({"example_id": question(0), "metadata": {}})).await;
    assert_eq!(stored().await["metadata"].get("topic"), None);
}

#[tokio::test]
async fn a_prompt_that_is_filled_in_keeps_its_details() {
    let server = Server::start().await;
    let first = json!({"prompt_name": "fresh", "template": "x", "description": "one", "tags": ["t"]});
    server.call("push_prompt", first).await;
    let filled = json!({
        "prompt_name": "fresh", "template": "y", "messages": [], "manifest": {}, "template_format": "f-string",
        "description": "", "tags": [], "parent_commit": "",
    });
    assert_eq!(server.call("push_prompt", filled).await["status"], "committed");
    let repo = api(&server, "/repos/-/fresh").await["repo"].clone();
    assert_eq!(repo["description"], "one");
    assert!(repo["tags"].as_array().unwrap().contains(&json!("t")), "{repo}");
}

/// An object sent as text, because the client's schema has no open objects, is stored as an object.
#[tokio::test]
async fn an_experiment_that_is_filled_in_is_recorded() {
    let server = Server::start().await;
    let result = json!({
        "example_id": question(0), "outputs": "{\"answer\": \"a\"}", "error": "", "scores": "", "start_time": "",
        "end_time": "None", "repetition": 0,
    });
    let judged =
        json!({"example_id": question(1), "outputs": {}, "error": "timed out", "scores": "{\"good\": 1}"});
    let arguments = json!({
        "experiment_name": "filled", "dataset_name": "support-questions", "dataset_id": "", "description": "",
        "metadata": {}, "results": [result, judged], "close": "false",
    });
    let report = server.call("run_experiment", arguments).await;
    let counts = ["runs_recorded", "scores_recorded", "closed"].map(|name| report[name].clone());
    assert_eq!(counts, [json!(2), json!(1), json!(false)], "{report}");
    let mut found = runs(&server, &report["experiment_id"]);
    found.sort_by_key(|run| run["error"].is_string());
    assert_eq!((&found[0]["outputs"], &found[0]["error"]), (&json!({"answer": "a"}), &Value::Null));
    assert_eq!(found[1]["error"], "timed out");
}

#[tokio::test]
async fn what_is_required_in_an_entry_must_say_something() {
    let server = Server::start().await;
    let example = |inputs: Value, split: Value| json!({"dataset_name": "fresh", "examples": [{"inputs": inputs, "outputs": {"a": 1}, "split": split}]});
    let error = server.fail("create_dataset", example(json!({}), json!(""))).await;
    let text = error["error"].as_str().unwrap();
    assert!(
        text.starts_with("examples[0]: inputs is empty, but required. Treated as placeholders"),
        "{text}"
    );
    assert_eq!(writes(&server), 0);
    for (inputs, split) in [(json!({}), json!("test")), (json!("{\"q\": 1}"), json!([]))] {
        server.call("create_dataset", example(inputs, split)).await;
    }
}

#[tokio::test]
async fn what_n8n_adds_is_ignored() {
    let server = Server::start().await;
    let plain = server.call("list_projects", json!({"limit": 2})).await;
    let added = json!({
        "limit": 2, "sessionId": "1bd19f08", "action": "sendMessage", "chatInput": "Which projects are there?",
        "tool": "list_projects", "toolCallId": "call_00_FH363F1Zn57ATns8AMmhJ6bU",
    });
    assert_eq!(server.call("list_projects", added).await, plain);
}

#[tokio::test]
async fn an_unknown_argument_is_told_from_the_known_ones() {
    let server = Server::start().await;
    for (tool, arguments, beginning) in [
        (
            "fetch_runs",
            json!({"projectName": "support-bot", "limit": 2}),
            "Unknown argument: projectName. Did you mean project_name? Known arguments: ",
        ),
        (
            "list_prompts",
            json!({"bogus": null}),
            "Unknown argument: bogus. Known arguments: is_public, limit, offset, ",
        ),
        ("get_billing_usage", json!({"starting": "2026-01-01"}), "Unknown argument: starting. "),
        (
            "run_experiment",
            json!({"experiment_name": "x", "results": [{"example_id": question(0), "error": "e", "score": 1}]}),
            "results[0]: Unknown argument: score. Did you mean scores? Known arguments: example_id, ",
        ),
        (
            "run_experiment",
            json!({"experiment_name": "x", "results": [{"example_id": question(0), "output": {"a": 1}}]}),
            "results[0]: Unknown argument: output. Did you mean outputs? ",
        ),
        (
            "create_dataset",
            json!({"dataset_name": "x", "examples": [{"input": {"a": 1}}]}),
            "examples[0]: Unknown argument: input. Did you mean inputs? ",
        ),
        (
            "update_examples",
            json!({"updates": [{"id": question(0), "outputs": {"a": 1}}]}),
            "updates[0]: Unknown argument: id. Did you mean example_id? ",
        ),
        (
            "push_prompt",
            json!({"prompt_name": "x", "messages": [{"role": "user", "contents": "x"}]}),
            "messages[0]: Unknown argument: contents. Did you mean content? ",
        ),
        ("fetch_runs", json!({"session_id": "x"}), "Unknown argument: session_id. Did you mean project_id? "),
        ("fetch_runs", json!({"project": "x"}), "Unknown argument: project. Did you mean project_name? "),
    ] {
        let error = server.fail(tool, arguments).await;
        assert_eq!(error["kind"], "invalid", "{tool}");
        assert!(error["error"].as_str().unwrap().starts_with(beginning), "{error}");
    }
    assert!(server.langsmith().requests().is_empty());
}

#[tokio::test]
async fn every_spelling_of_a_value_is_understood() {
    let server = Server::start().await;
    let plain =
        json!({"project_name": "support-bot", "limit": 5, "is_root": true, "select": ["name", "error"]});
    let expected = server.call("fetch_runs", plain).await;
    for same in [
        json!({"project_name": "[\"support-bot\"]", "limit": "5", "is_root": "TRUE", "select": "[\"name\", \"error\"]"}),
        json!({"project_name": ["support-bot"], "limit": 5.0, "is_root": "true", "select": ["error", "name"]}),
        json!({"project_name": "support-bot", "limit": "5.0", "is_root": true, "select": ["name", "", "error"]}),
    ] {
        assert_eq!(server.call("fetch_runs", same.clone()).await, expected, "{same}");
    }
    let listing = server.call("list_datasets", json!({"metadata": {"source": "sample"}})).await;
    let same = json!({"metadata": "{\"source\": \"sample\"}", "limit": "2e1", "data_type": "None"});
    assert_eq!(server.call("list_datasets", same).await, listing);
}

/// Some clients write the entries of a list as text, but not the list itself.
#[tokio::test]
async fn entries_are_read_from_their_text() {
    let server = Server::start().await;
    let arguments = json!({
        "dataset_name": "fresh",
        "examples": [r#"{"inputs": {"q": 1}, "split": "test"}"#, {"inputs": {"q": 2}}, r#" {"inputs": "{\"q\": 3}"}"#],
    });
    let report = server.call("create_dataset", arguments).await;
    let ids = report["example_ids"].as_array().unwrap();
    assert_eq!(ids.len(), 3, "{report}");
    for (id, number) in ids.iter().zip(1..) {
        let stored = api(&server, &format!("/examples/{}", id.as_str().unwrap())).await;
        assert_eq!(stored["inputs"], json!({"q": number}));
    }
    let update = json!({"example_id": ids[0], "outputs": {"a": 1}}).to_string();
    assert_eq!(server.call("update_examples", json!({"updates": [update]})).await["updated"], 1);
    let stored = api(&server, &format!("/examples/{}", ids[0].as_str().unwrap())).await;
    assert_eq!(stored["outputs"], json!({"a": 1}));
    let result =
        json!({"example_id": ids[1], "outputs": {"a": 2}, "scores": [r#"{"key": "good", "score": 1}"#]});
    let arguments =
        json!({"experiment_name": "texts", "dataset_name": "fresh", "results": [result.to_string()]});
    let report = server.call("run_experiment", arguments).await;
    assert_eq!((&report["runs_recorded"], &report["scores_recorded"]), (&json!(1), &json!(1)), "{report}");
    for wrong in [json!("first"), json!("[1]"), json!("{\"inputs\": ")] {
        let arguments = json!({"dataset_name": "fresh", "examples": [{"inputs": {"q": 9}}, wrong]});
        let error = server.fail("create_dataset", arguments).await;
        assert_eq!(error["error"], "examples[1]: It must be a JSON object.", "{wrong}");
    }
}

/// PHP encodes an empty map as a list, and some clients send the arguments as text.
#[tokio::test]
async fn arguments_that_say_nothing_are_none() {
    let server = Server::start().await;
    let plain = server.call("list_workspaces", json!({})).await;
    for arguments in [json!(null), json!([]), json!(""), json!(" ")] {
        assert_eq!(server.call("list_workspaces", arguments.clone()).await, plain, "{arguments}");
    }
    for (arguments, message) in [
        (json!(["limit"]), "The arguments must be one JSON object."),
        (json!("limit"), "The arguments must be one JSON object."),
        (json!(5), "The arguments must be one JSON object."),
    ] {
        let error = server.fail("list_workspaces", arguments.clone()).await;
        assert_eq!(error["error"], message, "{arguments}");
    }
    let repeated = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call",
        "params":{"name":"list_projects","arguments":{"limit":1,"limit":2}}}"#;
    let error = server.post(repeated).await.tool_error();
    assert_eq!(error["error"], "Each argument may be given only once.");
}

#[tokio::test]
async fn a_version_that_is_a_word_for_nothing_is_the_newest() {
    let server = Server::start().await;
    let newest = server.call("list_examples", json!({"dataset_name": "support-questions"})).await;
    for word in ["None", "null", "undefined", " "] {
        let arguments = json!({"dataset_name": "support-questions", "as_of": word});
        assert_eq!(server.call("list_examples", arguments).await, newest, "{word}");
    }
}
