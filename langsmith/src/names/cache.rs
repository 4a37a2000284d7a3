//! Resolves names to ids. A tool call names its project for every page it reads, so a found id is cached for a short
//! time, for this credential in this workspace only.
//!
//! A project or dataset may be deleted and recreated under its name in the meantime. So "empty" or "not found" is never
//! concluded from a cached id: the name is looked up again first. A call that was given an id means that id.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use primitives::ids::WorkspaceId;
use primitives::secret::sha256;
use primitives::timed::TimedMap;

use crate::{UpstreamError, WorkspaceClient};

/// The lifetime of a cached id.
const LIFE: Duration = Duration::from_secs(30);

/// The maximum length of a cached id; LangSmith's have 36 bytes.
const MAX_ID: usize = 64;

/// The maximum length of a name whose id is cached, in bytes. A longer one is looked up each time.
const MAX_NAME: usize = 512;

/// A kind of named object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Project,
    Dataset,
}

/// A cache key: a hash of the credential, the workspace, the kind and the name or id, so that every key has the same
/// size however long the text is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(String);

/// The cached ids.
#[derive(Debug)]
pub(crate) struct Names {
    ids: TimedMap<Key, String>,
}

impl Names {
    pub(crate) fn new() -> Self {
        Self { ids: TimedMap::new(LIFE) }
    }
}

/// The names of one call that were resolved from memory.
#[derive(Debug, Default)]
pub struct ResolvedNames(Mutex<Vec<Resolved>>);

#[derive(Clone, Debug)]
struct Resolved {
    kind: Kind,
    id: String,
    name: String,
    now: Now,
}

/// The meaning of a name by a new lookup.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Now {
    NotLookedUp,
    Id(String),
    Nothing,
}

impl Now {
    /// The id, if it is another one than `old`.
    fn other_than(self, old: &str) -> Option<String> {
        match self {
            Self::Id(new) if new != old => Some(new),
            Self::Id(_) | Self::NotLookedUp | Self::Nothing => None,
        }
    }
}

impl ResolvedNames {
    fn note(&self, kind: Kind, id: &str, name: &str) {
        let resolved = Resolved { kind, id: id.to_owned(), name: name.to_owned(), now: Now::NotLookedUp };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(resolved);
    }

    fn of(&self, kind: Kind, id: &str) -> Option<Resolved> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|resolved| resolved.kind == kind && resolved.id == id).cloned()
    }

    fn looked_up(&self, kind: Kind, id: &str, found: Option<&String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for resolved in all.iter_mut().filter(|resolved| resolved.kind == kind && resolved.id == id) {
            resolved.now = found.cloned().map_or(Now::Nothing, Now::Id);
        }
    }

    /// The name of this kind that no longer means anything.
    fn gone(&self, kind: Kind) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = all.iter().find(|resolved| resolved.kind == kind && resolved.now == Now::Nothing);
        gone.map(|resolved| resolved.name.clone())
    }
}

impl WorkspaceClient<'_> {
    /// The id of `name`: the cached one, or the one that LangSmith reports. That a name does not exist is not cached.
    pub(crate) async fn resolve_name(&self, kind: Kind, name: &str) -> Result<Option<String>, UpstreamError> {
        let (names, now) = (&self.memory().names, self.memory().now());
        if let Some(id) = names.ids.get(&self.key(kind, name), now) {
            if let Some(resolved) = self.resolved_names() {
                resolved.note(kind, &id, name);
            }
            return Ok(Some(id));
        }
        self.look_up(kind, name).await
    }

    /// Looks the name up at LangSmith and caches its id.
    async fn look_up(&self, kind: Kind, name: &str) -> Result<Option<String>, UpstreamError> {
        let id = match kind {
            Kind::Project => self.find_project(name).await?,
            Kind::Dataset => self.find_dataset(name).await?,
        };
        let (names, now) = (&self.memory().names, self.memory().now());
        if let Some(id) = id.as_ref().filter(|id| id.len() <= MAX_ID && name.len() <= MAX_NAME) {
            names.ids.put(self.key(kind, name), id.clone(), now);
        }
        Ok(id)
    }

    /// The current ids for `ids`, if one of them came from memory and its name has another id by now; else `None`.
    /// [`UpstreamError::NotFound`] if such a name no longer exists.
    pub(crate) async fn renewed(
        &self,
        kind: Kind,
        ids: &[String],
    ) -> Result<Option<Vec<String>>, UpstreamError> {
        let renewed = try_join_all(ids.iter().map(|id| self.renew(kind, id))).await?;
        if renewed.iter().all(Option::is_none) {
            return Ok(None);
        }
        let renewed = renewed.into_iter().zip(ids);
        Ok(Some(renewed.map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect()))
    }

    /// Like `renewed`, for one id.
    pub(crate) async fn renew(&self, kind: Kind, id: &str) -> Result<Option<String>, UpstreamError> {
        let resolved = self.resolved_names().and_then(|resolved| Some((resolved, resolved.of(kind, id)?)));
        let Some((all, Resolved { name, now: Now::NotLookedUp, .. })) = resolved else { return Ok(None) };
        self.memory().names.ids.remove(&self.key(kind, &name));
        let new = self.look_up(kind, &name).await?;
        all.looked_up(kind, id, new.as_ref());
        let new = new.ok_or(UpstreamError::NOT_FOUND)?;
        Ok((new != id).then_some(new))
    }

    /// `ids` with those replaced that this call has renewed; `None` if there are none. A call that began with an old id
    /// goes on with the new one.
    pub(crate) fn current(&self, kind: Kind, ids: &[String]) -> Option<Vec<String>> {
        let resolved = self.resolved_names()?;
        let current = |id: &String| resolved.of(kind, id)?.now.other_than(id);
        let current: Vec<Option<String>> = ids.iter().map(current).collect();
        if current.iter().all(Option::is_none) {
            return None;
        }
        Some(current.into_iter().zip(ids).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect())
    }

    /// The project ids with those replaced that this call has renewed; `None` if there are none.
    pub fn current_projects(&self, ids: &[String]) -> Option<Vec<String>> {
        self.current(Kind::Project, ids)
    }

    /// The current ids of projects whose names were resolved from memory, if they have changed; else `None`.
    /// [`UpstreamError::NotFound`] if a name no longer exists.
    pub async fn renewed_projects(&self, ids: &[String]) -> Result<Option<Vec<String>>, UpstreamError> {
        self.renewed(Kind::Project, ids).await
    }

    /// The name of a project that was resolved from memory and no longer exists, as this call has found out.
    pub fn gone_project(&self) -> Option<String> {
        self.resolved_names()?.gone(Kind::Project)
    }

    /// Removes the cached id of a project, because LangSmith no longer knows it.
    pub fn forget_project(&self, name: &str) {
        self.memory().names.ids.remove(&self.key(Kind::Project, name));
    }

    /// Removes the cached id of a dataset, because LangSmith no longer knows it, or before a write that depends on it.
    pub fn forget_dataset(&self, name: &str) {
        self.memory().names.ids.remove(&self.key(Kind::Dataset, name));
    }

    /// The cache key of this caller's `text`, a name or an id.
    pub(crate) fn key(&self, kind: Kind, text: &str) -> Key {
        let workspace = self.workspace().map(WorkspaceId::as_str);
        let whose = serde_json::json!([self.credential().fingerprint(), workspace, kind as u8, text]);
        Key(sha256(whose.to_string().as_bytes()))
    }
}
