//! The content of a message: one template, or a list of parts as in every chat API, texts and images.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{raw, variables};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;
use crate::toolsets::langsmith::prompts::get_prompt_by_name::unknown_variables;
use crate::toolsets::langsmith::prompts::prompt_template::Language;
use crate::toolsets::langsmith::prompts::push_prompt::merge::constructor::{constructor, template};
use crate::toolsets::langsmith::prompts::push_prompt::merge::stored::is_constructor;

/// A text with variables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) text: String,
    pub(crate) language: Language,
    /// The required variables.
    pub(crate) variables: BTreeSet<String>,
    /// The filled-in variables.
    filled: Map<String, Value>,
}

/// The content of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Text(Template),
    Parts(Vec<ContentPart>),
}

/// One of several parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ContentPart {
    Text(Template),
    /// Its URL and level of detail, under LangChain's names.
    Image(BTreeMap<&'static str, Template>),
    /// A LangChain object without another form, and its variables.
    Manifest(Value, BTreeSet<String>),
}

/// A part as chat APIs write it, or as `get_prompt_by_name` shows it.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Wire {
    Text {
        #[serde(alias = "template")]
        text: String,
        template_format: Option<String>,
        #[serde(default)]
        partial_variables: Map<String, Value>,
    },
    ImageUrl {
        #[serde(alias = "template")]
        image_url: Image,
        template_format: Option<String>,
    },
    Unknown {
        manifest: Value,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Image {
    Url(String),
    Members(ImageMembers),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageMembers {
    url: String,
    detail: Option<String>,
}

const PARTS: &str = "{type: \"text\", text} or {type: \"image_url\", image_url: {url, detail}}. Other parts go into a manifest";

/// Names of the image's own members at LangChain.
const TAKEN: [&str; 3] = ["detail", "path", "url"];

impl Content {
    /// Reads the member `name` of a message; `filled` are its filled-in variables.
    pub(super) fn read(
        name: &str,
        content: Value,
        language: Language,
        filled: Map<String, Value>,
    ) -> Result<Self, ToolError> {
        match content {
            Value::String(text) => Template::read(name, text, language, filled).map(Self::Text),
            Value::Array(parts) if parts.is_empty() => Err(wrong_value(name, "at least one part long")),
            Value::Array(parts) if filled.is_empty() => {
                let part = |(at, part)| ContentPart::read(&format!("{name}[{at}]"), part, language);
                parts.into_iter().enumerate().map(part).collect::<Result<_, _>>().map(Self::Parts)
            }
            Value::Array(_) => Err(wrong_value(name, "a text, as partial_variables belong to one")),
            _ => Err(wrong_value(name, "a text, or a list of parts")),
        }
    }

    /// The required variables.
    pub(super) fn variables(&self) -> BTreeSet<String> {
        match self {
            Self::Text(template) => template.variables.clone(),
            Self::Parts(parts) => parts.iter().flat_map(ContentPart::variables).cloned().collect(),
        }
    }

    /// LangChain's form of the one template.
    pub(super) fn manifest(&self) -> Value {
        match self {
            Self::Text(text) => text.manifest(),
            Self::Parts(parts) => parts.iter().map(ContentPart::manifest).collect(),
        }
    }
}

impl Template {
    /// The template in the argument `name`.
    pub(crate) fn read(
        name: &str,
        text: String,
        language: Language,
        filled: Map<String, Value>,
    ) -> Result<Self, ToolError> {
        let mut variables = variables(name, &text, language)?;
        variables.retain(|variable| !filled.contains_key(variable));
        Ok(Self { text, language, variables, filled })
    }

    fn manifest(&self) -> Value {
        template(&self.text, &self.variables, self.language, &self.filled)
    }
}

impl ContentPart {
    fn read(name: &str, part: Value, language: Language) -> Result<Self, ToolError> {
        if let Value::String(text) = part {
            return Template::read(name, text, language, Map::new()).map(Self::Text);
        }
        let mut part = part;
        // Some clients write null for the members of the other forms.
        if let Value::Object(members) = &mut part {
            members.retain(|_, value| !value.is_null());
        }
        let wire: Wire = serde_json::from_value(part).map_err(|_| wrong_value(name, PARTS))?;
        match wire {
            Wire::Text { text, template_format, partial_variables } => {
                let language = language_of(name, template_format.as_deref(), language)?;
                Template::read(name, text, language, partial_variables).map(Self::Text)
            }
            Wire::ImageUrl { image_url, template_format } => {
                image(name, image_url, language_of(name, template_format.as_deref(), language)?)
            }
            Wire::Unknown { manifest } if is_constructor(&manifest) => {
                let variables = raw(&manifest).map(|raw| unknown_variables(&raw)).unwrap_or_default();
                Ok(Self::Manifest(manifest, variables))
            }
            Wire::Unknown { .. } => Err(wrong_value(&format!("{name}.manifest"), "a LangChain object")),
        }
    }

    fn variables(&self) -> Vec<&String> {
        match self {
            Self::Text(template) => template.variables.iter().collect(),
            Self::Image(members) => members.values().flat_map(|member| &member.variables).collect(),
            Self::Manifest(_, variables) => variables.iter().collect(),
        }
    }

    fn manifest(&self) -> Value {
        match self {
            Self::Text(template) => template.manifest(),
            Self::Image(members) => image_manifest(members),
            Self::Manifest(manifest, _) => manifest.clone(),
        }
    }
}

fn image_manifest(members: &BTreeMap<&'static str, Template>) -> Value {
    let variables: BTreeSet<&String> = members.values().flat_map(|member| &member.variables).collect();
    let texts: BTreeMap<&str, &String> = members.iter().map(|(name, member)| (*name, &member.text)).collect();
    let language = members.values().next().map_or(Language::FString, |member| member.language);
    let kwargs = json!({"input_variables": variables, "template": texts, "template_format": language.name()});
    let class = "ImagePromptTemplate";
    let mut object = constructor(["langchain", "prompts", "image"], class, &kwargs);
    if let Some(members) = object.as_object_mut() {
        members.insert("name".into(), class.into());
    }
    object
}

fn image(name: &str, image: Image, language: Language) -> Result<ContentPart, ToolError> {
    let (url, detail) = match image {
        Image::Url(url) => (url, None),
        Image::Members(ImageMembers { url, detail }) => (url, detail),
    };
    let mut members = BTreeMap::from([("url", Template::read(name, url, language, Map::new())?)]);
    if let Some(detail) = detail.filter(|detail| !detail.trim().is_empty()) {
        members.insert("detail", Template::read(name, detail, language, Map::new())?);
    }
    let mut variables = members.values().flat_map(|member| &member.variables);
    match variables.find(|variable| TAKEN.contains(&variable.as_str())) {
        Some(taken) => Err(ToolError::invalid(format!(
            "{name} has a variable named {taken}, which an image cannot have: choose another name."
        ))),
        None => Ok(ContentPart::Image(members)),
    }
}

/// The language of a template: its own, or else that of the prompt.
pub(super) fn language_of(name: &str, said: Option<&str>, prompt: Language) -> Result<Language, ToolError> {
    let Some(said) = said.map(str::trim).filter(|said| !said.is_empty()) else { return Ok(prompt) };
    Language::from_name(said).ok_or_else(|| {
        let shown: String = said.chars().take(20).collect();
        ToolError::invalid(format!(
            "{name} says template_format {shown}: such a template can be pushed unchanged, or in a manifest. Others are {}.",
            Language::NAMES.join(" and ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: Value) -> Result<Content, ToolError> {
        Content::read("content", content, Language::FString, Map::new())
    }

    /// As langchain-core 1.7.2 writes it.
    #[test]
    fn texts_and_images_become_templates() {
        let content = read(json!([
            {"type": "text", "text": "look at {x}"},
            {"type": "image_url", "image_url": {"url": "{img}", "detail": "low"}},
            {"type": "image_url", "image_url": "https://example.com/a.png"},
            "and {y}",
        ]))
        .unwrap();
        assert_eq!(content.variables(), ["img", "x", "y"].map(str::to_owned).into());
        let text = |text: &str, variables: Value| {
            json!({"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "prompt", "PromptTemplate"],
                "kwargs": {"input_variables": variables, "template": text, "template_format": "f-string"}, "name": "PromptTemplate"})
        };
        let image = |template: Value, variables: Value| {
            json!({"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "image", "ImagePromptTemplate"],
                "kwargs": {"input_variables": variables, "template": template, "template_format": "f-string"}, "name": "ImagePromptTemplate"})
        };
        let expected = json!([
            text("look at {x}", json!(["x"])),
            image(json!({"url": "{img}", "detail": "low"}), json!(["img"])),
            image(json!({"url": "https://example.com/a.png"}), json!([])),
            text("and {y}", json!(["y"])),
        ]);
        assert_eq!(content.manifest(), expected);
    }

    #[test]
    fn what_a_prompt_shows_can_be_pushed() {
        let shown = json!([
            {"type": "text", "template": "look at {x}", "template_format": "f-string"},
            {"type": "image_url", "template": {"url": "{img}"}, "template_format": "f-string"},
        ]);
        let said = json!([
            {"type": "text", "text": "look at {x}"},
            {"type": "image_url", "image_url": {"url": "{img}"}},
        ]);
        assert_eq!(read(shown.clone()), read(said));
        let nulls = json!([
            {"type": "text", "text": "look at {x}", "image_url": null, "partial_variables": null},
            {"type": "image_url", "text": null, "image_url": {"url": "{img}", "detail": null}},
        ]);
        assert_eq!(read(shown.clone()), read(nulls));
        // What a part declares takes precedence over the prompt.
        assert_eq!(Content::read("content", shown.clone(), Language::Mustache, Map::new()), read(shown));
        let filled = json!([{"type": "text", "template": "{x} {y}", "partial_variables": {"y": 1}}]);
        let filled = read(filled).unwrap();
        assert_eq!(filled.variables(), ["x".to_owned()].into());
        assert_eq!(filled.manifest()[0]["kwargs"]["partial_variables"], json!({"y": 1}));
        let audio = json!({"lc": 1, "type": "constructor", "id": ["langchain_core", "prompts", "dict", "DictPromptTemplate"],
            "kwargs": {"template": {"type": "input_audio", "input_audio": {"data": "{sound}"}}, "template_format": "f-string"}});
        let other = read(json!([{"type": "unknown", "manifest": audio}])).unwrap();
        assert_eq!((other.variables(), other.manifest()), (["sound".to_owned()].into(), json!([audio])));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (content, word) in [
            (json!(5), "content must be a text, or a list of parts"),
            (json!({}), "content must be a text"),
            (json!([]), "content must be at least one part"),
            (json!([1]), "content[0] must be {type:"),
            (json!(["a", {"type": "audio"}]), "content[1] must be {type:"),
            (json!([{"type": "text", "text": "a", "cache_control": {}}]), "content[0] must be {type:"),
            (
                json!([{"type": "image_url", "image_url": {"path": "/etc/passwd"}}]),
                "content[0] must be {type:",
            ),
            (json!([{"type": "text", "text": "{"}]), "content[0] is not a valid f-string template"),
            (
                json!([{"type": "text", "text": "x", "template_format": "jinja2"}]),
                "content[0] says template_format jinja2",
            ),
            (
                json!([{"type": "unknown", "manifest": {"lc": 1}}]),
                "content[0].manifest must be a LangChain object",
            ),
            (json!([{"type": "image_url", "image_url": "{url}"}]), "content[0] has a variable named url"),
            (
                json!([{"type": "image_url", "image_url": {"url": "{}"}}]),
                "content[0] has a variable named \"\"",
            ),
        ] {
            let message = read(content.clone()).unwrap_err().message;
            assert!(message.starts_with(word), "{content}: {message}");
        }
    }
}
