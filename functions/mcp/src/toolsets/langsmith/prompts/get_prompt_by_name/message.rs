//! One message of a chat prompt in readable form: its role, and its template or fixed content.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::value::RawValue;

use super::object::Object;
use crate::json::object::ObjectText;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// A message in its shown form.
pub(crate) struct Message {
    /// A JSON object.
    pub(crate) json: String,
    /// Its required variables.
    pub(crate) variables: BTreeSet<String>,
    /// The variable of an optional placeholder for messages.
    pub(crate) optional: Option<String>,
}

impl Message {
    /// Reads any value; an unknown kind of message is passed on unchanged.
    pub(crate) fn read(raw: &RawValue) -> Self {
        Object::read(raw).and_then(|object| known_message(&object)).unwrap_or_else(|| {
            let json = ObjectText::start().value("role", &"unknown").raw("manifest", raw.get()).finish();
            Self { json, variables: unknown_variables(raw), optional: None }
        })
    }

    fn without_variables(json: String) -> Self {
        Self { json, variables: BTreeSet::new(), optional: None }
    }
}

fn known_message(object: &Object<'_>) -> Option<Message> {
    let class = object.class();
    if class == "MessagesPlaceholder" {
        return placeholder(object);
    }
    if let Some(kind) = class.strip_suffix("MessagePromptTemplate") {
        return template(object, &role(object, kind)?);
    }
    let kind = class.strip_suffix("MessageChunk").or_else(|| class.strip_suffix("Message"))?;
    fixed(object, &role(object, kind)?)
}

fn role(object: &Object<'_>, kind: &str) -> Option<String> {
    match kind {
        "Chat" => object.text("role"),
        "System" | "Human" | "AI" | "Tool" | "Function" => Some(kind.to_ascii_lowercase()),
        _ => None,
    }
}

fn placeholder(object: &Object<'_>) -> Option<Message> {
    let variable = object.text("variable_name")?;
    let optional = object.raw("optional") == Some("true");
    let json = ObjectText::start()
        .value("role", &"placeholder")
        .value("variable_name", &variable)
        .value("optional", &optional)
        .maybe("n_messages", object.raw("n_messages"))
        .finish();
    let variables = if optional { BTreeSet::new() } else { BTreeSet::from([variable.clone()]) };
    Some(Message { json, variables, optional: optional.then_some(variable) })
}

/// Braces have no meaning in a fixed message. The mark as fixed lets it be pushed as it is shown.
fn fixed(object: &Object<'_>, role: &str) -> Option<Message> {
    let writer = ObjectText::start().value("role", &role).raw("content", object.raw("content")?);
    let mut writer = writer.value("fixed", &true);
    for (name, value) in &object.kwargs {
        if !matches!(name.as_str(), "content" | "fixed" | "role" | "type") && !holds_nothing(value.get()) {
            writer = writer.raw(name, value.get());
        }
    }
    Some(Message::without_variables(writer.finish()))
}

fn template(object: &Object<'_>, role: &str) -> Option<Message> {
    let writer = ObjectText::start().value("role", &role);
    let (writer, variables) = if let Some(parts) = object.list("prompt") {
        let parts: Vec<MessagePart> = parts.into_iter().map(part).collect();
        let texts: Vec<&str> = parts.iter().map(|part| part.json.as_str()).collect();
        let variables = parts.iter().flat_map(|part| part.variables.iter().cloned()).collect();
        (writer.raw("template", &format!("[{}]", texts.join(","))), variables)
    } else {
        let prompt = Object::read(object.kwargs.get("prompt")?)?;
        (with_template(writer, &prompt)?, variables(&prompt))
    };
    let extra = object.raw("additional_kwargs").filter(|json| !holds_nothing(json));
    Some(Message { json: writer.maybe("additional_kwargs", extra).finish(), variables, optional: None })
}

/// One of several parts of a message, such as a text or an image.
struct MessagePart {
    json: String,
    variables: BTreeSet<String>,
}

fn part(raw: &RawValue) -> MessagePart {
    let read = || {
        let prompt = Object::read(raw)?;
        let kind = match prompt.class() {
            "PromptTemplate" => "text",
            "ImagePromptTemplate" => "image_url",
            _ => return None,
        };
        let json = with_template(ObjectText::start().value("type", &kind), &prompt)?.finish();
        Some(MessagePart { json, variables: variables(&prompt) })
    };
    read().unwrap_or_else(|| MessagePart {
        json: ObjectText::start().value("type", &"unknown").raw("manifest", raw.get()).finish(),
        variables: unknown_variables(raw),
    })
}

/// The variables of an object of an unknown kind: its declared ones, or else those in the texts of its template.
pub(crate) fn unknown_variables(raw: &RawValue) -> BTreeSet<String> {
    let Some(object) = Object::read(raw) else { return BTreeSet::new() };
    if let Some(said) = object.texts("input_variables") {
        return said.into_iter().collect();
    }
    let format = object.text("template_format").unwrap_or_else(|| "f-string".to_owned());
    let template = object.raw("template").and_then(|json| serde_json::from_str::<Value>(json).ok());
    let mut found = BTreeSet::new();
    if let (Some(language), Some(template)) = (Language::from_name(&format), template) {
        in_texts(&template, language, &mut found);
    }
    found
}

fn in_texts(value: &Value, language: Language, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => found.extend(language.variables(text).unwrap_or_default()),
        Value::Array(values) => values.iter().for_each(|value| in_texts(value, language, found)),
        Value::Object(members) => members.values().for_each(|value| in_texts(value, language, found)),
        _ => {}
    }
}

fn with_template(writer: ObjectText, prompt: &Object<'_>) -> Option<ObjectText> {
    let format = prompt.raw("template_format").unwrap_or("\"f-string\"");
    let partial = prompt.raw("partial_variables").filter(|json| !holds_nothing(json));
    let writer = writer.raw("template", prompt.raw("template")?).raw("template_format", format);
    Some(writer.maybe("partial_variables", partial))
}

/// The variables of a template: found in it, or else declared by the prompt itself.
pub(super) fn variables(prompt: &Object<'_>) -> BTreeSet<String> {
    let language = prompt.text("template_format").unwrap_or_else(|| "f-string".to_owned());
    let found = Language::from_name(&language)
        .zip(prompt.text("template"))
        .and_then(|(language, template)| language.variables(&template).ok());
    let mut variables =
        found.unwrap_or_else(|| prompt.texts("input_variables").unwrap_or_default().into_iter().collect());
    for filled in prompt.members("partial_variables").keys() {
        variables.remove(filled);
    }
    variables
}

/// Whether a member is null, or an empty list or object. A text counts, even an empty one.
fn holds_nothing(json: &str) -> bool {
    matches!(json, "null" | "{}" | "[]")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(manifest: &Value) -> (Value, Vec<String>, Option<String>) {
        let raw = RawValue::from_string(manifest.to_string()).unwrap();
        let message = Message::read(&raw);
        let json = serde_json::from_str(&message.json).unwrap();
        (json, message.variables.into_iter().collect(), message.optional)
    }

    fn object(class: &str, kwargs: &Value) -> Value {
        json!({"lc": 1, "type": "constructor", "id": ["langchain_core", "any", class], "kwargs": kwargs})
    }

    fn text(template: &str, format: &str) -> Value {
        object(
            "PromptTemplate",
            &json!({"template": template, "template_format": format, "input_variables": ["given"]}),
        )
    }

    #[test]
    fn templates_have_a_role_and_their_variables() {
        for (class, role) in [("System", "system"), ("Human", "human"), ("AI", "ai"), ("Chat", "critic")] {
            let kwargs = json!({"prompt": text("{b} {a}", "f-string"), "role": "critic"});
            let (message, variables, _) = read(&object(&format!("{class}MessagePromptTemplate"), &kwargs));
            assert_eq!(message, json!({"role": role, "template": "{b} {a}", "template_format": "f-string"}));
            assert_eq!(variables, ["a", "b"]);
        }
        let kwargs = json!({"prompt": text("{% if x %}", "jinja2"), "additional_kwargs": {"name": "n"}});
        let (message, variables, _) = read(&object("HumanMessagePromptTemplate", &kwargs));
        assert_eq!(
            (variables, &message["additional_kwargs"]),
            (vec!["given".to_owned()], &json!({"name": "n"}))
        );
    }

    #[test]
    fn a_message_may_have_several_parts() {
        let image =
            object("ImagePromptTemplate", &json!({"template": {"url": "{img}"}, "input_variables": ["img"]}));
        let kwargs = json!({"prompt": [text("t {a}", "f-string"), image, {"odd": 1}]});
        let (message, variables, _) = read(&object("HumanMessagePromptTemplate", &kwargs));
        assert_eq!(variables, ["a", "img"]);
        assert_eq!(
            message["template"][0],
            json!({"type": "text", "template": "t {a}", "template_format": "f-string"})
        );
        assert_eq!(message["template"][1]["template"], json!({"url": "{img}"}));
        assert_eq!(message["template"][2], json!({"type": "unknown", "manifest": {"odd": 1}}));
    }

    #[test]
    fn what_is_unknown_has_its_variables() {
        let audio =
            json!({"type": "input_audio", "input_audio": {"data": "{sound}", "format": ["{kind}", 1]}});
        let part = object("DictPromptTemplate", &json!({"template": audio, "template_format": "f-string"}));
        let (message, variables, _) =
            read(&object("HumanMessagePromptTemplate", &json!({ "prompt": [part] })));
        assert_eq!(variables, ["kind", "sound"]);
        assert_eq!(message["template"][0]["manifest"], part);
        let examples =
            object("FewShotChatMessagePromptTemplate", &json!({"input_variables": ["q"], "examples": []}));
        let (message, variables, _) = read(&examples);
        assert_eq!((&message["manifest"], variables), (&examples, vec!["q".to_owned()]));
    }

    #[test]
    fn placeholders_name_their_variable() {
        let (message, variables, optional) =
            read(&object("MessagesPlaceholder", &json!({"variable_name": "h"})));
        assert_eq!(message, json!({"role": "placeholder", "variable_name": "h", "optional": false}));
        assert_eq!((variables, optional), (vec!["h".to_owned()], None));
        let kwargs = json!({"variable_name": "h", "optional": true, "n_messages": 3});
        let (message, variables, optional) = read(&object("MessagesPlaceholder", &kwargs));
        assert_eq!((variables, optional.as_deref(), &message["n_messages"]), (vec![], Some("h"), &json!(3)));
    }

    #[test]
    fn fixed_messages_keep_their_content() {
        let kwargs =
            json!({"content": "{no} variable", "type": "ai", "tool_calls": [{"id": "1"}], "name": null});
        let (message, variables, _) = read(&object("AIMessage", &kwargs));
        let expected =
            json!({"role": "ai", "content": "{no} variable", "fixed": true, "tool_calls": [{"id": "1"}]});
        assert_eq!(message, expected);
        assert!(variables.is_empty());
        let parts = json!({"content": [{"type": "text", "text": "t"}]});
        assert_eq!(read(&object("HumanMessageChunk", &parts)).0["content"][0]["text"], "t");
    }

    #[test]
    fn what_is_unknown_is_passed_on() {
        for manifest in
            [json!(1), json!({"id": 5}), object("Odd", &json!({})), object("SystemMessage", &json!({}))]
        {
            assert_eq!(read(&manifest).0, json!({"role": "unknown", "manifest": manifest}));
        }
    }
}
