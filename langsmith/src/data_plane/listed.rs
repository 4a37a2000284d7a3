//! A snapshot of LangSmith's list of data planes, kept with a login.

use std::collections::BTreeMap;
use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::ids::WorkspaceId;
use serde::{Deserialize, Serialize};

use crate::Workspace;

/// How long a data plane address from a login is trusted. After that LangSmith is asked again: a domain name that an
/// organization gave up may belong to somebody else by then.
const BELIEVED: Duration = Duration::from_hours(24);
/// The maximum number of data planes kept; a list with more is read again when it is needed.
const MAX_KEPT: usize = 32;
/// The maximum length of an id or address, in bytes.
const MAX_TEXT: usize = 256;

/// The workspaces of a login whose data is not at LangSmith itself. A workspace of the list that is absent here had no
/// data plane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedDataPlanes {
    /// When the list was read, seconds since the Unix epoch.
    at: u64,
    /// Addresses by workspace, as LangSmith gave them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    addresses: BTreeMap<WorkspaceId, String>,
}

/// The location of a workspace's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Its data is at LangSmith itself.
    LangSmith,
    /// The address of its data plane.
    At(String),
}

impl From<Option<String>> for Known {
    fn from(address: Option<String>) -> Self {
        address.filter(|address| !address.trim().is_empty()).map_or(Self::LangSmith, Self::At)
    }
}

impl ListedDataPlanes {
    /// The snapshot of a list; `None` if it is too large to be kept with a login.
    pub fn of(workspaces: &[Workspace], now: Timestamp) -> Option<Self> {
        let addresses: BTreeMap<WorkspaceId, String> = workspaces
            .iter()
            .filter_map(|workspace| match Known::from(workspace.data_plane_url.clone()) {
                Known::At(address) => Some((workspace.id.clone(), address)),
                Known::LangSmith => None,
            })
            .collect();
        let fits = |(id, address): (&WorkspaceId, &String)| id.as_str().len().max(address.len()) <= MAX_TEXT;
        (addresses.len() <= MAX_KEPT && addresses.iter().all(fits))
            .then(|| Self { at: now.secs(), addresses })
    }

    /// Whether the workspace had a data plane.
    pub fn names(&self, workspace: &WorkspaceId) -> bool {
        self.addresses.contains_key(workspace)
    }

    /// When the list was read.
    pub(super) const fn at(&self) -> Timestamp {
        Timestamp::from_secs(self.at)
    }

    /// The trusted location of a workspace of the list; `None` when LangSmith is to be asked again.
    pub(super) fn believed(&self, workspace: &WorkspaceId, now: Timestamp) -> Option<Known> {
        let is_fresh = now.since(self.at()) < BELIEVED;
        match self.last(workspace) {
            Known::At(_) if !is_fresh => None,
            known => Some(known),
        }
    }

    /// The listed location of a workspace, however old.
    pub(super) fn last(&self, workspace: &WorkspaceId) -> Known {
        self.addresses.get(workspace).cloned().into()
    }
}

#[cfg(test)]
mod tests {
    use primitives::server_permissions::ServerPermissions;

    use super::*;

    fn workspace(id: &str, data_plane_url: Option<&str>) -> Workspace {
        Workspace {
            id: WorkspaceId::new(id),
            display_name: "Workspace".to_owned(),
            handle: None,
            data_plane_url: data_plane_url.map(str::to_owned),
            servers: ServerPermissions::EMPTY,
        }
    }

    #[test]
    fn a_data_plane_is_believed_for_a_day_and_none_for_good() {
        let read = Timestamp::from_secs(1_000_000);
        let list = [
            workspace("own", Some("https://dp.example.com")),
            workspace("none", None),
            workspace("empty", Some(" ")),
        ];
        let listed = ListedDataPlanes::of(&list, read).unwrap();
        let stored: ListedDataPlanes =
            serde_json::from_str(&serde_json::to_string(&listed).unwrap()).unwrap();
        assert_eq!(stored, listed);
        let [own, none, empty] = ["own", "none", "empty"].map(WorkspaceId::new);
        let believed = |id: &WorkspaceId, age| stored.believed(id, read.plus(age));
        let at = Known::At("https://dp.example.com".to_owned());
        assert_eq!(believed(&own, Duration::from_hours(23)), Some(at.clone()));
        assert_eq!((believed(&own, BELIEVED), stored.last(&own)), (None, at));
        for id in [none, empty] {
            assert_eq!(believed(&id, BELIEVED * 100), Some(Known::LangSmith));
            assert!(!stored.names(&id));
        }
    }

    #[test]
    fn more_than_a_login_has_room_for_is_not_kept() {
        let now = Timestamp::from_secs(1);
        let many = |count: usize| -> Vec<Workspace> {
            (0..count).map(|number| workspace(&number.to_string(), Some("https://dp.example.com"))).collect()
        };
        assert!(ListedDataPlanes::of(&many(MAX_KEPT), now).is_some());
        assert!(ListedDataPlanes::of(&many(MAX_KEPT + 1), now).is_none());
        let long = workspace("long", Some(&"x".repeat(MAX_TEXT + 1)));
        assert!(ListedDataPlanes::of(&[long], now).is_none());
    }
}
