//! The remembered data planes of a credential's workspaces, keyed by the hash of the credential.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::ids::WorkspaceId;
use primitives::timed::TimedMap;

use super::list::{BELIEVED, List, Reach, Since};
use crate::Workspace;

/// The pause after a failed read, and the age below which a failure casts no doubt on a list.
const AT_REST: Duration = Duration::from_secs(30);
/// How long the list kept with a login is not trusted after a data plane failed.
const DOUBTED: Duration = Duration::from_hours(1);

/// The remembered lists and their state.
#[derive(Debug)]
pub(crate) struct KnownDataPlanes {
    lists: TimedMap<String, Arc<List>>,
    /// Since when the list of a credential is in doubt.
    doubts: TimedMap<String, Timestamp>,
    /// Credentials whose list could not be read recently.
    rests: TimedMap<String, ()>,
    /// The default workspace of each credential, for calls that name none.
    current: TimedMap<String, WorkspaceId>,
    /// One lock per credential, so that concurrent calls read its list once. The map holds weak references; the waiting
    /// calls own the lock.
    locks: Mutex<BTreeMap<String, Weak<ListLock>>>,
}

/// The lock under which a credential's list is read.
pub(super) type ListLock = tokio::sync::Mutex<()>;

impl KnownDataPlanes {
    pub(crate) const fn new() -> Self {
        Self {
            lists: TimedMap::new(BELIEVED),
            doubts: TimedMap::new(DOUBTED),
            rests: TimedMap::new(AT_REST),
            current: TimedMap::new(BELIEVED),
            locks: Mutex::new(BTreeMap::new()),
        }
    }

    pub(super) fn current(&self, credential: &String, now: Timestamp) -> Option<WorkspaceId> {
        self.current.get(credential, now)
    }

    pub(super) fn learn_current(&self, credential: String, workspace: WorkspaceId, now: Timestamp) {
        self.current.put(credential, workspace, now);
    }

    /// The lock of a credential.
    pub(super) fn lock_of(&self, credential: &str) -> Arc<ListLock> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(credential).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(ListLock::new(()));
        locks.insert(credential.to_owned(), Arc::downgrade(&lock));
        lock
    }

    /// Merges a new list of LangSmith's into the remembered one.
    pub(super) fn learn(&self, credential: String, found: &[Workspace], reach: Reach, now: Timestamp) {
        self.lists
            .update(credential, now, |last| Arc::new(List::with(last.map(Arc::as_ref), found, reach, now)));
    }

    /// Records that LangSmith does not show its list to the credential. If it did before, that list stays, and the
    /// result is `false`.
    pub(super) fn learn_hidden(&self, credential: String, now: Timestamp) -> bool {
        let list = self.lists.update(credential, now, |last| match last {
            Some(last) if last.was_shown() => last.clone(),
            _ => Arc::new(List::hidden(now)),
        });
        !list.was_shown()
    }

    /// The list, however old it is.
    pub(super) fn last(&self, credential: &String) -> Option<Arc<List>> {
        self.lists.last(credential)
    }

    /// The list, and the criterion for which of its readings are trusted.
    pub(super) fn list(&self, credential: &String, now: Timestamp) -> Option<(Arc<List>, Since)> {
        let doubt = self.doubts.get(credential, now);
        self.last(credential).map(|list| (list, Since { now, doubt }))
    }

    /// Records that a data plane failed: the list is read again before the next call, unless it is fresh.
    pub(super) fn doubt(&self, credential: &String, workspace: Option<&WorkspaceId>, now: Timestamp) {
        let read = self.last(credential).and_then(|list| list.read(workspace));
        if read.is_none_or(|read| now.since(read) >= AT_REST) {
            self.doubts.put(credential.clone(), now, now);
        }
    }

    /// Whether the list kept with the login is in doubt.
    pub(super) fn is_doubted(&self, credential: &String, now: Timestamp) -> bool {
        self.doubts.get(credential, now).is_some()
    }

    /// Records that the list could not be read. For a while it is not read again by calls that can do without.
    pub(super) fn rest(&self, credential: String, now: Timestamp) {
        self.rests.put(credential, (), now);
    }

    /// Whether the list could not be read recently.
    pub(super) fn rests(&self, credential: &String, now: Timestamp) -> bool {
        self.rests.get(credential, now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use primitives::server_permissions::ServerPermissions;

    use super::super::listed::Known;
    use super::*;

    fn workspace(id: &str, plane: Option<&str>) -> Workspace {
        Workspace {
            id: WorkspaceId::new(id),
            display_name: String::new(),
            handle: None,
            data_plane_url: plane.map(str::to_owned),
            servers: ServerPermissions::EMPTY,
        }
    }

    fn believed(known: &KnownDataPlanes, credential: &String, id: &str, now: Timestamp) -> Option<Known> {
        let (list, since) = known.list(credential, now)?;
        list.believed(&WorkspaceId::new(id), since)
    }

    #[test]
    fn a_failure_puts_an_older_list_in_doubt_and_what_was_kept() {
        let (known, ada, grace) = (KnownDataPlanes::new(), "ada".to_owned(), "grace".to_owned());
        let (read, own) = (Timestamp::from_secs(1000), WorkspaceId::new("own"));
        for credential in [&ada, &grace] {
            known.learn(credential.clone(), &[workspace("own", None)], Reach::Plain, read);
        }
        let soon = read.plus(Duration::from_secs(29));
        known.doubt(&ada, Some(&own), soon);
        assert!(believed(&known, &ada, "own", soon).is_some() && !known.is_doubted(&ada, soon), "it is new");
        let later = read.plus(AT_REST);
        known.doubt(&ada, Some(&own), later);
        assert!(believed(&known, &ada, "own", later).is_none() && known.is_doubted(&ada, later));
        assert_eq!(
            known.last(&ada).and_then(|list| list.get(&own)),
            Some(Known::LangSmith),
            "it is not forgotten"
        );
        assert!(believed(&known, &grace, "own", later).is_some() && !known.is_doubted(&grace, later));
        assert!(!known.is_doubted(&ada, later.plus(DOUBTED)));
        known.learn(ada.clone(), &[workspace("own", None)], Reach::Plain, later);
        assert!(believed(&known, &ada, "own", later).is_some(), "it was read once more");
    }

    #[test]
    fn a_list_that_is_hidden_replaces_none_that_was_shown() {
        let (known, ada, now) = (KnownDataPlanes::new(), "ada".to_owned(), Timestamp::from_secs(1000));
        let is_hidden = |now| known.list(&ada, now).is_some_and(|(list, since)| list.is_hidden(since));
        known.learn_hidden(ada.clone(), now);
        assert!(is_hidden(now) && !is_hidden(now.plus(BELIEVED)));
        known.learn(ada.clone(), &[workspace("own", Some("https://dp.example.com"))], Reach::Workspace, now);
        known.learn_hidden(ada.clone(), now);
        assert!(!is_hidden(now));
        assert_eq!(believed(&known, &ada, "own", now), Some(Known::At("https://dp.example.com".to_owned())));
    }
}
