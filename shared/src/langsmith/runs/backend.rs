//! Which of the two backends answers. The first one does while the endpoint offers it: it is the one that every
//! LangSmith has. Where it is gone and the second one answers, that is remembered for a while.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{RunPage, RunQuery, v1, v2};
use crate::clock::Timestamp;
use crate::langsmith::{Caller, UpstreamError};
use crate::timed::TimedMap;

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

/// How long the first backend is believed to be gone.
const GONE: Duration = Duration::from_mins(10);

/// What is known about the endpoint. It says nothing about any caller.
#[derive(Debug)]
pub(in crate::langsmith) struct Offer(TimedMap<(), ()>);

impl Offer {
    pub(in crate::langsmith) fn new() -> Self {
        Self(TimedMap::new(GONE))
    }

    fn at(&self, now: Timestamp) -> Backend {
        if self.0.get(&(), now).is_some() { Backend::V2 } else { Backend::V1 }
    }
}

impl Caller<'_> {
    /// One page of runs.
    pub async fn runs(&self, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        let offered = self.memory().offer.at(self.memory().now());
        match query.cursor.as_ref().map_or(offered, |cursor| cursor.backend) {
            Backend::V2 => self.second(query).await,
            Backend::V1 => match self.first(query).await {
                Err(error) if is_gone(&error) && starts(query) => self.instead(query, error).await,
                answer => answer,
            },
        }
    }

    async fn first(&self, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        let body = self.post_query(v1::PATH, &v1::Body::from(query)).await?;
        Ok(RunPage { body, backend: Backend::V1, whole: query.trace.is_some() })
    }

    async fn second(&self, query: &RunQuery<'_>) -> Result<RunPage, UpstreamError> {
        let body = self.post_query(v2::PATH, &v2::Body::new(query)?).await?;
        Ok(RunPage { body, backend: Backend::V2, whole: false })
    }

    /// Asks the second backend because the first one looks gone with `error`. A 404 may also mean a project that does not
    /// exist, which the second one answers in the same way, or with no runs: only runs prove that the project is there.
    async fn instead(&self, query: &RunQuery<'_>, error: UpstreamError) -> Result<RunPage, UpstreamError> {
        let page = match self.second(query).await {
            Err(second) if is_gone(&second) => return Err(error),
            answer => answer?,
        };
        if error != UpstreamError::NotFound || !page.split()?.runs.is_empty() {
            self.memory().offer.0.put((), (), self.memory().now());
        }
        Ok(page)
    }
}

/// Whether the answer can be that of an endpoint without the route.
fn is_gone(error: &UpstreamError) -> bool {
    matches!(error, UpstreamError::NotFound | UpstreamError::Rejected { status: 405 | 410, .. })
}

/// Whether the query starts at the beginning. What follows a page of one backend cannot be had from the other.
fn starts(query: &RunQuery<'_>) -> bool {
    query.cursor.as_ref().is_none_or(|cursor| cursor.after.is_none())
}
