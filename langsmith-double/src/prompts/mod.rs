//! Prompts, which the platform calls repos: names with a history of commits. Requests change them. Description: the
//! owner in a path is the handle of a workspace, or `-` for that of the caller; others can read public prompts.

mod commit;
mod repo;

use std::sync::{Mutex, MutexGuard};

use uuid::Uuid;

pub(crate) use commit::Commit;
pub(crate) use repo::{Changes, REPO_TYPES, Repo, type_tag};

use crate::data::people::Workspace;
use crate::shelf::lock;

/// Every prompt of every workspace.
#[derive(Default)]
pub(crate) struct Prompts(Mutex<Vec<Repo>>);

impl Prompts {
    /// Locks the prompts. No request holds the lock across an `await`, so each request sees one state.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<Repo>> {
        lock(&self.0)
    }
}

impl FromIterator<Repo> for Prompts {
    fn from_iter<T: IntoIterator<Item = Repo>>(repos: T) -> Self {
        Self(Mutex::new(repos.into_iter().collect()))
    }
}

/// A prompt in a path. The owner `-` or the workspace's own handle means the caller's workspace; any other owner is
/// another workspace, whose public prompts everyone can read.
pub(crate) struct Address<'a> {
    pub(crate) owner: &'a str,
    pub(crate) handle: &'a str,
}

impl Address<'_> {
    /// Whether the owner is this workspace.
    pub(crate) fn is_own(&self, workspace: &Workspace) -> bool {
        self.owner == "-" || workspace.handle == Some(self.owner)
    }

    /// The prompt, if a caller in `workspace` may read it.
    pub(crate) fn find<'r>(&self, repos: &'r [Repo], workspace: &Workspace) -> Option<&'r Repo> {
        repos.iter().find(|repo| self.names(repo, workspace))
    }

    /// Like [`find`](Self::find), but mutable.
    pub(crate) fn find_mut<'r>(&self, repos: &'r mut [Repo], workspace: &Workspace) -> Option<&'r mut Repo> {
        repos.iter_mut().find(|repo| self.names(repo, workspace))
    }

    fn names(&self, repo: &Repo, workspace: &Workspace) -> bool {
        let is_owners = if self.is_own(workspace) {
            repo.workspace == workspace.id
        } else {
            repo.owner() == Some(self.owner)
        };
        is_owners && repo.handle == self.handle
    }
}

/// Whether a workspace has a prompt of this name.
pub(crate) fn is_taken(repos: &[Repo], workspace: Uuid, handle: &str) -> bool {
    repos.iter().any(|repo| repo.workspace == workspace && repo.handle == handle)
}
