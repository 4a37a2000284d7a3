//! Every kind of message that a caller may give.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(json: &Value) -> Result<Message, ToolError> {
    Message::read(&RawValue::from_string(json.to_string()).unwrap(), 3, Language::FString)
}

fn write(json: &Value) -> LangChainMessage {
    read(json).unwrap().write()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn roles_have_classes() {
    for (role, class) in [
        ("system", "SystemMessagePromptTemplate"),
        ("User", "HumanMessagePromptTemplate"),
        ("human", "HumanMessagePromptTemplate"),
        ("assistant", "AIMessagePromptTemplate"),
        ("ai", "AIMessagePromptTemplate"),
        ("critic", "ChatMessagePromptTemplate"),
    ] {
        let message = write(&json!({"role": role, "content": "{b} {a}"}));
        assert_eq!(message.variables, set(&["a", "b"]));
        let manifest = message.manifest;
        assert_eq!((&manifest["id"][3], &manifest["lc"]), (&json!(class), &json!(1)));
        assert_eq!(manifest["kwargs"]["prompt"]["kwargs"]["input_variables"], json!(["a", "b"]));
        assert_eq!(manifest["kwargs"].get("role").is_some(), role == "critic");
    }
}

#[test]
fn what_a_prompt_shows_can_be_pushed() {
    let shown = json!({"role": "human", "template": "{a}", "template_format": "f-string"});
    assert_eq!(read(&shown), read(&json!({"role": "human", "content": "{a}"})));
    let place = json!({"role": "placeholder", "variable_name": "h", "optional": false});
    assert_eq!(read(&place), read(&json!({"role": "placeholder", "variable_name": "h"})));
}

#[test]
fn a_message_of_parts_is_one_message() {
    let parts = json!([{"type": "text", "text": "{b}"}, {"type": "image_url", "image_url": {"url": "{a}"}}]);
    let LangChainMessage { manifest, variables, .. } = write(&json!({"role": "user", "content": parts}));
    assert_eq!(variables, set(&["a", "b"]));
    assert_eq!(manifest["id"][3], "HumanMessagePromptTemplate");
    assert_eq!(manifest["kwargs"]["prompt"].as_array().unwrap().len(), 2);
}

#[test]
fn places_may_be_optional() {
    let message = write(&json!({"role": "placeholder", "variable_name": "h"}));
    assert_eq!((message.variables, message.optional), (set(&["h"]), None));
    let message =
        write(&json!({"role": "placeholder", "variable_name": "h", "optional": true, "n_messages": 3}));
    assert_eq!((message.variables, message.optional.as_deref()), (set(&[]), Some("h")));
    assert_eq!(message.manifest["kwargs"], json!({"variable_name": "h", "optional": true, "n_messages": 3}));
}

#[test]
fn a_fixed_message_has_no_variables() {
    let call = json!([{"name": "f", "args": {}, "id": "1"}]);
    let fixed =
        json!({"role": "ai", "content": "{a}", "fixed": true, "tool_calls": call, "variable_name": ""});
    let message = write(&fixed);
    assert_eq!((message.variables, &message.manifest["id"][3]), (set(&[]), &json!("AIMessage")));
    assert_eq!(message.manifest["kwargs"], json!({"content": "{a}", "type": "ai", "tool_calls": call}));
    let template = json!({"role": "ai", "content": "{a}", "fixed": false});
    assert_eq!(write(&template).variables, set(&["a"]));
}

#[test]
fn what_a_template_has_besides_is_written() {
    let said = json!({"role": "human", "template": "{{x}} {{y}}", "template_format": "mustache",
        "partial_variables": {"y": "1"}, "additional_kwargs": {"name": "n"}});
    let message = write(&said);
    assert_eq!(message.variables, set(&["x"]));
    let kwargs = &message.manifest["kwargs"];
    assert_eq!(kwargs["additional_kwargs"], json!({"name": "n"}));
    let expected = json!({"input_variables": ["x"], "template": "{{x}} {{y}}", "template_format": "mustache",
        "partial_variables": {"y": "1"}});
    assert_eq!(kwargs["prompt"]["kwargs"], expected);
}

#[test]
fn an_object_of_another_kind_is_taken_as_it_is() {
    let examples = json!({"lc": 1, "type": "constructor", "id": ["x", "FewShotChatMessagePromptTemplate"],
        "kwargs": {"input_variables": ["q"], "examples": []}});
    let message = write(&json!({"role": "unknown", "manifest": examples}));
    assert_eq!((message.manifest, message.variables), (examples, set(&["q"])));
}

/// Such an object has no place for other members.
#[test]
fn what_stands_beside_an_object_is_not_lost() {
    let object = json!({"lc": 1, "type": "constructor", "id": ["x", "Odd"], "kwargs": {}});
    let with = |more: Value| {
        let mut message = json!({"role": "unknown", "manifest": object});
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(&message)
    };
    for more in [
        json!({"content": "x"}),
        json!({"additional_kwargs": {"name": "n"}}),
        json!({"partial_variables": {"a": 1}}),
        json!({"template_format": "mustache"}),
        json!({"optional": true}),
        json!({"variable_name": "h"}),
        json!({"n_messages": 1}),
        json!({"fixed": true}),
    ] {
        let message = with(more.clone()).unwrap_err().message;
        assert!(
            message.starts_with("messages[3] must be {role: \"unknown\", manifest}"),
            "{more}: {message}"
        );
    }
    let filled = json!({"additional_kwargs": {}, "optional": false, "variable_name": "", "fixed": false});
    assert_eq!(with(filled), with(json!({})));
}

#[test]
fn a_message_may_be_no_more_than_its_calls() {
    let calls = json!({"tool_calls": [{"id": "1"}]});
    let message = write(&json!({"role": "ai", "content": "", "additional_kwargs": calls}));
    assert_eq!(message.manifest["kwargs"]["additional_kwargs"], calls);
}

#[test]
fn the_members_of_the_other_form_may_be_empty() {
    for (filled, plain) in [
        (
            json!({"role": "ai", "content": "{a}", "variable_name": "", "optional": false}),
            json!({"role": "ai", "content": "{a}"}),
        ),
        (
            json!({"role": "ai", "content": "{a}", "variable_name": "", "optional": "", "fixed": []}),
            json!({"role": "ai", "content": "{a}"}),
        ),
        (
            json!({"role": "ai", "content": "{a}", "optional": "False", "fixed": "null", "manifest": {}}),
            json!({"role": "ai", "content": "{a}"}),
        ),
        (
            json!({"role": "ai", "content": "a", "fixed": "true", "optional": "None"}),
            json!({"role": "ai", "content": "a", "fixed": true}),
        ),
        (
            json!({"role": "placeholder", "variable_name": "h", "optional": "True", "n_messages": "3"}),
            json!({"role": "placeholder", "variable_name": "h", "optional": true, "n_messages": 3}),
        ),
        (
            json!({"role": "ai", "content": "{a}", "name": null, "tool_calls": [], "template": null, "n_messages": 0}),
            json!({"role": "ai", "content": "{a}"}),
        ),
        (
            json!({
                "role": "ai", "content": "{a}", "partial_variables": "[]", "variable_name": [], "template_format": "None",
                "manifest": "None", "additional_kwargs": "{}",
            }),
            json!({"role": "ai", "content": "{a}"}),
        ),
        (
            json!({"role": "ai", "content": "{a}{b}", "partial_variables": "{\"b\": \"Bob McX\", \"c\": true}"}),
            json!({"role": "ai", "content": "{a}{b}", "partial_variables": {"b": "Bob McX", "c": true}}),
        ),
        (
            json!({"role": "ai", "content": " ", "template": "{a}", "manifest": "{}", "variable_name": "None", "name": ""}),
            json!({"role": "ai", "content": "{a}"}),
        ),
        (
            json!({
                "role": "ai", "content": "a", "fixed": true, "name": " ", "response_metadata": "None",
                "tool_calls": "[{\"name\":\"f\",\"args\":{},\"id\":\"1\"}]",
            }),
            json!({
                "role": "ai", "content": "a", "fixed": true, "tool_calls": [{"name": "f", "args": {}, "id": "1"}],
            }),
        ),
        (
            json!({
                "role": "ai", "content": "a", "fixed": true, "usage_metadata": "None", "tool_calls": null,
                "invalid_tool_calls": "[]", "response_metadata": {}, "artifact": null,
            }),
            json!({"role": "ai", "content": "a", "fixed": true}),
        ),
        (
            json!({"role": "placeholder", "variable_name": "none", "optional": null}),
            json!({"role": "placeholder", "variable_name": "none"}),
        ),
        (
            json!({"role": "placeholder", "variable_name": "h", "n_messages": 5.0}),
            json!({"role": "placeholder", "variable_name": "h", "n_messages": 5}),
        ),
        (
            json!({"role": "placeholder", "content": " ", "variable_name": "h", "optional": true}),
            json!({"role": "placeholder", "variable_name": "h", "optional": true}),
        ),
    ] {
        assert_eq!(read(&filled).unwrap(), read(&plain).unwrap(), "{filled}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (json, word) in [
        (json!("text"), "messages[3] must be"),
        (json!({"role": "ai", "content": "a\u{0}"}), "messages[3] must be JSON without the character U+0000"),
        (json!({"role": "system"}), "messages[3] must be"),
        (json!({"role": "system", "content": 5}), "messages[3].content must be a text, or a list"),
        (json!({"role": "critic", "content": ["a"]}), "messages[3].content must be a text, unless"),
        (
            json!({"role": "ai", "content": "x", "template": "x"}),
            "messages[3]: content and template are the same",
        ),
        (json!({"content": "x"}), "messages[3]: It must be an object: {role"),
        (
            json!({"role": "ai", "content": "x", "n_messages": "many"}),
            "messages[3]: n_messages must be an integer",
        ),
        (
            json!({"role": "ai", "content": "x", "partial_variables": [1]}),
            "messages[3]: partial_variables must be",
        ),
        (json!({"role": "ai", "template": "x", "template_format": "jinja2"}), "messages[3] says"),
        (
            json!({"role": "system", "content": "x", "contents": "y"}),
            "messages[3]: Unknown argument: contents. Did you mean content?",
        ),
        (
            json!({"role": "system", "contents": "y"}),
            "messages[3]: Unknown argument: contents. Did you mean content?",
        ),
        (
            json!({"role": "system", "content": "x", "optional": "maybe"}),
            "messages[3]: optional must be true or false",
        ),
        (json!({"role": "system", "content": "x", "optional": true}), "messages[3] must be"),
        (json!({"role": "placeholder", "content": "x"}), "messages[3] must be"),
        (
            json!({"role": "placeholder", "variable_name": "a b"}),
            "messages[3].variable_name is \"a b\": the name of a variable has letters, digits, _ and - only.",
        ),
        (json!({"role": "ai", "content": "x", "fixed": true, "optional": true}), "messages[3] must be"),
        (json!({"role": "ai", "fixed": true}), "messages[3] must be"),
        (json!({"role": "tool", "content": "x", "fixed": true}), "messages[3].tool_call_id must be"),
        (
            json!({"role": "ai", "content": "x", "tool_calls": [{"id": "1"}]}),
            "messages[3] has tool_calls: leave it out, or say fixed: true",
        ),
        (json!({"role": "unknown", "manifest": 1}), "messages[3] must be {role: \"unknown\", manifest}"),
        (json!({"role": " ", "content": "x"}), "messages[3].role"),
        (json!({"role": "None", "content": "x"}), "messages[3].role must be a word that names the speaker"),
        (json!({"role": "human", "content": " "}), "messages[3].content must be a text that is not blank"),
        (json!({"role": "a\nb", "content": "x"}), "messages[3].role"),
        (json!({"role": "system", "content": "{}"}), "variable named \"\""),
        (json!({"role": "system", "content": "{"}), "messages[3].content is not a valid f-string template"),
        (json!({"role": "system", "content": "{\"score\": 1}"}), "\"\\\"score\\\"\""),
    ] {
        let message = read(&json).unwrap_err().message;
        assert!(message.contains(word), "{json}: {message}");
    }
}

/// A prompt of such a message could be created, but not committed to.
#[test]
fn a_message_does_not_nest_deeper_than_can_be_stored() {
    let nested = |levels: usize| {
        let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let json = format!(r#"{{"role":"ai","content":"x","additional_kwargs":{{"a":{deep}}}}}"#);
        Message::read(&RawValue::from_string(json).unwrap(), 3, Language::FString)
    };
    assert!(nested(98).is_ok());
    for levels in [99, 5_000] {
        let message = nested(levels).unwrap_err().message;
        assert_eq!(message, "messages[3] must be nested at most 100 levels deep.");
    }
}

/// A message as a caller may write it.
fn any_message() -> impl Strategy<Value = Value> {
    let role = prop::sample::select(vec!["system", "human", "ai", "critic"]);
    let text = "\\PC{0,40}".prop_map(|text| text.replace('{', "{{").replace('}', "}}"));
    let said = (role.clone(), text, any::<bool>()).prop_map(|(role, text, named)| {
        let mut message = json!({"role": role, "content": format!("{text}{{a}}")});
        if named {
            message["additional_kwargs"] = json!({ "name": text });
        }
        message
    });
    let parts = (role.clone(), "[a-z]{1,5}")
        .prop_filter("of a known role", |(role, _)| *role != "critic")
        .prop_map(|(role, name)| {
            let part = json!({"type": "text", "text": format!("{{{name}}}"), "template_format": "f-string"});
            let image =
                json!({"type": "image_url", "image_url": {"url": format!("https://example.com/{name}")}});
            json!({"role": role, "content": [part, image]})
        });
    let fixed = (role, "\\PC{0,40}", any::<bool>()).prop_map(|(role, text, calls)| {
        let mut message = json!({"role": role, "content": text, "fixed": true});
        if calls {
            message["tool_calls"] = json!([{"name": text, "args": {}, "id": "1"}]);
        }
        message
    });
    let place = ("[a-z]{1,5}", any::<bool>(), prop::option::of(1_u64..9)).prop_map(|(name, optional, most)| {
        json!({"role": "placeholder", "variable_name": name, "optional": optional, "n_messages": most})
    });
    prop_oneof![said, parts, fixed, place]
}

proptest! {
    #[test]
    fn what_is_written_is_shown_so_that_it_is_written_again(message in any_message()) {
        let written = write(&message);
        let seen = shown_message(&written.manifest).unwrap();
        prop_assert_eq!((&seen.variables, &seen.optional), (&written.variables, &written.optional));
        let seen: Value = serde_json::from_str(&seen.json).unwrap();
        prop_assert_eq!(write(&seen), written);
    }
}
