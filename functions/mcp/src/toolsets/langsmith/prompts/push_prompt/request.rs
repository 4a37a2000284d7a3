//! The arguments of `push_prompt`, checked before anything is sent.

use serde_json::value::RawValue;

use super::commit_tags;
use super::merge::format::{UNWRITTEN, parse_language};
use super::merge::given::{Given, chat, langchain, text};
use super::merge::origin::{self, Origin};
use crate::toolset::ToolError;
use crate::toolset::arguments::errors::{missing, wrong_value};
use crate::toolset::arguments::placeholders::EmptyForm;
use crate::toolset::arguments::placeholders::defaults::Defaults;
use crate::toolset::arguments::placeholders::encoded;
use crate::toolset::arguments::reader::Arguments;
use crate::toolsets::langsmith::prompts::get_prompt_by_name::MAX_MESSAGES;
use crate::toolsets::langsmith::prompts::prompt_id::PromptId;
use crate::toolsets::langsmith::prompts::prompt_template::Language;

/// The longest template, in bytes.
const MAX_TEMPLATE: usize = 400_000;

/// The default values of arguments.
pub(super) const DEFAULTS: Defaults =
    &[("dry_run", "false"), ("is_public", "false"), ("replace", "false"), ("template_format", "f-string")];

/// A prompt to be stored.
#[derive(Debug)]
pub(crate) struct Push {
    pub(super) name: String,
    pub(super) given: Given,
    /// The source commit of the prompt, if it is given in its shown form.
    pub(super) origin: Option<Origin>,
    pub(super) description: Option<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) is_public: Option<bool>,
    /// Names for the commit.
    pub(super) commit_tags: Vec<String>,
    /// The required hash of the newest commit: at least its first eight digits.
    pub(super) parent: Option<String>,
    /// Whether the other parts of the newest commit are dropped.
    pub(super) replaces: bool,
    /// Whether nothing is written.
    pub(super) is_dry_run: bool,
}

/// The parsed call: the guide, or the write.
#[derive(Debug)]
pub(crate) enum Request {
    /// The guide.
    Guide,
    /// A prompt to be stored.
    Push(Box<Push>),
}

/// The given ones of the three forms of a prompt.
struct Content {
    messages: Option<Vec<Box<RawValue>>>,
    template: Option<String>,
    manifest: Option<Box<RawValue>>,
    format: Option<String>,
}

/// Whether a call makes its prompt public. An unreadable argument publishes nothing, because it fails the call.
pub(super) fn publishes(arguments: Option<&RawValue>) -> bool {
    Arguments::parse(arguments)
        .and_then(|mut arguments| arguments.boolean("is_public"))
        .is_ok_and(|is_public| is_public == Some(true))
}

impl Request {
    /// Takes every argument, so that null ones are taken even if only the guide is wanted.
    pub(super) fn read(arguments: &mut Arguments<'_>) -> Result<Self, ToolError> {
        // Both clear the stored value.
        arguments.set_may_be_empty(&[("description", EmptyForm::Text), ("tags", EmptyForm::List)]);
        let guide = arguments.say_nothing(DEFAULTS);
        let name = arguments.text("prompt_name")?;
        let content = Content {
            messages: arguments
                .array("messages", MAX_MESSAGES)?
                .map(|messages| messages.into_iter().map(encoded::entry).collect()),
            template: arguments.long_text("template", MAX_TEMPLATE)?,
            manifest: arguments.object("manifest")?,
            format: format(arguments)?,
        };
        let description = arguments.text_or_empty("description")?;
        let tags = arguments.list_or_empty("tags")?;
        let is_public = arguments.boolean("is_public")?;
        let commit_tags = commit_tags::parse(arguments)?;
        let parent = arguments.value("parent_commit")?.map(|text| parent(&text)).transpose()?;
        let replaces = arguments.boolean("replace")?.unwrap_or(false);
        let is_dry_run = arguments.boolean("dry_run")?.unwrap_or(false);
        if guide {
            return Ok(Self::Guide);
        }
        let name = own(&name.ok_or_else(|| missing("prompt_name"))?)?;
        let (given, origin) = content.check()?;
        Ok(Self::Push(Box::new(Push {
            name,
            given,
            origin,
            description,
            tags,
            is_public,
            commit_tags,
            parent,
            replaces,
            is_dry_run,
        })))
    }
}

fn own(name: &str) -> Result<String, ToolError> {
    PromptId::parse(name)?.own().ok_or_else(|| {
        wrong_value(
            "prompt_name",
            "a name without owner and commit: prompts are pushed to the workspace of the call",
        )
    })
}

impl Content {
    fn check(self) -> Result<(Given, Option<Origin>), ToolError> {
        let alone = |given| (given, None);
        match (self.messages, self.template, self.manifest) {
            (Some(messages), None, None) => {
                chat(messages, self.format.as_deref().map(parse_language).transpose()?).map(alone)
            }
            (None, Some(template), None) => text(template, self.format).map(alone),
            (None, None, Some(_)) if self.format.is_some_and(|format| format != Language::FString.name()) => {
                let message = "template_format goes with messages or template; a manifest has its own.";
                Err(ToolError::invalid(message))
            }
            (None, None, Some(given)) => match origin::read(&given)? {
                Some((given, origin)) => Ok((given, Some(origin))),
                None => langchain(&given).map(Given::Manifest).map(alone),
            },
            _ => Err(ToolError::invalid("Give exactly one of messages, template and manifest.")),
        }
    }
}

/// The name of the template language.
fn format(arguments: &mut Arguments<'_>) -> Result<Option<String>, ToolError> {
    let given = arguments.value("template_format")?.map(|text| text.trim().to_ascii_lowercase());
    if let Some(given) = given.as_deref().filter(|given| *given != UNWRITTEN) {
        parse_language(given)?;
    }
    Ok(given)
}

fn parent(text: &str) -> Result<String, ToolError> {
    let hash = text.trim().to_ascii_lowercase();
    if (8..=64).contains(&hash.len()) && hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(hash);
    }
    Err(wrong_value("parent_commit", "a commit hash of 8 to 64 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::toolsets::langsmith::prompts::push_prompt::merge::given::Base;

    fn manifest(push: &Push) -> Value {
        push.given.on(Base { manifest: None, is_kept: true }).unwrap()
    }

    fn read(arguments: &Value) -> Result<Push, ToolError> {
        let raw = RawValue::from_string(arguments.to_string()).unwrap();
        let Request::Push(push) = Arguments::read(Some(&raw), Request::read)? else { panic!("the guide") };
        Ok(*push)
    }

    #[test]
    fn a_prompt_has_one_of_three_forms() {
        let chat =
            read(&json!({"prompt_name": "a", "messages": [{"role": "user", "content": "{q}"}]})).unwrap();
        assert_eq!(manifest(&chat)["kwargs"]["input_variables"], json!(["q"]));
        let text = json!({"prompt_name": "-/a", "template": "{{q}}", "template_format": "Mustache", "is_public": "true"});
        let text = read(&text).unwrap();
        assert_eq!(
            (&manifest(&text)["kwargs"]["template_format"], text.is_public),
            (&json!("mustache"), Some(true))
        );
        let given = json!({"lc": 1, "type": "constructor", "id": ["a"], "kwargs": {}});
        for whole in [given.clone(), json!(given.to_string())] {
            let push =
                read(&json!({"prompt_name": "a", "manifest": whole, "parent_commit": "0123ABCD"})).unwrap();
            assert_eq!((manifest(&push), push.parent.as_deref()), (given.clone(), Some("0123abcd")));
        }
        let each = json!({"prompt_name": "a", "messages": ["{\"role\":\"ai\",\"content\":\"{q}\"}"]});
        assert_eq!(manifest(&read(&each).unwrap())["kwargs"]["input_variables"], json!(["q"]));
        let as_text =
            json!({"prompt_name": "a", "messages": "[{\"role\":\"ai\",\"content\":\"x\"}]", "tags": "t"});
        assert_eq!(read(&as_text).unwrap().tags, Some(vec!["t".to_owned()]));
    }

    /// What a client sends for a template when it marks every argument as required.
    #[test]
    fn what_is_filled_in_changes_nothing() {
        let filled = json!({
            "prompt_name": "a", "template": "x", "messages": [], "manifest": {}, "template_format": "f-string",
            "description": "", "tags": [], "parent_commit": "None",
        });
        let push = read(&filled).unwrap();
        assert_eq!((push.description, push.tags, push.parent), (None, None, None));
        let as_text = json!({
            "prompt_name": "a", "template": "x", "messages": "[]", "manifest": "{}", "description": "", "tags": "[]",
            "commit_tags": "None",
        });
        let push = read(&as_text).unwrap();
        assert_eq!((push.description, push.tags, push.commit_tags), (None, None, Vec::new()));
        let words = json!({"prompt_name": "a", "template": "x", "messages": "None", "tags": ["None"], "description": "None"});
        let push = read(&words).unwrap();
        assert_eq!((push.description, push.tags), (None, None));
        let cleared =
            read(&json!({"prompt_name": "a", "template": "x", "description": "", "tags": []})).unwrap();
        assert_eq!((cleared.description, cleared.tags), (Some(String::new()), Some(Vec::new())));
        let given = json!({"lc": 1, "type": "constructor", "id": ["a"], "kwargs": {}});
        let filled =
            json!({"prompt_name": "a", "manifest": given, "template": "", "template_format": "f-string"});
        assert_eq!(manifest(&read(&filled).unwrap()), given);
    }

    #[test]
    fn the_defaults_alone_ask_for_the_guide() {
        for arguments in [
            json!({}),
            json!({"prompt_name": "", "messages": [], "manifest": {}, "tags": [], "is_public": false}),
            json!({"prompt_name": "", "messages": "[]", "manifest": "{}", "tags": "[]"}),
            json!({"template_format": "F-String", "is_public": "None"}),
            json!({"dry_run": false, "replace": "false", "manifest": ""}),
            json!({"toolCallId": "call_1", "sessionId": "s"}),
        ] {
            let raw = RawValue::from_string(arguments.to_string()).unwrap();
            assert!(matches!(Arguments::read(Some(&raw), Request::read), Ok(Request::Guide)), "{arguments}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, word) in [
            (json!({"template": "x"}), "prompt_name"),
            (json!({"prompt_name": "o/a", "template": "x"}), "without owner"),
            (json!({"prompt_name": "a:b", "template": "x"}), "without owner"),
            (json!({"prompt_name": "a"}), "exactly one"),
            (json!({"prompt_name": " ", "template": "x"}), "prompt_name is empty, but required."),
            (json!({"prompt_name": "a", "template": "x", "messages": [0]}), "exactly one"),
            (json!({"prompt_name": "a", "messages": []}), "exactly one"),
            (json!({"prompt_name": "a", "messages": {"role": "ai"}}), "messages"),
            (json!({"prompt_name": "a", "messages": vec![0; 501]}), "at most 500"),
            (json!({"prompt_name": "a", "template": 1}), "template"),
            (
                json!({"prompt_name": "a", "template": "{", "template_format": "f-string"}),
                "template is not a valid f-string",
            ),
            (
                json!({"prompt_name": "a", "template": "{{#a}}", "template_format": "mustache"}),
                "template is not a valid mustache",
            ),
            (json!({"prompt_name": "a", "template": "x", "template_format": "erb"}), "f-string, mustache"),
            (
                json!({"prompt_name": "a", "messages": [{"role": "ai", "content": "x"}], "template_format": "jinja2"}),
                "f-string, mustache",
            ),
            (json!({"prompt_name": "a", "template": "x", "dry_run": "maybe"}), "dry_run"),
            (json!({"prompt_name": "a", "template": "x", "replace": 2}), "replace"),
            (
                json!({"prompt_name": "a", "manifest": {"lc": 1}, "template_format": "mustache"}),
                "template_format",
            ),
            (json!({"prompt_name": "a", "manifest": {"lc": 1}}), "manifest"),
            (json!({"prompt_name": "a", "template": "x", "parent_commit": "0123"}), "parent_commit"),
            (json!({"prompt_name": "a", "template": "x", "parent_commit": "latest--"}), "parent_commit"),
            (json!({"prompt_name": "a", "template": "x", "tags": [1]}), "tags"),
            (json!({"prompt_name": "a", "template": "x", "is_public": 1}), "is_public"),
            (json!({"prompt_name": "a", "template": "x", "readme": "y"}), "readme"),
        ] {
            let message = read(&arguments).unwrap_err().message;
            assert!(message.contains(word), "{arguments}: {message}");
        }
    }
}
