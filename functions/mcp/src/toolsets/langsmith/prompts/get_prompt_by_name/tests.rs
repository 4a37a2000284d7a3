//! Every kind of prompt, with the members and the order that clients of the older server know.

use serde_json::{Value, json};

use super::*;

fn commit(manifest: &str) -> PromptCommit {
    let text = format!(r#"{{"commit_hash":"abc123","manifest":{manifest},"model_config":null}}"#);
    serde_json::from_str(&text).unwrap()
}

fn text_of(manifest: &str, include_model: bool) -> String {
    answer(&commit(manifest), &PromptId::parse("my-prompt").unwrap(), include_model)
}

fn shown(manifest: &Value) -> Value {
    serde_json::from_str(&text_of(&manifest.to_string(), false)).unwrap()
}

fn object(class: &str, kwargs: &Value) -> Value {
    json!({"lc": 1, "type": "constructor", "id": ["langchain", "any", class], "kwargs": kwargs})
}

fn template(template: &str) -> Value {
    object(
        "PromptTemplate",
        &json!({"template": template, "template_format": "f-string", "input_variables": []}),
    )
}

fn system(text: &str) -> Value {
    object("SystemMessagePromptTemplate", &json!({"prompt": template(text)}))
}

const COMMON: [&str; 7] = [
    "name",
    "input_variables",
    "optional_variables",
    "output_parser",
    "partial_variables",
    "metadata",
    "tags",
];

/// The names of the members, in their order: the text is compact and nothing in these manifests looks like a member.
fn assert_order(manifest: &Value, expected: &[&str]) {
    let text = text_of(&manifest.to_string(), false);
    let names: Vec<&str> = [&COMMON[..], expected].concat();
    let places: Vec<_> = names.iter().map(|name| text.find(&format!("\"{name}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
    assert_eq!(shown(manifest).as_object().unwrap().len(), names.len(), "{text}");
}

#[test]
fn a_chat_prompt_has_its_messages() {
    let placeholder = object("MessagesPlaceholder", &json!({"variable_name": "history", "optional": true}));
    let must = object("MessagesPlaceholder", &json!({"variable_name": "must"}));
    let messages = json!([system("You are {name} for {b}."), placeholder, must]);
    let kwargs = json!({"input_variables": ["wrong"], "messages": messages, "partial_variables": {"b": "é"}});
    let manifest = object("ChatPromptTemplate", &kwargs);
    assert_order(&manifest, &["messages", "validate_template"]);
    let value = shown(&manifest);
    assert_eq!(value["input_variables"], json!(["must", "name"]));
    assert_eq!(value["optional_variables"], json!(["history"]));
    assert_eq!(value["partial_variables"], json!({"b": "é", "history": []}));
    assert_eq!(
        (&value["name"], &value["tags"], &value["validate_template"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
    assert_eq!(
        value["metadata"],
        json!({"lc_hub_owner": "-", "lc_hub_repo": "my-prompt", "lc_hub_commit_hash": "abc123"})
    );
    let expected =
        json!({"role": "system", "template": "You are {name} for {b}.", "template_format": "f-string"});
    assert_eq!(value["messages"][0], expected);
    assert_eq!(value["messages"][1]["variable_name"], "history");
}

#[test]
fn a_string_prompt_has_its_template() {
    let kwargs = json!({"template": "Hi {b} {a} {c}", "partial_variables": {"c": 1}, "metadata": {"own": 1, "lc_hub_repo": "x"}});
    let manifest = object("PromptTemplate", &kwargs);
    assert_order(&manifest, &["template", "template_format", "validate_template"]);
    let value = shown(&manifest);
    assert_eq!(
        (&value["input_variables"], &value["template"]),
        (&json!(["a", "b"]), &json!("Hi {b} {a} {c}"))
    );
    assert_eq!((&value["template_format"], &value["optional_variables"]), (&json!("f-string"), &json!([])));
    assert_eq!(
        (&value["metadata"]["own"], &value["metadata"]["lc_hub_repo"]),
        (&json!(1), &json!("my-prompt"))
    );
}

#[test]
fn a_structured_prompt_has_its_schema() {
    let schema = json!({"title": "Grade", "type": "object"});
    let kwargs = json!({"messages": [system("Judge {answer}")], "schema_": schema});
    let manifest = object("StructuredPrompt", &kwargs);
    assert_order(&manifest, &["messages", "validate_template", "schema_", "structured_output_kwargs"]);
    assert_eq!(
        (&shown(&manifest)["schema_"], &shown(&manifest)["structured_output_kwargs"]),
        (&schema, &json!({}))
    );
    let older = json!({"messages": [], "schema": schema, "method": "json_schema"});
    let value = shown(&object("StructuredPrompt", &older));
    assert_eq!(
        (&value["schema_"], &value["structured_output_kwargs"]),
        (&schema, &json!({"method": "json_schema"}))
    );
}

#[test]
fn a_bound_model_is_shown_on_demand() {
    for class in ["RunnableSequence", "PromptPlayground"] {
        let model = object("ChatOpenAI", &json!({"model_name": "gpt-4o-mini"}));
        let manifest = object(class, &json!({"first": template("Hi"), "last": model}));
        assert_eq!(shown(&manifest)["template"], "Hi");
        assert!(shown(&manifest).get("model").is_none());
        let full: Value = serde_json::from_str(&text_of(&manifest.to_string(), true)).unwrap();
        assert_eq!(
            (&full["model"], &full["model_config"], &full["model_provider"]),
            (&model, &Value::Null, &Value::Null)
        );
    }
}

#[test]
fn what_is_unknown_is_passed_on() {
    let nested = object(
        "RunnableSequence",
        &json!({"first": object("RunnableSequence", &json!({"first": template("x")}))}),
    );
    for manifest in [
        json!({}),
        json!([1]),
        json!({"lc": 1, "type": "not_implemented", "id": ["a", "FewShot"], "repr": "…"}),
        object("ChatPromptTemplate", &json!({"messages": 5})),
        object("StructuredPrompt", &json!({"messages": []})),
        object("PromptTemplate", &json!({"template": null})),
        nested,
    ] {
        let value = shown(&manifest);
        assert_eq!(
            (&value["manifest"], &value["metadata"]["lc_hub_commit_hash"]),
            (&manifest, &json!("abc123"))
        );
        assert_eq!(value.as_object().unwrap().len(), 2);
    }
}

#[test]
fn nothing_upstream_is_too_strange() {
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let kwargs =
        json!({"messages": [{"id": ["SystemMessage"], "kwargs": {"content": "DEEP"}}], "tags": "DEEP"});
    let chat = object("ChatPromptTemplate", &kwargs).to_string().replace("\"DEEP\"", &deep);
    let broken = object("PromptTemplate", &json!({"template": "HALF {a}"}))
        .to_string()
        .replace("HALF", r"\ud83d\u0000");
    for manifest in [&chat, &broken, &deep, &"\"x\"".to_owned()] {
        let text = text_of(manifest, true);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["metadata"]["lc_hub_repo"], "my-prompt");
    }
    let value: Value = serde_json::from_str(&text_of(&broken, false)).unwrap();
    assert_eq!((&value["template"], &value["input_variables"]), (&json!("\u{fffd}\u{0} {a}"), &json!(["a"])));
}

#[test]
fn a_prompt_of_any_size_has_an_answer_of_limited_size() {
    let large = json!([system(&"é{a}".repeat(60_000)), system("short {b}")]);
    let many: Vec<Value> = (0..3_000).map(|_| system(&"x".repeat(1_000))).collect();
    for (messages, left_out) in [(large, None), (json!(many), Some(2_500))] {
        let text =
            text_of(&object("ChatPromptTemplate", &json!({ "messages": messages })).to_string(), false);
        assert!(text.chars().count() < 200_500, "{}", text.len());
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&value["_truncated"], &value["metadata"]["lc_hub_commit_hash"]),
            (&json!(true), &json!("abc123"))
        );
        let template = value["messages"][0]["template"].as_str().unwrap();
        assert!(template.ends_with("chars)"), "{template}");
        assert_eq!(value.get("_messages_left_out").and_then(Value::as_u64), left_out);
    }
}
