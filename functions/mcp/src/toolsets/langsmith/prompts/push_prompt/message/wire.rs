//! A message as a caller writes it: as in chat APIs, or as `get_prompt_by_name` shows it.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::content::{Content, language_of};
use super::fixed::Fixed;
use super::{Message, check_variable, class};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong;
use crate::toolset::arguments::no_nul_char::without_nul;
use crate::toolset::arguments::placeholder::names_nothing;
use crate::toolset::arguments::refusal::refusal;
use crate::toolsets::langsmith::prompts::prompt_template::Language;
use crate::toolsets::langsmith::prompts::push_prompt::stored::is_constructor;

/// The longest role, in characters.
const MAX_ROLE: usize = 64;

#[derive(Deserialize)]
struct Wire {
    role: String,
    /// A text or a list of parts; `template` is what `get_prompt_by_name` calls it.
    #[serde(alias = "template")]
    content: Option<Value>,
    /// The language of the prompt, if absent.
    template_format: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    partial_variables: Option<Map<String, Value>>,
    variable_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    optional: Option<bool>,
    #[serde(default, deserialize_with = "lenient")]
    n_messages: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    fixed: Option<bool>,
    manifest: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    additional_kwargs: Option<Map<String, Value>>,
    /// Members that only a fixed message has, such as `tool_calls`.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// The members that are advertised.
const KNOWN: [&str; 5] = ["role", "content", "variable_name", "optional", "fixed"];

/// The members that LangChain's messages have, but its templates have not.
const OF_FIXED: [&str; 8] = [
    "artifact",
    "example",
    "id",
    "invalid_tool_calls",
    "name",
    "response_metadata",
    "tool_call_id",
    "tool_calls",
];

const SHAPE: &str = "an object: {role, content}, or {role: \"placeholder\", variable_name, optional}";

/// Refuses the entry at `index` of the argument `messages` if it is wrong whatever prompt is stored. `language` is that
/// of templates that name none; without it, the stored prompt decides.
pub(crate) fn check(raw: &RawValue, index: usize, language: Option<Language>) -> Result<(), ToolError> {
    let read = |language| Message::read(raw, index, language).map(drop);
    match read(language.unwrap_or(Language::FString)) {
        Err(_) if language.is_none() && read(Language::Mustache).is_ok() => Ok(()),
        Err(error) if !may_be_shown(raw) => Err(error),
        _ => Ok(()),
    }
}

/// Whether a stored message may be shown in this form.
fn may_be_shown(raw: &RawValue) -> bool {
    let members: Option<Map<String, Value>> = serde_json::from_str(raw.get()).ok();
    let has = |name: &&str| members.as_ref().is_some_and(|members| members.contains_key(*name));
    ["template", "fixed", "manifest"].iter().any(has)
}

impl Message {
    /// Reads the entry at `index` of the argument `messages`.
    pub(crate) fn read(raw: &RawValue, index: usize, language: Language) -> Result<Self, ToolError> {
        let name = format!("messages[{index}]");
        without_nul(&name, raw)?;
        let wire: Wire = serde_json::from_str(raw.get()).map_err(|_| wrong(&name, SHAPE))?;
        let role = wire.role.trim();
        if role.is_empty() || role.chars().count() > MAX_ROLE || role.chars().any(char::is_control) {
            let expected = "a word of at most 64 characters, such as system, human or ai";
            return Err(wrong(&format!("{name}.role"), expected));
        }
        if names_nothing(role) {
            return Err(wrong(
                &format!("{name}.role"),
                "a word that names who speaks, such as system, human or ai",
            ));
        }
        let role = role.to_owned();
        match &wire {
            Wire { manifest: Some(manifest), .. } if role == "unknown" || !says_nothing(manifest) => {
                wire.manifest(&name)
            }
            Wire { fixed: Some(true), .. } => wire.fixed(&name, &role),
            Wire { others, .. } if !others.is_empty() => Err(wire.misplaced(&name)),
            _ if role.eq_ignore_ascii_case("placeholder") => wire.placeholder(&name),
            _ => wire.said(&name, role, language),
        }
    }
}

impl Wire {
    /// The error of a member that no message has, or only a fixed one.
    fn misplaced(&self, name: &str) -> ToolError {
        let Some(member) = self.others.keys().next() else { return wrong(name, SHAPE) };
        if OF_FIXED.contains(&member.as_str()) {
            return ToolError::invalid(format!("{name} has {member}, which needs fixed: true."));
        }
        let mut error = refusal(member, &KNOWN);
        error.message = format!("{name}: {}", error.message);
        error
    }

    /// Clients that fill in every member leave those of the other forms empty.
    fn is_place(&self) -> bool {
        self.variable_name.as_deref().is_some_and(|name| !is_blank(name))
            || self.optional == Some(true)
            || self.n_messages.is_some()
    }

    fn placeholder(self, name: &str) -> Result<Message, ToolError> {
        let is_silent = self.content.as_ref().is_none_or(says_nothing)
            && self.partial_variables.is_none()
            && self.additional_kwargs.is_none();
        let Some(variable) = self.variable_name.filter(|_| is_silent) else { return Err(wrong(name, SHAPE)) };
        check_variable(&format!("{name}.variable_name"), &variable)?;
        Ok(Message::Placeholder { variable, optional: self.optional.unwrap_or(false), most: self.n_messages })
    }

    fn said(self, name: &str, role: String, language: Language) -> Result<Message, ToolError> {
        let is_place = self.is_place();
        let Some(content) = self.content.filter(|_| !is_place) else { return Err(wrong(name, SHAPE)) };
        let language = language_of(name, self.template_format.as_deref(), language)?;
        let filled = self.partial_variables.unwrap_or_default();
        let additional = self.additional_kwargs.unwrap_or_default();
        let name = format!("{name}.content");
        // An answer of a model may consist of tool calls only.
        if additional.is_empty() && content.as_str().is_some_and(is_blank) {
            return Err(wrong(&name, "a text that says something, unless the message is stored like this"));
        }
        let content = Content::read(&name, content, language, filled)?;
        if matches!(content, Content::Parts(_)) && class(&role).is_none() {
            return Err(wrong(&name, "a text, unless the role is system, human or ai"));
        }
        Ok(Message::Said { role, content, additional })
    }

    fn fixed(self, name: &str, role: &str) -> Result<Message, ToolError> {
        let is_place = self.is_place() || self.partial_variables.is_some();
        let Some(content) = self.content.filter(|_| !is_place) else { return Err(wrong(name, SHAPE)) };
        let mut others = self.others;
        if let Some(additional) = self.additional_kwargs {
            others.insert("additional_kwargs".into(), additional.into());
        }
        Fixed::new(name, role, content, others).map(Message::Fixed)
    }

    fn manifest(self, name: &str) -> Result<Message, ToolError> {
        let is_filled =
            |members: &Option<Map<String, Value>>| members.as_ref().is_some_and(|it| !it.is_empty());
        let is_said = self.content.is_some()
            || self.template_format.as_deref().is_some_and(|format| !is_blank(format))
            || is_filled(&self.partial_variables)
            || is_filled(&self.additional_kwargs);
        let is_alone = self.role == "unknown"
            && self.others.is_empty()
            && !(is_said || self.is_place() || self.fixed == Some(true));
        match self.manifest.filter(is_constructor) {
            Some(manifest) if is_alone => Ok(Message::Manifest(manifest)),
            _ => Err(wrong(name, "{role: \"unknown\", manifest} with a LangChain object as manifest")),
        }
    }
}

/// Reads a member that is no text: a placeholder counts as absent, and text may hold its JSON.
fn lenient<'de, T: DeserializeOwned, D: Deserializer<'de>>(member: D) -> Result<Option<T>, D::Error> {
    let value = match Value::deserialize(member)? {
        Value::String(text) if is_blank(&text) || names_nothing(&text) => return Ok(None),
        Value::String(text) => {
            // Python writes True and False.
            let json =
                serde_json::from_str(&text).or_else(|_| serde_json::from_str(&text.to_ascii_lowercase()));
            json.map_err(D::Error::custom)?
        }
        value if says_nothing(&value) => return Ok(None),
        value => value,
    };
    serde_json::from_value(value).map_err(D::Error::custom)
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn says_nothing(content: &Value) -> bool {
    match content {
        Value::String(text) => is_blank(text),
        Value::Array(parts) => parts.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Null => true,
        _ => false,
    }
}
