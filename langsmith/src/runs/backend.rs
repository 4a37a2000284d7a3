//! Selects one of the two backends: the first one, which every LangSmith had, unless the deployment's flags or an earlier
//! refusal say that it is missing. A backend that answers 404, 405, 410 or 501 counts as possibly missing, in both
//! directions, and the other one is asked. If that one answers, this is remembered for a while, unless the flags
//! contradict: then the refusal was about that request.
//!
//! A deployment without `ClickHouse` answers 501 on the first backend (public report: langsmith-sdk pull request 3257). Its
//! first backend may also answer without runs, so the flags decide what an empty page means.

use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::timed::TimedMap;
use serde::{Deserialize, Serialize};

use super::flags::Flags;
use super::{Order, RunPage, RunQuery};
use crate::names::cache::Kind;
use crate::{UpstreamError, WorkspaceClient};

/// A version of the query API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backend {
    /// `POST /api/v1/runs/query`.
    #[serde(rename = "1")]
    V1,
    /// `POST /v2/runs/query`.
    #[serde(rename = "2")]
    V2,
}

/// How long the flags and the proofs of a deployment are remembered.
const BELIEVED: Duration = Duration::from_mins(10);

/// What is known of each deployment, by its root URL: LangSmith itself, or one per workspace with a data plane. Nothing in
/// it depends on the caller.
#[derive(Debug)]
pub(crate) struct Offers {
    flags: TimedMap<String, Flags>,
    /// The backend that answered when the other one refused.
    proven: TimedMap<String, Backend>,
}

const NEITHER: &str = "supports neither of the two APIs for querying runs";
const NO_WAY_ON: &str = "no longer accepts this cursor: leave cursor out to start again";

impl Backend {
    const fn other(self) -> Self {
        match self {
            Self::V1 => Self::V2,
            Self::V2 => Self::V1,
        }
    }
}

impl Offers {
    pub(crate) fn new() -> Self {
        Self { flags: TimedMap::new(BELIEVED), proven: TimedMap::new(BELIEVED) }
    }

    /// Remembers the flags of the deployment at `root`.
    pub(crate) fn put_flags(&self, root: &str, flags: Flags, now: Timestamp) {
        self.flags.put(root.to_owned(), flags, now);
    }
}

impl WorkspaceClient<'_> {
    /// One page of runs. Before a first page is reported as empty or not found for a project's cached id, its name is
    /// looked up again.
    pub async fn runs(&self, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        let current = self.current(Kind::Project, query.projects);
        let query = &RunQuery { projects: current.as_deref().unwrap_or(query.projects), ..query.clone() };
        let answer = self.offered_runs(query).await;
        if !starts(query) || !is_nothing(&answer) {
            return answer;
        }
        match self.renewed(Kind::Project, query.projects).await? {
            None => answer,
            Some(new) => self.offered_runs(&RunQuery { projects: &new, ..query.clone() }).await,
        }
    }

    /// A page from a backend that the deployment offers.
    async fn offered_runs(&self, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        let first =
            query.cursor.as_ref().map_or_else(|| self.preferred(query.order), |cursor| cursor.backend);
        match self.runs_of(first, query).await {
            Err(error) if is_elsewhere(&error) && starts(query) => self.instead(query, first, error).await,
            Err(
                UpstreamError::Rejected { status: 405 | 410, .. } | UpstreamError::Server { status: 501 },
            ) => Err(UpstreamError::Unsupported(NO_WAY_ON)),
            Ok(page) if page.is_empty() && starts(query) && self.lacks(first).await => {
                self.runs_of(first.other(), query).await
            }
            answer => answer,
        }
    }

    /// The backend to ask first. Only the first one lists runs oldest first.
    fn preferred(&self, order: Order) -> Backend {
        let flags = self.known_flags().unwrap_or_default();
        match (flags.lacks(Backend::V1), flags.lacks(Backend::V2)) {
            (true, false) => Backend::V2,
            (false, true) => Backend::V1,
            _ if order == Order::Asc => Backend::V1,
            _ => self.proven().unwrap_or(Backend::V1),
        }
    }

    /// Whether the deployment says that it has only the other backend.
    async fn lacks(&self, backend: Backend) -> bool {
        let flags = self.flags().await;
        flags.lacks(backend) && !flags.lacks(backend.other())
    }

    async fn runs_of(&self, backend: Backend, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        match backend {
            Backend::V1 => self.first_runs(query).await,
            Backend::V2 => self.second_runs(query).await,
        }
    }

    /// Asks the other backend because `error` suggests that the deployment lacks `first`. A 404 may also mean a project
    /// that does not exist, for which the other backend answers the same, or without runs: only runs, or the
    /// deployment's own flags, prove that the backend is missing.
    async fn instead(
        &self,
        query: &RunQuery<'_>,
        first: Backend,
        error: UpstreamError,
    ) -> Result<RunPage, UpstreamError> {
        let other = first.other();
        if error.is_not_found() && self.known_flags().is_some_and(|flags| flags.lacks(other)) {
            return Err(error);
        }
        if other == Backend::V2 && query.order == Order::Asc {
            return self.oldest_first(query, error).await;
        }
        let (answer, flags) = tokio::join!(self.runs_of(other, query), self.flags());
        let is_missing = flags.lacks(first) || self.proven() == Some(other) || !error.is_not_found();
        match answer.and_then(readable) {
            // A backend that the deployment lacks may still answer, without runs.
            Ok(page) if page.is_empty() && flags.lacks(other) => Err(error),
            Ok(page) if page.is_empty() && !is_missing && flags.has(first) => Err(error),
            Ok(page) => {
                if !flags.has(first) && !flags.lacks(other) && (is_missing || !page.is_empty()) {
                    self.prove(other);
                }
                Ok(page)
            }
            Err(second) if is_elsewhere(&second) => Err(neither(&error, &second)),
            Err(second) if !is_missing && says_nothing(&second) => Err(error),
            Err(second) => Err(second),
        }
    }

    /// The answer to a query that the second backend cannot express, after the first one refused it with `error`. If
    /// that may be about the project, the newest run tells: where there is none, the order does not matter.
    async fn oldest_first(
        &self,
        query: &RunQuery<'_>,
        error: UpstreamError,
    ) -> Result<RunPage, UpstreamError> {
        let is_missing = !error.is_not_found()
            || self.flags().await.lacks(Backend::V1)
            || self.proven() == Some(Backend::V2);
        if is_missing {
            return self.second_runs(query).await;
        }
        let newest_first = RunQuery { order: Order::Desc, limit: 1, ..query.clone() };
        match self.second_runs(&newest_first).await.and_then(readable) {
            Ok(page) if page.is_empty() => Ok(page),
            Ok(_) => self.second_runs(query).await,
            Err(_) => Err(error),
        }
    }

    /// The deployment's flags, read from it unless they are known.
    async fn flags(&self) -> Flags {
        if let Some(flags) = self.known_flags() {
            return flags;
        }
        let Some(flags) = self.query_flags().await else { return Flags::default() };
        self.memory().offers.put_flags(self.place().root(), flags, self.memory().now());
        flags
    }

    fn known_flags(&self) -> Option<Flags> {
        self.memory().offers.flags.get(&self.place().root().to_owned(), self.memory().now())
    }

    fn proven(&self) -> Option<Backend> {
        self.memory().offers.proven.get(&self.place().root().to_owned(), self.memory().now())
    }

    fn prove(&self, backend: Backend) {
        self.memory().offers.proven.put(self.place().root().to_owned(), backend, self.memory().now());
    }
}

/// Whether a deployment without this backend may answer so.
fn is_elsewhere(error: &UpstreamError) -> bool {
    use UpstreamError as E;
    matches!(error, E::NotFound { .. } | E::Rejected { status: 405 | 410, .. } | E::Server { status: 501 })
}

/// A page that can be understood: a proxy may answer 200 for any path.
fn readable(page: RunPage) -> Result<RunPage, UpstreamError> {
    let is_readable = page.split().map(drop);
    is_readable.map(|()| page)
}

/// Whether an error of the backend asked second says nothing about a project that the first one did not find: a proxy may
/// answer for paths that a deployment does not have, and a query may exceed what this backend can do.
fn says_nothing(error: &UpstreamError) -> bool {
    use UpstreamError as E;
    matches!(error, E::Malformed | E::Unauthorized | E::Unsupported(_))
}

/// The error after both backends failed so. A 404 of either may be about the project, and is then the one reported.
fn neither(first: &UpstreamError, second: &UpstreamError) -> UpstreamError {
    let missing = [first, second].into_iter().find(|error| error.is_not_found());
    missing.cloned().unwrap_or(UpstreamError::Unsupported(NEITHER))
}

/// Whether the query is for a first page. A listing cannot be continued on the other backend.
fn starts(query: &RunQuery<'_>) -> bool {
    query.cursor.as_ref().is_none_or(|cursor| cursor.after.is_none())
}

fn is_nothing(answer: &Result<RunPage, UpstreamError>) -> bool {
    match answer {
        Ok(page) => page.is_empty(),
        Err(error) => error.is_not_found(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_404_of_two_refusals_is_about_the_project() {
        let rejected = |status| UpstreamError::Rejected { status, detail: String::new() };
        let gated = UpstreamError::Server { status: 501 };
        for error in [UpstreamError::NOT_FOUND, rejected(405), rejected(410), gated.clone()] {
            assert!(is_elsewhere(&error), "{error}");
            assert_eq!(neither(&error, &UpstreamError::NOT_FOUND), UpstreamError::NOT_FOUND);
            assert_eq!(neither(&UpstreamError::NOT_FOUND, &error), UpstreamError::NOT_FOUND);
        }
        assert_eq!(neither(&gated, &gated), UpstreamError::Unsupported(NEITHER));
        for error in [rejected(400), UpstreamError::Server { status: 500 }, UpstreamError::Forbidden] {
            assert!(!is_elsewhere(&error), "{error}");
        }
    }
}
