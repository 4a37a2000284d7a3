//! A prompt: its details, its commits and the tags on them. Description: `RepoWithLookups`; a commit is named by
//! `latest`, a tag, or its hash, which takes precedence from eight characters on. Public report: a commit adds a tag
//! (`service.rs`). Assumed: only a public prompt names an owner. Assumed: a prefix of a hash is enough.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Commit;
use crate::data::moment::zoned;

/// The minimum length of a hash prefix; a shorter name can only be a tag.
const SHORTEST_HASH: usize = 8;

/// The types of a repo's content.
pub(crate) const REPO_TYPES: [&str; 4] = ["prompt", "file", "agent", "skill"];

/// A prompt with its history.
pub(crate) struct Repo {
    pub(crate) id: Uuid,
    pub(crate) workspace: Uuid,
    /// The handle of its workspace.
    pub(crate) tenant_handle: Option<&'static str>,
    pub(crate) handle: String,
    pub(crate) description: String,
    pub(crate) readme: String,
    pub(crate) tags: Vec<String>,
    pub(crate) is_public: bool,
    pub(crate) is_archived: bool,
    /// One of [`REPO_TYPES`].
    pub(crate) repo_type: &'static str,
    restricted_mode: bool,
    pub(crate) created: OffsetDateTime,
    pub(crate) updated: OffsetDateTime,
    pub(crate) popularity: u32,
    /// The users and workspaces that like it, besides the likes of the sample data.
    likes: BTreeSet<Uuid>,
    /// The commits, oldest first.
    commits: Vec<Commit>,
    /// The position of the commit of each tag.
    commit_tags: BTreeMap<String, usize>,
}

/// The changes to the details; absent or null fields stay.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Changes {
    pub(crate) description: Option<String>,
    pub(crate) readme: Option<String>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) is_public: Option<bool>,
    pub(crate) is_archived: Option<bool>,
    pub(crate) restricted_mode: Option<bool>,
}

impl Repo {
    /// A private prompt without details or commits.
    pub(crate) fn new(
        id: Uuid,
        (workspace, tenant_handle): (Uuid, Option<&'static str>),
        handle: String,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id,
            workspace,
            tenant_handle,
            handle,
            description: String::new(),
            readme: String::new(),
            tags: Vec::new(),
            is_public: false,
            is_archived: false,
            repo_type: "prompt",
            restricted_mode: false,
            created: now,
            updated: now,
            popularity: 0,
            likes: BTreeSet::new(),
            commits: Vec::new(),
            commit_tags: BTreeMap::new(),
        }
    }

    /// The owner that answers name; `None` for a private prompt.
    pub(crate) fn owner(&self) -> Option<&'static str> {
        self.tenant_handle.filter(|_| self.is_public)
    }

    /// Applies changes to the details.
    pub(crate) fn change(&mut self, changes: Changes, now: OffsetDateTime) {
        self.description = changes.description.unwrap_or_else(|| std::mem::take(&mut self.description));
        self.readme = changes.readme.unwrap_or_else(|| std::mem::take(&mut self.readme));
        self.tags = changes.tags.unwrap_or_else(|| std::mem::take(&mut self.tags));
        self.is_public = changes.is_public.unwrap_or(self.is_public);
        self.is_archived = changes.is_archived.unwrap_or(self.is_archived);
        self.restricted_mode = changes.restricted_mode.unwrap_or(self.restricted_mode);
        self.updated = now;
    }

    /// Appends a commit.
    pub(crate) fn commit(&mut self, manifest: Value, description: Option<String>, now: OffsetDateTime) {
        let commit = Commit::new(self.id, self.newest(), manifest, description, now);
        self.commits.push(commit);
        self.updated = now;
    }

    /// Adds the class of a manifest to the tags of the prompt.
    pub(crate) fn tag_type(&mut self, manifest: &Value) {
        let class = type_tag(manifest).filter(|class| !self.tags.contains(class));
        self.tags.extend(class);
    }

    /// Tags the newest commit.
    pub(crate) fn tag_newest(&mut self, tag: &str) {
        if let Some(newest) = self.commits.len().checked_sub(1) {
            self.commit_tags.insert(tag.to_owned(), newest);
        }
    }

    /// Tags the commit with this id, and returns it.
    pub(crate) fn tag(&mut self, name: &str, id: Uuid) -> Option<&Commit> {
        let at = self.commits.iter().position(|commit| commit.id == id)?;
        self.commit_tags.insert(name.to_owned(), at);
        self.commits.get(at)
    }

    /// The newest commit.
    pub(crate) fn newest(&self) -> Option<&Commit> {
        self.commits.last()
    }

    /// The commits, newest first; with a tag, only the tagged one.
    pub(crate) fn commits(&self, tag: Option<&str>) -> Vec<&Commit> {
        match tag {
            None => self.commits.iter().rev().collect(),
            Some(tag) => self.tagged(tag).into_iter().collect(),
        }
    }

    /// The commit that a path names: `latest`, a tag, or a prefix of a hash, which takes precedence over a tag.
    pub(crate) fn resolve(&self, name: &str) -> Option<&Commit> {
        if name == "latest" {
            return self.newest();
        }
        let hashed = || self.commits.iter().rev().find(|commit| commit.hash.starts_with(name));
        let hashed = if name.len() < SHORTEST_HASH { None } else { hashed() };
        hashed.or_else(|| self.tagged(name))
    }

    fn tagged(&self, tag: &str) -> Option<&Commit> {
        self.commits.get(*self.commit_tags.get(tag)?)
    }

    /// The lower-case text that `query` searches.
    pub(crate) fn search_text(&self) -> String {
        format!("{} {} {}", self.full_name(), self.description, self.tags.join(" ")).to_lowercase()
    }

    fn full_name(&self) -> String {
        self.owner().map_or_else(|| self.handle.clone(), |owner| format!("{owner}/{}", self.handle))
    }

    /// The numbers of likes, downloads and views.
    pub(crate) fn counts(&self) -> [u32; 3] {
        let likes = self.popularity.saturating_add(u32::try_from(self.likes.len()).unwrap_or(u32::MAX));
        [likes, self.popularity * 3, self.popularity * 10]
    }

    /// Adds or removes a like.
    pub(crate) fn like(&mut self, who: Uuid, like: bool) {
        if like {
            self.likes.insert(who);
        } else {
            self.likes.remove(&who);
        }
    }

    /// The commit tags with their commits.
    pub(crate) fn tags_of_commits(&self) -> impl Iterator<Item = (&str, &Commit)> {
        self.commit_tags.iter().filter_map(|(tag, at)| Some((tag.as_str(), self.commits.get(*at)?)))
    }

    /// Removes a commit tag, and returns whether it existed.
    pub(crate) fn untag(&mut self, tag: &str) -> bool {
        self.commit_tags.remove(tag).is_some()
    }

    /// The prompt as JSON, for the user or workspace `who`.
    pub(crate) fn wire(&self, who: Uuid) -> Value {
        let [likes, downloads, views] = self.counts();
        json!({
            "repo_handle": self.handle,
            "description": self.description,
            "readme": self.readme,
            "id": self.id,
            "tenant_id": self.workspace,
            "created_at": zoned(self.created),
            "updated_at": zoned(self.updated),
            "is_public": self.is_public,
            "is_archived": self.is_archived,
            "restricted_mode": self.restricted_mode,
            "tags": self.tags,
            "original_repo_id": null,
            "upstream_repo_id": null,
            "commit_tags": self.commit_tags.keys().collect::<Vec<_>>(),
            "repo_type": self.repo_type,
            "source": "internal",
            "owner": self.owner(),
            "full_name": self.full_name(),
            "num_likes": likes,
            "num_downloads": downloads,
            "num_views": views,
            "liked_by_auth_user": self.likes.contains(&who),
            "last_commit_hash": self.newest().map(|commit| &commit.hash),
            "num_commits": self.commits.len(),
            "created_by": null,
            "original_repo_full_name": null,
            "upstream_repo_full_name": null,
            "latest_commit_manifest": null,
            "owners": null,
        })
    }
}

/// The class of a manifest, or of its prompt where a model follows.
pub(crate) fn type_tag(manifest: &Value) -> Option<String> {
    let prompt = manifest.pointer("/kwargs/first").unwrap_or(manifest);
    Some(prompt.get("id")?.as_array()?.last()?.as_str()?.to_owned())
}
