//! Prompts, which the platform calls repos: names with a history of commits. They change while the double runs. Description:
//! a path names the handle of a workspace, or `-` for that of the caller; others read what is public.

mod commit;
mod repo;

use std::sync::{Mutex, MutexGuard};

use uuid::Uuid;

pub(crate) use commit::Commit;
pub(crate) use repo::{Changes, REPO_TYPES, Repo, type_tag};

use crate::data::people::Workspace;
use crate::state::lock;

/// Every prompt of every workspace.
#[derive(Default)]
pub(crate) struct Prompts(Mutex<Vec<Repo>>);

impl Prompts {
    /// The prompts, locked. No request holds them across a wait, so each one is answered from one state.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<Repo>> {
        lock(&self.0)
    }
}

impl FromIterator<Repo> for Prompts {
    fn from_iter<T: IntoIterator<Item = Repo>>(repos: T) -> Self {
        Self(Mutex::new(repos.into_iter().collect()))
    }
}

/// What a path calls a prompt: `-` or the workspace's own handle is the caller's workspace; any other owner is somebody
/// whose public prompts everybody may read.
pub(crate) struct Address<'a> {
    pub(crate) owner: &'a str,
    pub(crate) handle: &'a str,
}

impl Address<'_> {
    /// Whether the owner is this workspace.
    pub(crate) fn is_own(&self, workspace: &Workspace) -> bool {
        self.owner == "-" || workspace.handle == Some(self.owner)
    }

    /// The prompt, as far as a caller in `workspace` may read it.
    pub(crate) fn find<'r>(&self, repos: &'r [Repo], workspace: &Workspace) -> Option<&'r Repo> {
        repos.iter().find(|repo| self.names(repo, workspace))
    }

    /// The same, to change it.
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
