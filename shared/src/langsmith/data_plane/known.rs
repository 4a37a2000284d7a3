//! What is remembered of the data planes of a credential's workspaces, by the credential's hash.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::list::{List, Reach, Since};
use crate::clock::Timestamp;
use crate::ids::WorkspaceId;
use crate::langsmith::Workspace;
use crate::timed::TimedMap;

/// How long a list is believed; as long as a good key is.
pub(super) const BELIEVED: Duration = Duration::from_mins(5);
/// How long a list is not read again, whatever happens.
const AT_REST: Duration = Duration::from_secs(30);
/// How long what was kept with a login is not believed, after a data plane failed.
const DOUBTED: Duration = Duration::from_hours(1);

/// What is remembered.
#[derive(Debug)]
pub(in crate::langsmith) struct KnownDataPlanes {
    lists: TimedMap<String, Arc<List>>,
    /// Since when what is known is in doubt.
    doubts: TimedMap<String, Timestamp>,
    /// Whose list could not be read just now.
    rests: TimedMap<String, ()>,
    /// The workspaces that credentials work in when they name none.
    current: TimedMap<String, WorkspaceId>,
    /// Many calls with one credential at once read its list once. Those who wait hold the turn; here it is only found.
    turns: Mutex<BTreeMap<String, Weak<Turn>>>,
}

/// Who holds it reads a credential's list.
pub(super) type Turn = tokio::sync::Mutex<()>;

impl KnownDataPlanes {
    pub(in crate::langsmith) const fn new() -> Self {
        Self {
            lists: TimedMap::new(BELIEVED),
            doubts: TimedMap::new(DOUBTED),
            rests: TimedMap::new(AT_REST),
            current: TimedMap::new(BELIEVED),
            turns: Mutex::new(BTreeMap::new()),
        }
    }

    pub(super) fn current(&self, credential: &String, now: Timestamp) -> Option<WorkspaceId> {
        self.current.get(credential, now)
    }

    pub(super) fn learn_current(&self, credential: String, workspace: WorkspaceId, now: Timestamp) {
        self.current.put(credential, workspace, now);
    }

    /// The turn of a credential.
    pub(super) fn turn(&self, credential: &str) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(credential).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::new(()));
        turns.insert(credential.to_owned(), Arc::downgrade(&turn));
        turn
    }

    /// Adds what LangSmith listed just now to what it listed before.
    pub(super) fn learn(&self, credential: String, found: &[Workspace], reach: Reach, now: Timestamp) {
        self.lists
            .update(credential, now, |last| Arc::new(List::with(last.map(Arc::as_ref), found, reach, now)));
    }

    /// LangSmith does not show the credential its list. `false` if it did before: that stays known.
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

    /// The list, and from which reading on it is believed.
    pub(super) fn list(&self, credential: &String, now: Timestamp) -> Option<(Arc<List>, Since)> {
        let doubt = self.doubts.get(credential, now);
        self.last(credential).map(|list| (list, Since { now, doubt }))
    }

    /// A data plane failed: what is known is looked at once more before the next call, unless it is new.
    pub(super) fn doubt(&self, credential: &String, workspace: Option<&WorkspaceId>, now: Timestamp) {
        let read = self.last(credential).and_then(|list| list.read(workspace));
        if read.is_none_or(|read| now.since(read) >= AT_REST) {
            self.doubts.put(credential.clone(), now, now);
        }
    }

    /// Whether what was kept with the login is in doubt.
    pub(super) fn is_doubted(&self, credential: &String, now: Timestamp) -> bool {
        self.doubts.get(credential, now).is_some()
    }

    /// The list could not be read, and is not to be read for a while where that can be done without.
    pub(super) fn rest(&self, credential: String, now: Timestamp) {
        self.rests.put(credential, (), now);
    }

    /// Whether it could not be read just now.
    pub(super) fn rests(&self, credential: &String, now: Timestamp) -> bool {
        self.rests.get(credential, now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::listed::Known;
    use super::*;

    fn workspace(id: &str, plane: Option<&str>) -> Workspace {
        Workspace {
            id: WorkspaceId::new(id),
            display_name: String::new(),
            handle: None,
            data_plane_url: plane.map(str::to_owned),
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
