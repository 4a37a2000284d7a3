//! One commit of a prompt, and its wire forms. Description: `commits.CommitResponse` and `commits.CommitWithLookups`.
//! SDK: a model follows its prompt in a `RunnableSequence`. Assumed: or in a `PromptPlayground`. Assumed: without
//! `include_model` the manifest is that of the prompt alone.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data::moment::zoned;
use crate::data::sample_id;

/// A commit of a prompt.
pub(crate) struct Commit {
    pub(crate) id: Uuid,
    /// 64 hexadecimal digits.
    pub(crate) hash: String,
    pub(crate) manifest: Value,
    description: Option<String>,
    parent: Option<(Uuid, String)>,
    created: OffsetDateTime,
}

impl Commit {
    /// The commit of `manifest` after `parent`. The hash depends only on the prompt and its history.
    pub(crate) fn new(
        repo: Uuid,
        parent: Option<&Self>,
        manifest: Value,
        description: Option<String>,
        created: OffsetDateTime,
    ) -> Self {
        let parent = parent.map(|parent| (parent.id, parent.hash.clone()));
        let before = parent.as_ref().map_or("", |(_, hash)| hash.as_str());
        let hash = hex(digest(&SHA256, format!("{repo} {before} {manifest}").as_bytes()).as_ref());
        Self { id: sample_id(&format!("commit:{hash}")), hash, manifest, description, parent, created }
    }

    /// The answer of `GET /commits/{owner}/{repo}/{commit}`.
    pub(crate) fn read(&self, include_model: bool) -> Value {
        let bound = Bound::of(&self.manifest);
        let manifest = match bound {
            Some(bound) if !include_model => bound.prompt,
            _ => &self.manifest,
        };
        let mut answer = json!({
            "commit_hash": self.hash,
            "manifest": manifest,
            "examples": [],
            "description": self.description,
            "is_draft": false,
        });
        if let (true, Some(members)) = (include_model, answer.as_object_mut()) {
            members.insert("model_provider".to_owned(), json!(bound.and_then(Bound::provider)));
            members.insert("model_config".to_owned(), json!(bound.and_then(Bound::config)));
        }
        answer
    }

    /// An item of `GET /commits/{owner}/{repo}`, and the answer to a write.
    pub(crate) fn listed(&self, repo: Uuid) -> Value {
        json!({
            "id": self.id,
            "repo_id": repo,
            "commit_hash": self.hash,
            "parent_id": self.parent.as_ref().map(|(id, _)| id),
            "parent_commit_hash": self.parent.as_ref().map(|(_, hash)| hash),
            "manifest": self.manifest,
            "description": self.description,
            "example_run_ids": [],
            "created_at": zoned(self.created),
            "updated_at": zoned(self.created),
            "num_downloads": 0,
            "num_views": 0,
            "full_name": null,
        })
    }
}

/// A manifest that is a prompt followed by a model.
#[derive(Clone, Copy)]
struct Bound<'a> {
    prompt: &'a Value,
    model: &'a Value,
}

impl<'a> Bound<'a> {
    fn of(manifest: &'a Value) -> Option<Self> {
        let kind = manifest.get("id")?.as_array()?.last()?.as_str()?;
        let steps =
            manifest.get("kwargs").filter(|_| matches!(kind, "RunnableSequence" | "PromptPlayground"))?;
        let last = steps.get("last")?;
        let model = last.pointer("/kwargs/bound").unwrap_or(last);
        Some(Self { prompt: steps.get("first")?, model })
    }

    fn provider(self) -> Option<&'a Value> {
        self.model.pointer("/id/2")
    }

    fn config(self) -> Option<&'a Value> {
        self.model.get("kwargs")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
