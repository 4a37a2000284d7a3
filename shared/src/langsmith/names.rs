//! Ids by name. A tool names a project on every page that it reads, so an id that was found is believed for a short
//! time, for this credential in this workspace only.
//!
//! A project or dataset may be deleted and made anew under its name meanwhile. So nothing is "empty" or "not found" because
//! of a remembered id: before that is said, the name is looked up once more. A call that was given an id means that id.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;

use super::{Caller, UpstreamError};
use crate::ids::WorkspaceId;
use crate::secret::sha256;
use crate::timed::TimedMap;

/// How long an id is believed.
const LIFE: Duration = Duration::from_secs(30);

/// The longest id that is kept; LangSmith's have 36 bytes.
const MAX_ID: usize = 64;

/// The longest name whose id is kept, in bytes. A longer one is looked up each time.
const MAX_NAME: usize = 512;

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Project,
    Dataset,
}

/// Whose name or id for what it is: a hash of the credential, the workspace, the kind and the text, so that every entry
/// has the same size however long the text is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(String);

/// The ids that were found.
#[derive(Debug)]
pub(super) struct Names {
    ids: TimedMap<Key, String>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self { ids: TimedMap::new(LIFE) }
    }
}

/// The names that one call asked for and that memory answered.
#[derive(Debug, Default)]
pub struct ResolvedNames(Mutex<Vec<Resolved>>);

#[derive(Clone, Debug)]
struct Resolved {
    kind: Kind,
    id: String,
    name: String,
    /// What the name meant when it was looked up once more.
    looked_up: Option<String>,
}

impl ResolvedNames {
    fn note(&self, kind: Kind, id: &str, name: &str) {
        let resolved = Resolved { kind, id: id.to_owned(), name: name.to_owned(), looked_up: None };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(resolved);
    }

    fn of(&self, kind: Kind, id: &str) -> Option<Resolved> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|resolved| resolved.kind == kind && resolved.id == id).cloned()
    }

    fn looked_up(&self, kind: Kind, id: &str, found: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for resolved in all.iter_mut().filter(|resolved| resolved.kind == kind && resolved.id == id) {
            resolved.looked_up = Some(found.to_owned());
        }
    }
}

impl Caller<'_> {
    /// The id that goes by `name`: a remembered one, or the one that LangSmith tells. That there is none is not
    /// remembered.
    pub(super) async fn named(&self, kind: Kind, name: &str) -> Result<Option<String>, UpstreamError> {
        let (names, now) = (&self.memory().names, self.memory().now());
        if let Some(id) = names.ids.get(&self.key(kind, name), now) {
            if let Some(resolved) = self.resolved_names() {
                resolved.note(kind, &id, name);
            }
            return Ok(Some(id));
        }
        self.look_up(kind, name).await
    }

    /// What LangSmith tells now.
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

    /// The ids that the names of `ids` have now, where one of them came from memory and means something else by now.
    /// [`UpstreamError::NotFound`] when its name means nothing any longer.
    pub(super) async fn renewed(
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

    /// The same for one id.
    pub(super) async fn renew(&self, kind: Kind, id: &str) -> Result<Option<String>, UpstreamError> {
        let resolved = self.resolved_names().and_then(|resolved| Some((resolved, resolved.of(kind, id)?)));
        let Some((all, Resolved { name, looked_up: None, .. })) = resolved else { return Ok(None) };
        self.memory().names.ids.remove(&self.key(kind, &name));
        let new = self.look_up(kind, &name).await?.ok_or(UpstreamError::NOT_FOUND)?;
        all.looked_up(kind, id, &new);
        Ok((new != id).then_some(new))
    }

    /// `ids` with what has taken their place, if anything has: a call that began with an old id goes on with the new one.
    pub(super) fn current(&self, kind: Kind, ids: &[String]) -> Option<Vec<String>> {
        let resolved = self.resolved_names()?;
        let current = |id: &String| resolved.of(kind, id)?.looked_up.filter(|new| new != id);
        let current: Vec<Option<String>> = ids.iter().map(current).collect();
        if current.iter().all(Option::is_none) {
            return None;
        }
        Some(current.into_iter().zip(ids).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect())
    }

    /// The ids of projects with those that have taken their places in this call, if any have.
    pub fn current_projects(&self, ids: &[String]) -> Option<Vec<String>> {
        self.current(Kind::Project, ids)
    }

    /// The ids that the projects have now whose names memory answered, where those are others. Where a name means nothing
    /// any longer, that is [`UpstreamError::NotFound`].
    pub async fn renewed_projects(&self, ids: &[String]) -> Result<Option<Vec<String>>, UpstreamError> {
        self.renewed(Kind::Project, ids).await
    }

    /// Forgets the id of a project, because LangSmith does not know it any longer.
    pub fn forget_project(&self, name: &str) {
        self.memory().names.ids.remove(&self.key(Kind::Project, name));
    }

    /// Forgets the id of a dataset, because LangSmith does not know it any longer, or because something is about to be
    /// written that depends on it.
    pub fn forget_dataset(&self, name: &str) {
        self.memory().names.ids.remove(&self.key(Kind::Dataset, name));
    }

    /// The key of what this caller calls `text`.
    pub(super) fn key(&self, kind: Kind, text: &str) -> Key {
        let workspace = self.workspace().map(WorkspaceId::as_str);
        let whose = serde_json::json!([self.credential().fingerprint(), workspace, kind as u8, text]);
        Key(sha256(whose.to_string().as_bytes()))
    }
}
