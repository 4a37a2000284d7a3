//! Manifests of the sample prompts, as LangChain's libraries serialize them.

use serde_json::{Map, Value, json};

/// One message of a chat prompt.
pub(super) enum Message<'a> {
    /// A template for a role: the role's part of the class name, and the text.
    Template(&'a str, &'a str),
    /// A template for a custom role: the role's name, and the text.
    Role(&'a str, &'a str),
    /// A fixed message: braces in it are plain text.
    Fixed(&'a str, Value),
    /// An optional placeholder for messages.
    Optional(&'a str),
}

/// A chat prompt.
pub(super) fn chat(variables: &[&str], messages: &[Message<'_>]) -> Value {
    constructor(&CHAT, &kwargs(variables, messages).into())
}

/// A chat prompt with some of its variables filled in.
pub(super) fn partial(variables: &[&str], messages: &[Message<'_>], filled: Value) -> Value {
    let mut kwargs = kwargs(variables, messages);
    kwargs.insert("partial_variables".to_owned(), filled);
    constructor(&CHAT, &kwargs.into())
}

/// A chat prompt with a schema for structured output.
pub(super) fn structured(variables: &[&str], messages: &[Message<'_>], schema: Value) -> Value {
    let mut kwargs = kwargs(variables, messages);
    kwargs.insert("schema_".to_owned(), schema);
    kwargs.insert("structured_output_kwargs".to_owned(), json!({"method": "json_schema"}));
    constructor(&["langchain_core", "prompts", "structured", "StructuredPrompt"], &kwargs.into())
}

const CHAT: [&str; 4] = ["langchain", "prompts", "chat", "ChatPromptTemplate"];

fn kwargs(variables: &[&str], messages: &[Message<'_>]) -> Map<String, Value> {
    let mut kwargs = Map::new();
    kwargs.insert("input_variables".to_owned(), json!(variables));
    let optional: Vec<&str> = messages.iter().filter_map(Message::optional).collect();
    if !optional.is_empty() {
        kwargs.insert("optional_variables".to_owned(), json!(optional));
        let empty: Map<String, Value> = optional.iter().map(|name| ((*name).to_owned(), json!([]))).collect();
        kwargs.insert("partial_variables".to_owned(), empty.into());
    }
    kwargs.insert("messages".to_owned(), messages.iter().map(Message::manifest).collect());
    kwargs
}

/// A prompt template of plain text.
pub(super) fn string(variables: &[&str], template: &str) -> Value {
    prompt_template(variables, template, "f-string")
}

/// A prompt template of plain text in the mustache format.
pub(super) fn mustache(variables: &[&str], template: &str) -> Value {
    prompt_template(variables, template, "mustache")
}

/// A prompt followed by a model.
pub(super) fn with_model(prompt: &Value, model: &str) -> Value {
    let key = json!({"lc": 1, "type": "secret", "id": ["OPENAI_API_KEY"]});
    let kwargs = json!({"model_name": model, "temperature": 0.2, "openai_api_key": key});
    let last = constructor(&["langchain", "chat_models", "openai", "ChatOpenAI"], &kwargs);
    let steps = json!({"first": prompt, "last": last});
    constructor(&["langchain", "schema", "runnable", "RunnableSequence"], &steps)
}

/// A prompt that LangChain's libraries cannot serialize.
pub(super) fn not_implemented() -> Value {
    json!({
        "lc": 1,
        "type": "not_implemented",
        "id": ["langchain_core", "prompts", "few_shot", "FewShotPromptTemplate"],
        "repr": "FewShotPromptTemplate(input_variables=['ticket'])",
        "name": "FewShotPromptTemplate",
    })
}

impl<'a> Message<'a> {
    fn optional(&self) -> Option<&'a str> {
        match self {
            Self::Optional(name) => Some(name),
            _ => None,
        }
    }

    fn manifest(&self) -> Value {
        let of_chat = |name: &str, kwargs: Value| json!({"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", name], "kwargs": kwargs});
        match self {
            Self::Template(class, template) => {
                let prompt = string(&variables(template), template);
                of_chat(&format!("{class}MessagePromptTemplate"), json!({ "prompt": prompt }))
            }
            Self::Role(role, template) => {
                let prompt = string(&variables(template), template);
                of_chat("ChatMessagePromptTemplate", json!({"prompt": prompt, "role": role}))
            }
            Self::Fixed(class, content) => json!({
                "lc": 1,
                "type": "constructor",
                "id": ["langchain", "schema", "messages", format!("{class}Message")],
                "kwargs": {"content": content, "type": class.to_lowercase()},
            }),
            Self::Optional(name) => {
                of_chat("MessagesPlaceholder", json!({"variable_name": name, "optional": true}))
            }
        }
    }
}

/// The variables of a sample template; sample templates have no escaped braces.
fn variables(template: &str) -> Vec<&str> {
    let parts = template.split('{').skip(1);
    let mut names: Vec<&str> = parts.filter_map(|part| part.split('}').next()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn prompt_template(variables: &[&str], template: &str, format: &str) -> Value {
    let kwargs = json!({"input_variables": variables, "template": template, "template_format": format});
    constructor(&["langchain", "prompts", "prompt", "PromptTemplate"], &kwargs)
}

fn constructor(id: &[&str], kwargs: &Value) -> Value {
    json!({"lc": 1, "type": "constructor", "id": id, "kwargs": kwargs, "name": id.last()})
}
