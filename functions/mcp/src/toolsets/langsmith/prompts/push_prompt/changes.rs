//! The changes of a prompt's details, and their order.

use langsmith::{Prompt, PromptDetails};
use serde_json::Value;

use super::request::Push;
use super::type_tags::{are_stored, with_types};

/// The requested differences.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes<'p> {
    /// Whether the prompt becomes private. That precedes any addition to it.
    pub(super) hides: bool,
    description: Option<&'p str>,
    /// All future tags of the prompt, including LangSmith's own.
    tags: Option<Vec<String>>,
    /// Whether the prompt becomes public.
    publishes: bool,
}

impl<'p> Changes<'p> {
    /// The given details with other values than the stored ones.
    pub(super) fn of(push: &'p Push, prompt: &Prompt, manifest: &Value) -> Self {
        let current = prompt.description.as_deref().unwrap_or_default();
        let public = push.is_public.filter(|public| *public != prompt.is_public);
        Self {
            hides: public == Some(false),
            description: push.description.as_deref().filter(|text| *text != current),
            tags: tags(push, prompt, manifest),
            publishes: public == Some(true),
        }
    }

    /// The remaining change of a new prompt, created with everything else.
    pub(super) fn of_new(push: &Push) -> Self {
        Self { publishes: push.is_public == Some(true), ..Self::default() }
    }

    /// Whether tags are written. They belong to a state of the prompt, and a commit may change them.
    pub(super) fn has_tags(&self) -> bool {
        self.tags.is_some()
    }

    /// Compares the tags once more.
    pub(super) fn retag(&mut self, push: &Push, prompt: &Prompt, manifest: &Value) {
        self.tags = tags(push, prompt, manifest);
    }

    /// The changes after the commit, if any: a prompt becomes public when everything else is in place.
    pub(super) fn rest(&self) -> Option<PromptDetails<'_>> {
        let rest = PromptDetails {
            description: self.description,
            tags: self.tags.as_deref(),
            is_public: self.publishes.then_some(true),
        };
        (rest != PromptDetails::default()).then_some(rest)
    }

    /// The names of all changed details.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let names = [
            self.description.map(|_| "description"),
            self.tags.as_ref().map(|_| "tags"),
            (self.hides || self.publishes).then_some("is_public"),
        ];
        names.into_iter().flatten().collect()
    }
}

fn tags(push: &Push, prompt: &Prompt, manifest: &Value) -> Option<Vec<String>> {
    let wanted = push.tags.as_deref().filter(|tags| !are_stored(tags, &prompt.tags, manifest))?;
    Some(with_types(wanted, &prompt.tags, manifest))
}
