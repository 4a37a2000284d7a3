//! What a message says: one template, or a list of parts as every chat API has it, texts and images.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::variables;
use crate::tools::ToolError;
use crate::tools::args::wrong;
use crate::tools::prompt_template::Language;
use crate::tools::push_prompt::manifest::{constructor, template};

/// A text with variables in it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::tools::push_prompt) struct Template {
    text: String,
    variables: BTreeSet<String>,
}

/// The content of a message.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::tools::push_prompt) enum Content {
    Text(Template),
    Parts(Vec<Part>),
}

/// One of several.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::tools::push_prompt) enum Part {
    Text(Template),
    /// Its address and how closely it is to be looked at, by the names that LangChain has for them.
    Image(BTreeMap<&'static str, Template>),
}

/// A part as chat APIs write it, or as `get_prompt_by_name` shows it.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Wire {
    Text {
        #[serde(alias = "template")]
        text: String,
        template_format: Option<String>,
    },
    ImageUrl {
        #[serde(alias = "template")]
        image_url: Image,
        template_format: Option<String>,
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

/// Names that LangChain takes for members of the image itself.
const TAKEN: [&str; 3] = ["detail", "path", "url"];

impl Content {
    /// Reads the member `name` of a message.
    pub(super) fn read(name: &str, content: Value, language: Language) -> Result<Self, ToolError> {
        match content {
            Value::String(text) => Template::read(name, text, language).map(Self::Text),
            Value::Array(parts) if parts.is_empty() => Err(wrong(name, "at least one part long")),
            Value::Array(parts) => {
                let part = |(at, part)| Part::read(&format!("{name}[{at}]"), part, language);
                parts.into_iter().enumerate().map(part).collect::<Result<_, _>>().map(Self::Parts)
            }
            _ => Err(wrong(name, "a text, or a list of parts")),
        }
    }

    /// What has to be given for it.
    pub(super) fn variables(&self) -> Vec<&str> {
        let templates: Vec<&Template> = match self {
            Self::Text(template) => vec![template],
            Self::Parts(parts) => parts.iter().flat_map(Part::templates).collect(),
        };
        templates.into_iter().flat_map(|template| &template.variables).map(String::as_str).collect()
    }

    /// LangChain's form of the one template.
    pub(super) fn manifest(&self, language: Language) -> Value {
        match self {
            Self::Text(text) => text.manifest(language),
            Self::Parts(parts) => parts.iter().map(|part| part.manifest(language)).collect(),
        }
    }
}

impl Template {
    fn read(name: &str, text: String, language: Language) -> Result<Self, ToolError> {
        let variables = variables(name, &text, language)?;
        Ok(Self { text, variables })
    }

    fn manifest(&self, language: Language) -> Value {
        template(&self.text, &self.variables, language)
    }
}

impl Part {
    fn read(name: &str, part: Value, language: Language) -> Result<Self, ToolError> {
        if let Value::String(text) = part {
            return Template::read(name, text, language).map(Self::Text);
        }
        let wire: Wire = serde_json::from_value(part).map_err(|_| wrong(name, PARTS))?;
        match wire {
            Wire::Text { text, template_format } => {
                check_format(name, template_format.as_deref(), language)?;
                Template::read(name, text, language).map(Self::Text)
            }
            Wire::ImageUrl { image_url, template_format } => {
                check_format(name, template_format.as_deref(), language)?;
                image(name, image_url, language)
            }
        }
    }

    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Text(template) => vec![template],
            Self::Image(members) => members.values().collect(),
        }
    }

    fn manifest(&self, language: Language) -> Value {
        let members = match self {
            Self::Text(template) => return template.manifest(language),
            Self::Image(members) => members,
        };
        let variables: BTreeSet<&String> = members.values().flat_map(|member| &member.variables).collect();
        let texts: BTreeMap<&str, &String> =
            members.iter().map(|(name, member)| (*name, &member.text)).collect();
        let kwargs =
            json!({"input_variables": variables, "template": texts, "template_format": language.name()});
        let class = "ImagePromptTemplate";
        let mut object = constructor(["langchain", "prompts", "image"], class, &kwargs);
        if let Some(members) = object.as_object_mut() {
            members.insert("name".into(), class.into());
        }
        object
    }
}

fn image(name: &str, image: Image, language: Language) -> Result<Part, ToolError> {
    let (url, detail) = match image {
        Image::Url(url) => (url, None),
        Image::Members(ImageMembers { url, detail }) => (url, detail),
    };
    let mut members = BTreeMap::from([("url", Template::read(name, url, language)?)]);
    if let Some(detail) = detail.filter(|detail| !detail.trim().is_empty()) {
        members.insert("detail", Template::read(name, detail, language)?);
    }
    let mut variables = members.values().flat_map(|member| &member.variables);
    match variables.find(|variable| TAKEN.contains(&variable.as_str())) {
        Some(taken) => Err(ToolError::invalid(format!(
            "{name} has a variable named {taken}, which an image cannot have: choose another name."
        ))),
        None => Ok(Part::Image(members)),
    }
}

/// Refuses a template that says that it is written in another language than the prompt.
pub(super) fn check_format(name: &str, format: Option<&str>, language: Language) -> Result<(), ToolError> {
    match format {
        Some(format) if !format.trim().is_empty() && format != language.name() => {
            Err(ToolError::invalid(format!(
                "{name} says template_format {}, but that of the prompt is {}: pass template_format beside messages.",
                format.chars().take(20).collect::<String>(),
                language.name()
            )))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: Value) -> Result<Content, ToolError> {
        Content::read("content", content, Language::FString)
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
        assert_eq!(content.variables(), ["x", "img", "y"]);
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
        assert_eq!(content.manifest(Language::FString), expected);
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
        let error = Content::read("content", shown, Language::Mustache).unwrap_err();
        assert!(
            error.message.starts_with("content[0] says template_format f-string, but"),
            "{}",
            error.message
        );
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
            (json!([{"type": "text", "text": "{"}]), "content[0] is no f-string template"),
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
