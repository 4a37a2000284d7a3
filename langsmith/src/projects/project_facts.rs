//! Facts of a project that the lookup of its name reports beside the id: its start and its workspace. The second query
//! API needs both; the first one neither.

use std::time::Duration;

use primitives::ids::WorkspaceId;
use primitives::timed::TimedMap;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::names::cache::{Key, Kind};
use crate::{RequestBudget, UpstreamError, WorkspaceClient};

/// The lifetime of cached facts. They do not change as long as the id exists.
const LIFE: Duration = Duration::from_mins(10);

/// The maximum length of a fact's text, in bytes.
const MAX_TEXT: usize = 64;

/// How much earlier than its project a run may have started. A project may be created by its first run, on arrival: the
/// hosted service accepts runs that began up to 24 hours before (public report: LangChain's
/// langsmith-data-migration-tool, pull request 152).
const BEFORE: time::Duration = time::Duration::DAY;

/// The facts of one project, or the common ones of several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProjectFacts {
    /// A lower bound for the start of any run.
    pub(crate) since: Option<OffsetDateTime>,
    /// The workspace.
    pub(crate) workspace: Option<WorkspaceId>,
}

/// The cached facts, by project.
#[derive(Debug)]
pub(crate) struct KnownProjects(TimedMap<Key, ProjectFacts>);

/// A project in a listing.
#[derive(Deserialize)]
pub(crate) struct FoundProject {
    pub(crate) id: String,
    #[serde(default)]
    start_time: Option<String>,
    #[serde(default)]
    tenant_id: Option<String>,
}

impl KnownProjects {
    pub(crate) fn new() -> Self {
        Self(TimedMap::new(LIFE))
    }
}

impl From<&FoundProject> for ProjectFacts {
    fn from(found: &FoundProject) -> Self {
        let since = found.start_time.as_deref().and_then(parse_time);
        let workspace = found.tenant_id.as_ref().filter(|id| id.len() <= MAX_TEXT);
        Self {
            since: since.and_then(|start| start.checked_sub(BEFORE)).filter(|since| since.year() > 0),
            workspace: workspace.map(WorkspaceId::new),
        }
    }
}

impl ProjectFacts {
    /// The common facts of both: the earlier start, if both are known.
    fn and(self, other: Self) -> Self {
        let since = self.since.zip(other.since).map(|(one, other)| one.min(other));
        Self { since, workspace: self.workspace.or(other.workspace) }
    }
}

impl WorkspaceClient<'_> {
    /// Caches the facts of a listed project.
    pub(crate) fn learn_project(&self, found: &FoundProject) {
        let facts = ProjectFacts::from(found);
        self.memory().projects.0.put(self.key(Kind::Project, &found.id), facts, self.memory().now());
    }

    /// The common facts of these projects. LangSmith is asked once for the uncached ones; facts that it does not report
    /// stay unknown, because no query depends on them.
    pub(crate) async fn facts(&self, ids: &[String]) -> ProjectFacts {
        let known =
            |id: &String| self.memory().projects.0.get(&self.key(Kind::Project, id), self.memory().now());
        let unknown: Vec<&str> = ids.iter().filter(|id| known(id).is_none()).map(String::as_str).collect();
        if !unknown.is_empty()
            && let Ok(found) = self.projects_with(&unknown).await
        {
            for found in &found {
                self.learn_project(found);
            }
        }
        let facts = ids.iter().map(|id| known(id).unwrap_or_default());
        facts.reduce(ProjectFacts::and).unwrap_or_default()
    }

    /// One request without retries: the answer is optional.
    async fn projects_with(&self, ids: &[&str]) -> Result<Vec<FoundProject>, UpstreamError> {
        let limit = ids.len().min(100).to_string();
        let mut query = vec![("limit", limit.as_str()), ("include_stats", "false")];
        query.extend(ids.iter().map(|id| ("id", *id)));
        let once = RequestBudget::new(1);
        self.limited_to(&once).get("/api/v1/sessions", &query).await
    }
}

/// Parses a time of LangSmith's, which usually comes without a zone and means UTC.
fn parse_time(text: &str) -> Option<OffsetDateTime> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let zoned = OffsetDateTime::parse(text, &Rfc3339);
    zoned.or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339)).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn facts(json: &str) -> ProjectFacts {
        ProjectFacts::from(&serde_json::from_str::<FoundProject>(json).unwrap())
    }

    #[test]
    fn a_start_is_read_with_and_without_its_zone() {
        for start in ["2026-11-21T10:00:00.5", "2026-11-21T10:00:00.500000Z", "2026-11-21T12:00:00.5+02:00"] {
            let known = facts(&format!(r#"{{"id":"p","start_time":"{start}","tenant_id":"w"}}"#));
            assert_eq!(known.since, Some(datetime!(2026-11-20 10:00:00.5 UTC)), "{start}");
            assert_eq!(known.workspace, Some(WorkspaceId::new("w")));
        }
        for odd in [r#"{"id":"p"}"#, r#"{"id":"p","start_time":null,"tenant_id":null}"#] {
            assert_eq!(facts(odd), ProjectFacts::default(), "{odd}");
        }
        let long = "x".repeat(MAX_TEXT + 1);
        let long = format!(r#"{{"id":"p","start_time":"{long}","tenant_id":"{long}"}}"#);
        assert_eq!(facts(&long), ProjectFacts::default());
    }

    #[test]
    fn several_projects_begin_with_the_first_one_if_all_are_known() {
        let early = facts(r#"{"id":"p","start_time":"2026-01-02T00:00:00"}"#);
        let late = facts(r#"{"id":"q","start_time":"2026-02-02T00:00:00","tenant_id":"w"}"#);
        let both = late.clone().and(early.clone());
        assert_eq!((both.since, both.workspace), (early.since, late.workspace.clone()));
        assert_eq!(late.and(ProjectFacts::default()).since, None);
    }
}
