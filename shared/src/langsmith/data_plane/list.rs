//! What LangSmith listed for one credential, as far as it says where the data of workspaces is. It lists the workspaces of one
//! organization at a time, so that one who is in several ones is shown several lists: they are kept together.

use std::collections::BTreeMap;

use super::known::BELIEVED;
use super::listed::Known;
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;
use crate::langsmith::Workspace;

/// The lists.
#[derive(Clone, Debug, Default)]
pub(in crate::langsmith) struct List {
    workspaces: BTreeMap<WorkspaceId, Said>,
    /// When the list was shown that names no workspace.
    plain: Option<Timestamp>,
    /// When none was shown.
    hidden: Option<Timestamp>,
}

/// What was said of a workspace.
#[derive(Clone, Debug)]
struct Said {
    known: Known,
    at: Timestamp,
    /// Whether it was in the list that names no workspace.
    is_plain: bool,
}

/// Which list was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// That of a credential that names no workspace.
    Plain,
    /// That of the organization of a workspace that was named.
    Workspace,
}

/// Which readings are believed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Since {
    pub(super) now: Timestamp,
    /// Since when older ones are in doubt.
    pub(super) doubt: Option<Timestamp>,
}

/// Where the traffic of a call goes that names no workspace.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Common {
    /// There, whichever workspace it is.
    Known(Known),
    /// That depends on the workspace.
    Differs,
}

impl Since {
    fn believes(self, read: Timestamp) -> bool {
        self.now.since(read) < BELIEVED && self.doubt.is_none_or(|doubt| doubt <= read)
    }
}

impl List {
    /// What was known before and what was found now. A list that names no workspace replaces the last one of its kind.
    pub(super) fn with(before: Option<&Self>, found: &[Workspace], reach: Reach, now: Timestamp) -> Self {
        let mut list = before.cloned().unwrap_or_default();
        let is_plain = reach == Reach::Plain;
        if is_plain {
            list.plain = Some(now);
            // Nothing else would ever be dropped.
            list.workspaces.retain(|_, said| !said.is_plain && now.since(said.at) < BELIEVED);
        }
        for workspace in found {
            let was_plain = list.workspaces.get(&workspace.id).is_some_and(|said| said.is_plain);
            let known = workspace.data_plane_url.clone().into();
            list.workspaces
                .insert(workspace.id.clone(), Said { known, at: now, is_plain: is_plain || was_plain });
        }
        Self { hidden: None, ..list }
    }

    /// That LangSmith does not show the credential its list.
    pub(super) fn hidden(now: Timestamp) -> Self {
        Self { hidden: Some(now), ..Self::default() }
    }

    /// Whether LangSmith ever showed one.
    pub(super) fn was_shown(&self) -> bool {
        self.plain.is_some() || !self.workspaces.is_empty()
    }

    /// Whether LangSmith shows none.
    pub(super) fn is_hidden(&self, since: Since) -> bool {
        self.hidden.is_some_and(|at| since.believes(at))
    }

    /// Whether the list that names no workspace is believed.
    pub(super) fn is_plain(&self, since: Since) -> bool {
        self.plain.is_some_and(|at| since.believes(at))
    }

    /// Whether any list is believed.
    pub(super) fn is_shown(&self, since: Since) -> bool {
        self.is_plain(since) || self.workspaces.values().any(|said| since.believes(said.at))
    }

    /// What it says of a workspace, however long ago.
    pub(super) fn get(&self, workspace: &WorkspaceId) -> Option<Known> {
        self.said(workspace).map(|(known, _)| known)
    }

    /// The same, and when it said so.
    pub(super) fn said(&self, workspace: &WorkspaceId) -> Option<(Known, Timestamp)> {
        self.workspaces.get(workspace).map(|said| (said.known.clone(), said.at))
    }

    /// What is believed of a workspace.
    pub(super) fn believed(&self, workspace: &WorkspaceId, since: Since) -> Option<Known> {
        let said = self.workspaces.get(workspace).filter(|said| since.believes(said.at))?;
        Some(said.known.clone())
    }

    /// When it was read where the data of a workspace is, or that of the credential's own.
    pub(super) fn read(&self, workspace: Option<&WorkspaceId>) -> Option<Timestamp> {
        let named = workspace.map(|workspace| self.workspaces.get(workspace).map(|said| said.at));
        named.unwrap_or(self.plain).or(self.hidden)
    }

    /// What it says of all workspaces in common that were listed without naming one, if they were. An empty list has no data
    /// plane.
    pub(super) fn common(&self) -> Option<Common> {
        self.plain?;
        let mut all = self.workspaces.values().filter(|said| said.is_plain).map(|said| &said.known);
        let Some(first) = all.next() else { return Some(Common::Known(Known::LangSmith)) };
        Some(if all.all(|other| other == first) { Common::Known(first.clone()) } else { Common::Differs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(planes: &[(&str, Option<&str>)]) -> Vec<Workspace> {
        let workspace = |(id, plane): &(&str, Option<&str>)| Workspace {
            id: WorkspaceId::new(*id),
            display_name: String::new(),
            handle: None,
            data_plane_url: plane.map(str::to_owned),
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
