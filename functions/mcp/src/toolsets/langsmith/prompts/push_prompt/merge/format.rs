//! The languages of templates: their names, and the language of a text.

use serde_json::{Map, Value};

use super::message::Template;
use super::stored::kwargs;
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// The language of LangChain whose templates are programs.
pub(crate) const UNWRITTEN: &str = "jinja2";

/// The template of a text in the language of this name.
pub(crate) fn template(text: &str, format: &str) -> Result<Template, ToolError> {
    if format == UNWRITTEN {
        return Err(unwritten());
    }
    Template::read("template", text.to_owned(), parse_language(format)?, Map::new())
}

pub(crate) fn parse_language(format: &str) -> Result<Language, ToolError> {
    Language::from_name(format)
        .ok_or_else(|| wrong_value("template_format", &format!("one of {}", Language::NAMES.join(", "))))
}

pub(crate) fn unwritten() -> ToolError {
    let words =
        format!("one of {}; a jinja2 template can be pushed unchanged only", Language::NAMES.join(", "));
    wrong_value("template_format", &words)
}

/// The name of the language of a stored text.
pub(crate) fn format_of(prompt: &Value) -> &str {
    member(prompt, "template_format").unwrap_or(Language::FString.name())
}

/// Whether a template may have become an f-string by accident: clients fill in what a schema names first.
pub(crate) fn is_doubtful(
    format: &str,
    before: Option<&str>,
    looks_like_before: impl FnOnce() -> bool,
) -> bool {
    let name = Language::FString.name();
    format == name && before.is_some_and(|before| before != name) && looks_like_before()
}

pub(crate) fn another_language(before: &str) -> ToolError {
    let before: String = before.chars().take(20).collect();
    ToolError::invalid(format!(
        "template_format is f-string, but the stored template is {before} and this one looks like it. Leave template_format \
out to keep {before}, or push with replace: true to make it an f-string."
    ))
}

pub(crate) fn member<'p>(prompt: &'p Value, name: &str) -> Option<&'p str> {
    kwargs(prompt)?.get(name)?.as_str()
}
