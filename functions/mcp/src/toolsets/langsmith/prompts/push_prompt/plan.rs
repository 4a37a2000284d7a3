//! The effect of a push, before anything is written.

use std::collections::BTreeSet;

use langsmith::{PromptCommit, UpstreamError};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::gone::Gone;
use super::merge::besides::{Besides, besides};
use super::merge::given::{Base, Given};
use super::merge::manifest::is_same;
use super::names;
use super::request::Push;
use crate::toolset::{CallError, ToolError};

/// The commit of a push.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) manifest: Value,
    /// The manifest in its sent form.
    pub(super) raw: Box<RawValue>,
    /// Whether the newest commit already has this manifest.
    pub(super) is_unchanged: bool,
    /// Parts of the newest commit with the same value in this one, other than the messages or the text.
    pub(super) kept: BTreeSet<String>,
    /// Such parts of the newest commit, or of the source commit, missing in this one.
    pub(super) dropped: BTreeSet<String>,
    /// Contents of the newest commit missing in this one.
    pub(super) gone: Gone,
}

impl Plan {
    /// `origin` is the source commit of the prompt, if the caller names one; otherwise the newest one is the base.
    pub(super) fn of(
        push: &Push,
        newest: Option<&PromptCommit>,
        origin: Option<&PromptCommit>,
    ) -> Result<Self, CallError> {
        let read = |commit: &PromptCommit| serde_json::from_str::<Value>(commit.manifest.get()).ok();
        let (stored, source) = (newest.map(read), origin.map(read));
        let base = source.as_ref().or(stored.as_ref()).and_then(Option::as_ref);
        // An answer stands for its commit, so the other parts of that commit are kept.
        let is_kept = !push.replaces || origin.is_some();
        let manifest = push.given.on(Base { manifest: base, is_kept })?;
        let raw = to_raw_value(&manifest).map_err(|_| UpstreamError::Malformed)?;
        let is_unchanged = newest.is_some_and(|newest| is_same(&newest.manifest, &raw));
        if is_unchanged {
            let (kept, dropped) = Default::default();
            return Ok(Self { manifest, raw, is_unchanged, kept, dropped, gone: Gone::default() });
        }
        let of = |manifest: &Option<Value>| besides(manifest.as_ref());
        let rest = Rest {
            newest: stored.as_ref().map(of),
            source: source.as_ref().map(of),
            made: besides(Some(&manifest)),
            is_whole: matches!(push.given, Given::Manifest(_)),
        };
        let (kept, dropped) = (rest.kept(), rest.dropped());
        let gone = stored.flatten().map(|stored| Gone::of(&stored, &manifest)).unwrap_or_default();
        Ok(Self { manifest, raw, is_unchanged, kept, dropped, gone })
    }

    /// Whether a commit has this manifest.
    pub(super) fn is_in(&self, commit: &PromptCommit) -> bool {
        is_same(&commit.manifest, &self.raw)
    }

    /// Refuses to replace a newest commit unknown to the caller, unless it already is the wanted one: the answer to the
    /// first call was lost.
    pub(super) fn check_parent(&self, push: &Push, newest: Option<&PromptCommit>) -> Result<(), ToolError> {
        let Some(parent) = &push.parent else { return Ok(()) };
        match newest {
            Some(newest) if self.is_unchanged || newest.commit_hash.starts_with(parent) => Ok(()),
            Some(newest) => Err(ToolError::invalid(format!(
                "parent_commit is not the newest commit, which is {}. Read it, then push on top of it.",
                newest.commit_hash
            ))),
            None => Err(ToolError::invalid("parent_commit names a commit, but the prompt has none.")),
        }
    }

    /// The refusal of a push with losses possibly unknown to its caller.
    pub(super) fn loss(&self, push: &Push) -> Option<String> {
        if push.replaces || self.dropped.is_empty() {
            return None;
        }
        let names = names::sentence(&self.dropped);
        Some(if push.origin.is_some() {
            format!(
                "The newest commit, or the one that manifest was read from, has parts that this push lacks: \
                 {names}. Read the newest commit and push that with the change, or pass replace: true to \
                 drop them."
            )
        } else {
            format!(
                "The newest commit has parts that this push lacks: {names}. Push a manifest that has them \
                 (get_prompt_by_name with include_model shows them), or pass replace: true to drop them."
            )
        })
    }
}

/// The parts other than the messages or the text.
struct Rest {
    /// In the newest commit.
    newest: Option<Besides>,
    /// In the source commit.
    source: Option<Besides>,
    /// In the new manifest.
    made: Besides,
    /// Whether the caller wrote the whole manifest.
    is_whole: bool,
}

impl Rest {
    /// Whether the newest commit's part of this name is safe: the new one has the same; or the caller has seen it and
    /// gave another value.
    fn is_safe(&self, newest: &Besides, name: &str) -> bool {
        let is_seen = || self.source.as_ref().is_none_or(|source| source.shares(name, newest));
        self.made.shares(name, newest) || (self.is_whole && self.made.has(name) && is_seen())
    }

    fn kept(&self) -> BTreeSet<String> {
        // A whole manifest keeps nothing: the caller wrote all of it.
        let newest = self.newest.iter().filter(|_| !self.is_whole);
        newest.flat_map(|newest| newest.names().filter(|name| self.is_safe(newest, name))).cloned().collect()
    }

    fn dropped(&self) -> BTreeSet<String> {
        let newest = self.newest.iter();
        let replaced = newest.flat_map(|newest| newest.names().filter(|name| !self.is_safe(newest, name)));
        let source = self.source.iter().flat_map(Besides::names);
        replaced.chain(source.filter(|name| !self.made.has(name))).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::toolset::arguments::reader::Arguments;
    use crate::toolsets::langsmith::prompts::push_prompt::request::Request;

    fn push(arguments: &Value) -> Push {
        let raw = RawValue::from_string(arguments.to_string()).unwrap();
        let Request::Push(push) = Arguments::read(Some(&raw), Request::read).unwrap() else {
            panic!("the guide")
        };
        *push
    }

    /// Half of a surrogate pair, which no text can hold.
    #[test]
    fn what_cannot_be_read_is_not_overwritten() {
        let stored: PromptCommit = serde_json::from_str(
            r#"{"commit_hash":"abc","manifest":{"id":["PromptTemplate"],"kwargs":{"template":"\ud83d"}}}"#,
        )
        .unwrap();
        let wanted = push(&json!({"prompt_name": "a", "template": "x"}));
        let plan = Plan::of(&wanted, Some(&stored), None).unwrap();
        assert!(!plan.is_unchanged && plan.loss(&wanted).unwrap().contains("cannot be read"));
        let replacing = push(&json!({"prompt_name": "a", "template": "x", "replace": true}));
        let plan = Plan::of(&replacing, Some(&stored), None).unwrap();
        assert_eq!((plan.loss(&replacing), plan.dropped.len()), (None, 1));
    }
}
