//! Selects one of the two backends: the first one, which every LangSmith had, unless the deployment's flags or an earlier
//! refusal say that it is missing. A backend that answers 404, 405, 410 or 501 counts as possibly missing, in both
//! directions, and the other one is asked. If that one answers, this is remembered for a while.
//!
//! A deployment without `ClickHouse` answers 501 on the first backend (public report: langsmith-sdk pull request 3257).

use std::time::Duration;

use primitives::timed::TimedMap;
use serde::{Deserialize, Serialize};

use super::flags::Flags;
use super::{RunPage, RunQuery};
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

/// How long the offer of a deployment is remembered.
const BELIEVED: Duration = Duration::from_mins(10);

/// The backends that a deployment offers. Nothing in it depends on the caller.
#[derive(Clone, Copy, Debug)]
struct Offer {
    /// The backend to ask first.
    backend: Backend,
    flags: Flags,
}

/// The remembered offer of each deployment, by its root URL: one, or one per workspace with a data plane.
#[derive(Debug)]
pub(crate) struct Offers(TimedMap<String, Offer>);

const NEITHER: &str =
    "answers no query for runs, neither through its first API for that nor through its second one";
const NO_WAY_ON: &str = "does not go on from this cursor any longer: leave cursor out to start anew";

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
        Self(TimedMap::new(BELIEVED))
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
        let offered = self.offer().map_or_else(|| self.said().preferred(), |offer| offer.backend);
        let first = query.cursor.as_ref().map_or(offered, |cursor| cursor.backend);
        match self.runs_of(first, query).await {
            Err(error) if is_elsewhere(&error) && starts(query) => self.instead(query, first, error).await,
            Err(
                UpstreamError::Rejected { status: 405 | 410, .. } | UpstreamError::Server { status: 501 },
            ) => Err(UpstreamError::Unsupported(NO_WAY_ON)),
            answer => answer,
        }
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
        let (offer, other) = (self.offer(), first.other());
        let is_missing = error.is_not_found();
        if is_missing && offer.is_some_and(|offer| offer.flags.lacks(other)) {
            return Err(error);
        }
        let flags = async {
            match offer {
                Some(offer) => offer.flags,
                None => self.query_flags().await,
            }
        };
        let (answer, flags) = tokio::join!(self.runs_of(other, query), flags);
        let is_answered = match &answer {
            Ok(page) => !is_missing || flags.lacks(first) || !page.split()?.runs.is_empty(),
            Err(_) => flags.lacks(first) && !flags.lacks(other),
        };
        let backend = if is_answered { other } else { first };
        let memory = self.memory();
        memory.offers.0.put(self.place().root().to_owned(), Offer { backend, flags }, memory.now());
        match answer {
            Err(second) if is_elsewhere(&second) => Err(neither(&error, &second)),
            answer => answer,
        }
    }

    /// What LangSmith said of itself before the first call. A data plane is asked when it refuses.
    fn said(&self) -> Flags {
        let said = self.memory().flags.get().filter(|_| self.is_at_langsmith());
        said.copied().unwrap_or_default()
    }

    fn offer(&self) -> Option<Offer> {
        self.memory().offers.0.get(&self.place().root().to_owned(), self.memory().now())
    }
}

/// Whether a deployment without this backend may answer so.
fn is_elsewhere(error: &UpstreamError) -> bool {
    use UpstreamError as E;
    matches!(error, E::NotFound { .. } | E::Rejected { status: 405 | 410, .. } | E::Server { status: 501 })
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
