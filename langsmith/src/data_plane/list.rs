//! The data planes that LangSmith listed for one credential. LangSmith lists the workspaces of one organization at a
//! time, so a member of several organizations gets several lists, which are merged here.

use std::collections::BTreeMap;
use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::ids::WorkspaceId;

use super::listed::Known;
use crate::Workspace;

/// The lifetime of a list; the same as that of a key found valid.
pub(super) const BELIEVED: Duration = Duration::from_mins(5);

/// The merged lists of one credential.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    workspaces: BTreeMap<WorkspaceId, Entry>,
    /// When the list without a named workspace was shown.
    plain: Option<Timestamp>,
    /// When LangSmith refused to show a list.
    hidden: Option<Timestamp>,
}

/// The listed location of a workspace's data.
#[derive(Clone, Debug)]
struct Entry {
    known: Known,
    at: Timestamp,
    /// Whether the list without a named workspace contained it.
    is_plain: bool,
}

/// The kind of list that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The list of a caller without a workspace.
    Plain,
    /// The list for the organization of the caller's workspace.
    Workspace,
}

/// The criterion for which readings are trusted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since {
    pub(super) now: Timestamp,
    /// Readings before this time are in doubt.
    pub(super) doubt: Option<Timestamp>,
}

/// The destination of calls that name no workspace.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Common {
    /// The same for every workspace.
    Known(Known),
    /// It depends on the workspace.
    Differs,
}

impl Since {
    fn believes(self, read: Timestamp) -> bool {
        self.now.since(read) < BELIEVED && self.doubt.is_none_or(|doubt| doubt <= read)
    }
}

impl List {
    /// Merges the workspaces `found` into the list `before`. A list without a named workspace replaces the last one of
    /// its kind.
    pub(super) fn with(before: Option<&Self>, found: &[Workspace], reach: Reach, now: Timestamp) -> Self {
        let mut list = before.cloned().unwrap_or_default();
        let is_plain = reach == Reach::Plain;
        if is_plain {
            list.plain = Some(now);
            // The only place where outdated entries are removed.
            list.workspaces.retain(|_, entry| !entry.is_plain && now.since(entry.at) < BELIEVED);
        }
        for workspace in found {
            let was_plain = list.workspaces.get(&workspace.id).is_some_and(|entry| entry.is_plain);
            let known = workspace.data_plane_url.clone().into();
            list.workspaces
                .insert(workspace.id.clone(), Entry { known, at: now, is_plain: is_plain || was_plain });
        }
        Self { hidden: None, ..list }
    }

    /// A list that LangSmith does not show to the credential.
    pub(super) fn hidden(now: Timestamp) -> Self {
        Self { hidden: Some(now), ..Self::default() }
    }

    /// Whether LangSmith ever showed a list.
    pub(super) fn was_shown(&self) -> bool {
        self.plain.is_some() || !self.workspaces.is_empty()
    }

    /// Whether a refusal to show the list is trusted.
    pub(super) fn is_hidden(&self, since: Since) -> bool {
        self.hidden.is_some_and(|at| since.believes(at))
    }

    /// Whether a list without a named workspace is trusted.
    pub(super) fn is_plain(&self, since: Since) -> bool {
        self.plain.is_some_and(|at| since.believes(at))
    }

    /// Whether any list is trusted.
    pub(super) fn is_shown(&self, since: Since) -> bool {
        self.is_plain(since) || self.workspaces.values().any(|entry| since.believes(entry.at))
    }

    /// The listed location of a workspace, however old.
    pub(super) fn get(&self, workspace: &WorkspaceId) -> Option<Known> {
        self.dated_location(workspace).map(|(known, _)| known)
    }

    /// The listed location of a workspace, and when it was read.
    pub(super) fn dated_location(&self, workspace: &WorkspaceId) -> Option<(Known, Timestamp)> {
        self.workspaces.get(workspace).map(|entry| (entry.known.clone(), entry.at))
    }

    /// The location of a workspace, if its reading is trusted.
    pub(super) fn believed(&self, workspace: &WorkspaceId, since: Since) -> Option<Known> {
        let entry = self.workspaces.get(workspace).filter(|entry| since.believes(entry.at))?;
        Some(entry.known.clone())
    }

    /// When the location of a workspace, or of the credential's default one, was last read.
    pub(super) fn read(&self, workspace: Option<&WorkspaceId>) -> Option<Timestamp> {
        let named = workspace.map(|workspace| self.workspaces.get(workspace).map(|entry| entry.at));
        named.unwrap_or(self.plain).or(self.hidden)
    }

    /// The common destination of the workspaces that were listed without naming one; `None` if no such list was read.
    /// An empty list has no data plane.
    pub(super) fn common(&self) -> Option<Common> {
        self.plain?;
        let mut all = self.workspaces.values().filter(|entry| entry.is_plain).map(|entry| &entry.known);
        let Some(first) = all.next() else { return Some(Common::Known(Known::LangSmith)) };
        Some(if all.all(|other| other == first) { Common::Known(first.clone()) } else { Common::Differs })
    }
}

#[cfg(test)]
mod tests {
    use primitives::server_permissions::ServerPermissions;

    use super::*;

    fn found(planes: &[(&str, Option<&str>)]) -> Vec<Workspace> {
        let workspace = |(id, plane): &(&str, Option<&str>)| Workspace {
            id: WorkspaceId::new(*id),
            display_name: String::new(),
            handle: None,
            data_plane_url: plane.map(str::to_owned),
            servers: ServerPermissions::EMPTY,
        };
        planes.iter().map(workspace).collect()
    }

    fn at(text: &str) -> Known {
        Known::At(text.to_owned())
    }

    const A: Option<&str> = Some("https://a.example");
    const B: Option<&str> = Some("https://b.example");

    #[test]
    fn what_all_workspaces_have_in_common_needs_no_workspace() {
        let common = |planes: &[(&str, Option<&str>)]| {
            List::with(None, &found(planes), Reach::Plain, Timestamp::from_secs(1)).common().unwrap()
        };
        let everywhere = Common::Known(Known::LangSmith);
        assert_eq!(common(&[]), everywhere);
        assert_eq!(common(&[("1", None), ("2", None), ("3", Some(""))]), everywhere);
        assert_eq!(common(&[("1", A), ("2", A)]), Common::Known(at("https://a.example")));
        assert_eq!(common(&[("1", A), ("2", None)]), Common::Differs);
        assert_eq!(common(&[("1", A), ("2", B)]), Common::Differs);
    }

    #[test]
    fn lists_of_several_organizations_are_kept_together() {
        let (first, then) = (Timestamp::from_secs(1000), Timestamp::from_secs(1200));
        let [one, other] = ["one", "other"].map(WorkspaceId::new);
        let list = List::with(None, &found(&[("other", B)]), Reach::Workspace, first);
        assert_eq!(list.common(), None, "nobody said what holds without a workspace");
        let list = List::with(Some(&list), &found(&[("one", A)]), Reach::Plain, then);
        assert_eq!(list.common(), Some(Common::Known(at("https://a.example"))));
        assert_eq!(
            (list.get(&one), list.get(&other)),
            (Some(at("https://a.example")), Some(at("https://b.example")))
        );
        let since = Since { now: first.plus(BELIEVED), doubt: None };
        assert_eq!(
            (list.believed(&one, since), list.believed(&other, since)),
            (Some(at("https://a.example")), None)
        );
        let list = List::with(Some(&list), &[], Reach::Plain, first.plus(BELIEVED));
        assert_eq!((list.get(&one), list.get(&other)), (None, None));
    }
}
