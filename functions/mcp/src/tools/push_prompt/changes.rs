//! Which details of a prompt are written, and when.

use shared::langsmith::{Prompt, PromptDetails};

use super::request::Push;

/// What the caller wants to be different.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Changes<'p> {
    /// Whether the prompt becomes private. That comes before anything is added to it.
    pub(super) hides: bool,
    /// The rest, which follows the commit: what becomes public does so when everything else is in place.
    pub(super) rest: PromptDetails<'p>,
}

impl<'p> Changes<'p> {
    /// What is given and differs.
    pub(super) fn of(push: &'p Push, prompt: &Prompt) -> Self {
        let current = prompt.description.as_deref().unwrap_or_default();
        let public = push.is_public.filter(|public| *public != prompt.is_public);
        let rest = PromptDetails {
            description: push.description.as_deref().filter(|text| *text != current),
            tags: push.tags.as_deref().filter(|tags| *tags != prompt.tags),
            is_public: public.filter(|public| *public),
        };
        Self { hides: public == Some(false), rest }
    }

    /// What is left to be written about a prompt that was created with everything else.
    pub(super) fn of_new(push: &Push) -> Self {
        let rest = PromptDetails { is_public: push.is_public.filter(|public| *public), ..Default::default() };
        Self { hides: false, rest }
    }

    /// The names of all that changes.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let names = [
            self.rest.description.map(|_| "description"),
            self.rest.tags.map(|_| "tags"),
            (self.hides || self.rest.is_public.is_some()).then_some("is_public"),
        ];
        names.into_iter().flatten().collect()
    }
}
