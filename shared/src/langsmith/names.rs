//! Ids by name. A tool names a project on every page that it reads, so an id that was found is believed for a short
//! time, for this credential in this workspace only.

use std::time::Duration;

use super::{Caller, UpstreamError};
use crate::ids::WorkspaceId;
use crate::secret::sha256;
use crate::timed::TimedMap;

/// How long an id is believed.
const LIFE: Duration = Duration::from_secs(30);

/// The longest id that is kept; LangSmith's have 36 bytes.
const MAX_ID: usize = 64;

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Project,
    Dataset,
}

/// Whose name for what it is: a hash of the credential, the workspace, the kind and the name, so that every entry has
/// the same size however long the name is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(String);

/// The ids that were found.
#[derive(Debug)]
pub(super) struct Names(TimedMap<Key, String>);

impl Names {
    pub(super) fn new() -> Self {
        Self(TimedMap::new(LIFE))
    }
}

impl Caller<'_> {
    /// The id that goes by `name`: a remembered one, or what `lookup` finds. That there is none is not remembered.
    pub(super) async fn named(
        &self,
        kind: Kind,
        name: &str,
        lookup: impl Future<Output = Result<Option<String>, UpstreamError>>,
    ) -> Result<Option<String>, UpstreamError> {
        let key = self.key(kind, name);
        if let Some(id) = self.memory().names.0.get(&key, self.memory().now()) {
            return Ok(Some(id));
        }
        let id = lookup.await?;
        if let Some(id) = id.as_ref().filter(|id| id.len() <= MAX_ID) {
            self.memory().names.0.put(key, id.clone(), self.memory().now());
        }
        Ok(id)
    }

    /// Forgets the id of a project, because LangSmith does not know it any longer.
    pub fn forget_project(&self, name: &str) {
        self.memory().names.0.remove(&self.key(Kind::Project, name));
    }

    /// Forgets the id of a dataset, because LangSmith does not know it any longer.
    pub fn forget_dataset(&self, name: &str) {
        self.memory().names.0.remove(&self.key(Kind::Dataset, name));
    }

    fn key(&self, kind: Kind, name: &str) -> Key {
        let workspace = self.workspace().map(WorkspaceId::as_str);
        let whose = serde_json::json!([self.credential().fingerprint(), workspace, kind as u8, name]);
        Key(sha256(whose.to_string().as_bytes()))
    }
}
