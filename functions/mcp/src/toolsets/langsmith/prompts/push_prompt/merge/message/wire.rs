//! A message in a caller's form: that of chat APIs, or that of `get_prompt_by_name`.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::content::{Content, language_of};
use super::fixed::Fixed;
use super::{Message, NAME, class, is_name, start};
use crate::json::depth::{MAX_DEPTH, is_deep};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::wrong_value;
use crate::toolset::arguments::no_nul_char::without_nul;
use crate::toolset::arguments::placeholders::encoded;
use crate::toolset::arguments::placeholders::{
    is_blank, is_empty, is_empty_value, is_nothing, names_nothing,
};
use crate::toolset::arguments::reader::{Arguments, string};
use crate::toolset::arguments::unknown::refusal::refusal;
use crate::toolsets::langsmith::prompts::prompt_template::Language;
use crate::toolsets::langsmith::prompts::push_prompt::merge::stored::is_constructor;

/// The longest role, in characters.
const MAX_ROLE: usize = 64;

/// A message, member by member.
struct Wire {
    role: String,
    /// A text or a list of parts.
    content: Option<Value>,
    /// The language of the prompt, if absent.
    template_format: Option<String>,
    partial_variables: Option<Map<String, Value>>,
    variable_name: Option<String>,
    optional: bool,
    most: Option<u64>,
    is_fixed: bool,
    manifest: Option<Value>,
    additional_kwargs: Option<Map<String, Value>>,
    /// Members of fixed messages only, such as `tool_calls`.
    others: Map<String, Value>,
}

/// The advertised members.
const KNOWN: [&str; 5] = ["role", "content", "variable_name", "optional", "fixed"];

/// The members of LangChain's messages, but not of its templates.
const OF_FIXED: [&str; 10] = [
    "artifact",
    "example",
    "id",
    "invalid_tool_calls",
    "name",
    "response_metadata",
    "status",
    "tool_call_id",
    "tool_calls",
    "usage_metadata",
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

/// Whether a stored message may be shown in this form. Other programs give the variable of a placeholder any name.
fn may_be_shown(raw: &RawValue) -> bool {
    let members: Map<String, Value> = serde_json::from_str(raw.get()).unwrap_or_default();
    let is_place = members.get("role").and_then(Value::as_str).is_some_and(is_placeholder);
    ["template", "fixed", "manifest"].iter().any(|name| members.contains_key(*name))
        || (is_place && members.contains_key("variable_name"))
}

impl Message {
    /// Reads the entry at `index` of the argument `messages`.
    pub(crate) fn read(raw: &RawValue, index: usize, language: Language) -> Result<Self, ToolError> {
        let name = format!("messages[{index}]");
        if is_deep(raw.get()) {
            return Err(wrong_value(&name, &format!("nested at most {MAX_DEPTH} levels deep")));
        }
        without_nul(&name, raw)?;
        let wire = Wire::read(&name, raw)?;
        let role = wire.role.trim();
        if role.is_empty() || role.chars().count() > MAX_ROLE || role.chars().any(char::is_control) {
            let expected = "a word of at most 64 characters, such as system, human or ai";
            return Err(wrong_value(&format!("{name}.role"), expected));
        }
        if names_nothing(role) {
            return Err(wrong_value(
                &format!("{name}.role"),
                "a word that names the speaker, such as system, human or ai",
            ));
        }
        let role = role.to_owned();
        match &wire {
            Wire { manifest: Some(_), .. } => wire.manifest(&name),
            Wire { is_fixed: true, .. } => wire.fixed(&name, &role),
            Wire { others, .. } if others.values().any(|value| !is_empty_value(value)) => {
                Err(wire.misplaced(&name))
            }
            _ if is_placeholder(&role) => wire.placeholder(&name),
            _ => wire.role_message(&name, role, language),
        }
    }
}

impl Wire {
    /// Reads the members. A placeholder counts as absent, and text may hold JSON.
    fn read(name: &str, raw: &RawValue) -> Result<Self, ToolError> {
        if !raw.get().starts_with('{') {
            return Err(wrong_value(name, SHAPE));
        }
        let mut members = Arguments::parse(Some(raw))?;
        Self::take(&mut members).map_err(|mut error| {
            error.message = format!("{name}: {}", error.message);
            error
        })
    }

    fn take(members: &mut Arguments<'_>) -> Result<Self, ToolError> {
        let shape = || ToolError::invalid(format!("It must be {SHAPE}."));
        let role = members.take_unless_null("role").ok_or_else(shape)?;
        let role = string(role, "role", "a string")?;
        let content = content(members)?;
        // The variable of a placeholder may have any name.
        let is_named = |name: &String| is_placeholder(&role) || !names_nothing(name);
        let variable_name = members.text("variable_name")?.filter(is_named);
        let most = members.at_least(0, "n_messages")?.and_then(|most| u64::try_from(most).ok());
        let wire = Self {
            role,
            content,
            template_format: members.value("template_format")?,
            partial_variables: object(members, "partial_variables")?,
            variable_name,
            optional: members.boolean("optional")?.unwrap_or(false),
            // A placeholder that takes no messages is none.
            most: most.filter(|most| *most > 0),
            is_fixed: members.boolean("fixed")?.unwrap_or(false),
            manifest: manifest(members)?,
            additional_kwargs: object(members, "additional_kwargs")?,
            others: Map::new(),
        };
        let others = members.take_rest().into_iter().filter_map(|(name, raw)| other(name, raw).transpose());
        Ok(Self { others: others.collect::<Result<_, _>>()?, ..wire })
    }

    /// The error of an unknown member, or of one for fixed messages only.
    fn misplaced(&self, name: &str) -> ToolError {
        let Some((member, _)) = self.others.iter().find(|(_, value)| !is_empty_value(value)) else {
            return wrong_value(name, SHAPE);
        };
        if OF_FIXED.contains(&member.as_str()) {
            return ToolError::invalid(format!(
                "{name} has {member}: leave it out, or say fixed: true, which makes the content a text without variables."
            ));
        }
        let mut error = refusal(member, &KNOWN);
        error.message = format!("{name}: {}", error.message);
        error
    }

    /// Clients that fill in every member leave those of the other forms empty.
    fn is_place(&self) -> bool {
        self.variable_name.as_deref().is_some_and(|name| !name.trim().is_empty())
            || self.optional
            || self.most.is_some()
    }

    fn placeholder(self, name: &str) -> Result<Message, ToolError> {
        let is_silent = self.content.as_ref().is_none_or(is_empty_value)
            && self.partial_variables.is_none()
            && self.additional_kwargs.is_none();
        let Some(variable) = self.variable_name.filter(|_| is_silent) else {
            return Err(wrong_value(name, SHAPE));
        };
        if !is_name(&variable) {
            return Err(ToolError::invalid(format!(
                "{name}.variable_name is {:?}: the name of a variable has {NAME}.",
                start(&variable)
            )));
        }
        Ok(Message::Placeholder { variable, optional: self.optional, most: self.most })
    }

    fn role_message(self, name: &str, role: String, language: Language) -> Result<Message, ToolError> {
        let is_place = self.is_place();
        let Some(content) = self.content.filter(|_| !is_place) else { return Err(wrong_value(name, SHAPE)) };
        let language = language_of(name, self.template_format.as_deref(), language)?;
        let filled = self.partial_variables.unwrap_or_default();
        let additional = self.additional_kwargs.unwrap_or_default();
        let name = format!("{name}.content");
        // An answer of a model may consist of tool calls only.
        if additional.is_empty() && content.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Err(wrong_value(
                &name,
                "a text that is not blank, unless the message is stored like this",
            ));
        }
        let content = Content::read(&name, content, language, filled)?;
        if matches!(content, Content::Parts(_)) && class(&role).is_none() {
            return Err(wrong_value(&name, "a text, unless the role is system, human or ai"));
        }
        Ok(Message::Said { role, content, additional })
    }

    fn fixed(self, name: &str, role: &str) -> Result<Message, ToolError> {
        let is_place = self.is_place() || self.partial_variables.is_some();
        let mut others = self.others;
        // OpenAI's API has null for the content of a message that only calls tools.
        let no_content = others.contains_key("tool_calls").then(|| Value::from(""));
        let Some(content) = self.content.or(no_content).filter(|_| !is_place) else {
            return Err(wrong_value(name, SHAPE));
        };
        if let Some(additional) = self.additional_kwargs {
            others.insert("additional_kwargs".into(), additional.into());
        }
        Fixed::new(name, role, content, others).map(Message::Fixed)
    }

    fn manifest(self, name: &str) -> Result<Message, ToolError> {
        let is_said = self.content.as_ref().is_some_and(|content| !is_empty_value(content))
            || self.template_format.is_some()
            || self.partial_variables.is_some()
            || self.additional_kwargs.is_some();
        let is_alone = self.role == "unknown"
            && self.others.values().all(is_empty_value)
            && !(is_said || self.is_place() || self.is_fixed);
        match self.manifest.filter(is_constructor) {
            Some(manifest) if is_alone => Ok(Message::Manifest(manifest)),
            _ => Err(wrong_value(name, "{role: \"unknown\", manifest} with a LangChain object as manifest")),
        }
    }
}

/// Takes the content; `get_prompt_by_name` calls it `template`.
fn content(members: &mut Arguments<'_>) -> Result<Option<Value>, ToolError> {
    let given = [members.take_unless_null("content"), members.take_unless_null("template")];
    match given {
        [Some(content), Some(template)] if !is_empty(content) && !is_empty(template) => {
            Err(ToolError::invalid("content and template are the same: give one of them."))
        }
        [Some(content), Some(template)] if is_empty(content) => json("template", template).map(Some),
        [Some(content), _] => json("content", content).map(Some),
        [None, template] => template.map(|template| json("template", template)).transpose(),
    }
}

fn manifest(members: &mut Arguments<'_>) -> Result<Option<Value>, ToolError> {
    let raw = members.take_value("manifest").map(|raw| encoded::entry(raw.to_owned()));
    raw.filter(|raw| !is_empty(raw)).map(|raw| json("manifest", &raw)).transpose()
}

/// A further member; a placeholder counts as absent, and text may hold the JSON of calls and metadata.
fn other(name: String, raw: &RawValue) -> Result<Option<(String, Value)>, ToolError> {
    const JSON: [&str; 4] = ["invalid_tool_calls", "response_metadata", "tool_calls", "usage_metadata"];
    let is_json = JSON.contains(&name.as_str());
    let raw = if is_json { encoded::entry(raw.to_owned()) } else { raw.to_owned() };
    let is_silent = raw.get() == "null" || is_blank(&raw);
    if is_silent || (is_json && (is_nothing(&raw) || is_empty(&raw))) {
        return Ok(None);
    }
    json(&name, &raw).map(|value| Some((name, value)))
}

fn object(members: &mut Arguments<'_>, name: &'static str) -> Result<Option<Map<String, Value>>, ToolError> {
    let Some(raw) = members.object(name)? else { return Ok(None) };
    serde_json::from_str(raw.get()).map(Some).map_err(|_| wrong_value(name, "a JSON object of valid text"))
}

fn json(name: &str, raw: &RawValue) -> Result<Value, ToolError> {
    serde_json::from_str(raw.get()).map_err(|_| wrong_value(name, "JSON of valid text"))
}

fn is_placeholder(role: &str) -> bool {
    role.trim().eq_ignore_ascii_case("placeholder")
}
