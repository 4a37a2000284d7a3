//! A prompt of a known kind, ready to be written.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::message::{Message, variables};
use super::object::{Members, Object};
use super::view::{MemberValue, View};
use crate::json::object::ObjectText;
use crate::json::to_text;

/// The maximum number of shown messages. No prompt has more, and they would exceed every budget, however short each one
/// is made.
pub(crate) const MAX_MESSAGES: usize = 500;

/// A prompt and its model, if it was saved with one.
pub(super) struct Prompt<'m> {
    object: Object<'m>,
    model: Option<&'m RawValue>,
}

impl<'m> Prompt<'m> {
    /// The prompt in a manifest, if it is of a known kind.
    pub(super) fn read(manifest: &'m RawValue) -> Option<Self> {
        let object = Object::read(manifest)?;
        let (object, model) = match object.class() {
            "RunnableSequence" | "PromptPlayground" => {
                (Object::read(object.kwargs.get("first")?)?, object.kwargs.get("last").copied())
            }
            _ => (object, None),
        };
        let known = match object.class() {
            "ChatPromptTemplate" => object.list("messages").is_some(),
            "StructuredPrompt" => object.list("messages").is_some() && schema(&object).is_some(),
            "PromptTemplate" => object.raw("template").is_some(),
            _ => false,
        };
        known.then_some(Self { object, model })
    }

    /// The model bound to the prompt.
    pub(super) fn model(&self) -> Option<&'m str> {
        self.model.map(RawValue::get)
    }

    /// The members of the answer, in the order in which LangChain's libraries list them.
    pub(super) fn view(&self, origin: &str) -> View<'m> {
        let mut view = View::default();
        match self.object.class() {
            "PromptTemplate" => self.view_text(origin, &mut view),
            _ => self.view_chat(origin, &mut view),
        }
        view
    }

    fn view_text(&self, origin: &str, view: &mut View<'m>) {
        let object = &self.object;
        let optional = object.texts("optional_variables").unwrap_or_default();
        self.common(&variables(object), &optional, object.members("partial_variables"), origin, view);
        view.add("template", MemberValue::free(object.raw("template")));
        view.add(
            "template_format",
            MemberValue::free(object.raw("template_format").or(Some("\"f-string\""))),
        );
        self.validation(view);
    }

    fn view_chat(&self, origin: &str, view: &mut View<'m>) {
        let object = &self.object;
        let listed = object.list("messages").unwrap_or_default();
        let messages: Vec<Message> = listed.into_iter().map(Message::read).collect();
        let optional: BTreeSet<&String> =
            messages.iter().filter_map(|message| message.optional.as_ref()).collect();
        let mut partial = object.members("partial_variables");
        for name in &optional {
            partial.entry((*name).clone()).or_insert("[]");
        }
        let needed = messages.iter().flat_map(|message| message.variables.iter().cloned());
        let needed: BTreeSet<String> = needed.filter(|name| !partial.contains_key(name)).collect();
        let optional =
            object.texts("optional_variables").unwrap_or_else(|| optional.into_iter().cloned().collect());
        self.common(&needed, &optional, partial, origin, view);
        let hidden = messages.len().saturating_sub(MAX_MESSAGES);
        view.add(
            "messages",
            MemberValue::List(messages.into_iter().take(MAX_MESSAGES).map(|message| message.json).collect()),
        );
        self.validation(view);
        if object.class() == "StructuredPrompt" {
            view.add("schema_", MemberValue::free(schema(object)));
            view.add("structured_output_kwargs", MemberValue::Free(self.structured_output().into()));
        }
        if hidden > 0 {
            view.add("_messages_left_out", MemberValue::Exact(hidden.to_string()));
        }
    }

    fn common(
        &self,
        needed: &BTreeSet<String>,
        optional: &[String],
        partial: Members<'_>,
        origin: &str,
        view: &mut View<'m>,
    ) {
        let object = &self.object;
        view.add("name", MemberValue::free(object.raw("name")));
        view.add("input_variables", MemberValue::Free(to_text(needed).into()));
        view.add("optional_variables", MemberValue::Free(to_text(&optional).into()));
        view.add("output_parser", MemberValue::free(object.raw("output_parser")));
        view.add("partial_variables", MemberValue::Free(joined(partial).into()));
        let own = object.members("metadata").into_iter().filter(|(name, _)| !name.starts_with("lc_hub_"));
        view.add("metadata", MemberValue::Merged { free: joined(own), exact: origin.to_owned() });
        view.add("tags", MemberValue::free(object.raw("tags")));
    }

    fn validation(&self, view: &mut View<'m>) {
        view.add(
            "validate_template",
            MemberValue::free(self.object.raw("validate_template").or(Some("false"))),
        );
    }

    /// The settings of the output, which older libraries wrote beside its schema.
    fn structured_output(&self) -> String {
        let mut members = self.object.members("structured_output_kwargs");
        for (name, value) in &self.object.kwargs {
            if !KNOWN.contains(&name.as_str()) {
                members.insert(name.clone(), value.get());
            }
        }
        joined(members)
    }
}

/// The members of a structured prompt other than the settings of its output.
const KNOWN: [&str; 13] = [
    "input_types",
    "input_variables",
    "messages",
    "metadata",
    "name",
    "optional_variables",
    "output_parser",
    "partial_variables",
    "schema",
    "schema_",
    "structured_output_kwargs",
    "tags",
    "validate_template",
];

fn schema<'m>(object: &Object<'m>) -> Option<&'m str> {
    object.raw("schema_").or_else(|| object.raw("schema"))
}

fn joined<'m>(members: impl IntoIterator<Item = (String, &'m str)>) -> String {
    let add = |object: ObjectText, (name, value): (String, &str)| object.raw(&name, value);
    members.into_iter().fold(ObjectText::start(), add).finish()
}
