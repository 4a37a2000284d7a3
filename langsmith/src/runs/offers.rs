//! Selects one of the two backends: the first one, which every LangSmith had, unless the deployment's flags or an
//! earlier refusal say that it is missing. A backend that answers 404, 405, 410 or 501 counts as possibly missing, in
//! both directions, and the other one is asked. If that one has runs, this is remembered for a while, for everybody. A
//! page without runs proves nothing: the refusal may be about one caller, and the other backend may answer without
//! having a store. Nor does a proof count where the flags contradict: then the refusal was about that request.
//!
//! A deployment without `ClickHouse` answers 501 on the first backend (public report: langsmith-sdk pull request 3257).
//! Its first backend may also answer without runs, so the flags decide what an empty page means.

use std::time::Duration;

use primitives::clock::Timestamp;
use primitives::timed::TimedMap;

use super::flags::Flags;
use super::refusal::{Refusal, is_elsewhere};
use super::{Backend, Order, RunPage, RunQuery};
use crate::names::cache::Kind;
use crate::{UpstreamError, WorkspaceClient};

/// How long the flags and the proofs of a deployment are remembered.
const BELIEVED: Duration = Duration::from_mins(10);

/// The known facts of each deployment, by its root URL: LangSmith itself, or one per workspace with a data plane.
/// Nothing in it depends on the caller.
#[derive(Debug)]
pub(crate) struct Offers {
    flags: TimedMap<String, Flags>,
    /// The backend that had runs when the other one refused.
    proven: TimedMap<String, Backend>,
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
    /// One page of runs. Before runs are reported as ended, or as not found, for a project's cached id, its name is
    /// looked up again. If it means another project by now, a first page is that project's; a cursor belongs to the old
    /// one.
    pub async fn runs(&self, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        let current = self.current(Kind::Project, query.projects);
        let query = &RunQuery { projects: current.as_deref().unwrap_or(query.projects), ..query.clone() };
        let answer = self.offered_runs(query).await;
        let renewed =
            if is_nothing(&answer) { self.renewed(Kind::Project, query.projects).await } else { Ok(None) };
        // The end of a walk is not worth the runs that were read before it.
        let is_end = answer.is_ok() && !starts(query);
        let renewed =
            renewed.or_else(|error| if is_end && !error.is_not_found() { Ok(None) } else { Err(error) });
        match renewed? {
            None if starts(query) => answer,
            None => answer.map_err(on_the_way),
            Some(_) if query.cursor.is_some() => Err(UpstreamError::StaleCursor { detail: String::new() }),
            Some(new) => self.offered_runs(&RunQuery { projects: &new, ..query.clone() }).await,
        }
    }

    /// A page from a backend that the deployment offers.
    async fn offered_runs(&self, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        let first =
            query.cursor.as_ref().map_or_else(|| self.preferred(query.order), |cursor| cursor.backend);
        match self.runs_of(first, query).await {
            Err(error) if is_elsewhere(&error) && starts(query) => self.instead(query, first, error).await,
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
            _ => self.proven(flags).unwrap_or(Backend::V1),
        }
    }

    /// Whether the deployment says that it has only the other backend.
    async fn lacks(&self, backend: Backend) -> bool {
        let flags = self.flags().await;
        flags.lacks(backend) && !flags.lacks(backend.other())
    }

    async fn runs_of(&self, backend: Backend, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        match backend {
            Backend::V1 => {
                let body = self.first_runs(query).await?;
                Ok(RunPage { whole: query.trace.is_some(), ..RunPage::new(backend, body) })
            }
            Backend::V2 => {
                let (body, since) = self.second_runs(query).await?;
                Ok(RunPage { since, ..RunPage::new(backend, body) })
            }
        }
    }

    /// Asks the other backend because `error` suggests that the deployment lacks `first`. A 404 may also mean a project
    /// that does not exist, for which the other backend answers the same, or without runs.
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
        let refusal = Refusal::of(&error, first, flags, self.proven(flags));
        match answer.and_then(readable) {
            Ok(page) if !page.is_empty() => {
                self.prove(other, flags);
                Ok(page)
            }
            Ok(page) => without_runs(page, refusal, error),
            Err(second) => Err(refusal.after_both(error, second)),
        }
    }

    /// The answer to a query that the second backend cannot express, after the first one refused it with `error`. If
    /// that may be about the project, the newest run tells: where there is none, the order does not matter.
    async fn oldest_first(
        &self,
        query: &RunQuery<'_>,
        error: UpstreamError,
    ) -> Result<RunPage, UpstreamError> {
        let flags = self.flags().await;
        let refusal = Refusal::of(&error, Backend::V1, flags, self.proven(flags));
        if refusal == Refusal::Backend {
            return self.runs_of(Backend::V2, query).await;
        }
        let newest_first = RunQuery { order: Order::Desc, limit: 1, ..query.clone() };
        match self.runs_of(Backend::V2, &newest_first).await.and_then(readable) {
            Ok(page) if page.is_empty() => without_runs(page, refusal, error),
            Ok(_) => self.runs_of(Backend::V2, query).await,
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

    /// The backend that is proven, unless the flags say that the deployment has the other one, too.
    fn proven(&self, flags: Flags) -> Option<Backend> {
        let proven = self.memory().offers.proven.get(&self.place().root().to_owned(), self.memory().now())?;
        (!flags.has(proven.other())).then_some(proven)
    }

    /// Remembers that `backend` had runs when the other one refused, unless the flags contradict.
    fn prove(&self, backend: Backend, flags: Flags) {
        if !flags.has(backend.other()) && !flags.lacks(backend) {
            self.memory().offers.proven.put(self.place().root().to_owned(), backend, self.memory().now());
        }
    }
}

/// A page that can be understood: a proxy may answer 200 for any path.
fn readable(page: RunPage) -> Result<RunPage, UpstreamError> {
    let is_readable = page.split().map(drop);
    is_readable.map(|()| page)
}

/// The answer when the other backend has no runs after the first one refused with `error`: a project that the
/// deployment's own backend does not know is not an empty one.
fn without_runs(page: RunPage, refusal: Refusal, error: UpstreamError) -> Result<RunPage, UpstreamError> {
    if refusal == Refusal::Request { Err(error) } else { Ok(page) }
}

/// Whether the query is for a first page. A listing cannot be continued on the other backend.
fn starts(query: &RunQuery<'_>) -> bool {
    query.cursor.as_ref().is_none_or(|cursor| cursor.after.is_none())
}

/// The failure of a page that continues a listing. A backend that is missing by now, or does not know the project any
/// more, cannot go on, and its cursor means nothing to the other one.
fn on_the_way(error: UpstreamError) -> UpstreamError {
    match error {
        UpstreamError::NotFound { detail } | UpstreamError::Rejected { status: 405 | 410, detail } => {
            UpstreamError::StaleCursor { detail }
        }
        UpstreamError::Server { status: 501 } => UpstreamError::StaleCursor { detail: String::new() },
        error => error,
    }
}

fn is_nothing(answer: &Result<RunPage, UpstreamError>) -> bool {
    match answer {
        Ok(page) => page.is_empty(),
        Err(error) => error.is_not_found(),
    }
}
