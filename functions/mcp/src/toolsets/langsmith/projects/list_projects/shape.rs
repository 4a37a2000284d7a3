//! The two shapes of a project, with their members in the order that clients of the older server know.

use langsmith::Project;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::deployment;
use crate::toolset::iso;

/// A project with its name and ids only.
#[derive(Serialize)]
pub(super) struct Simple<'a> {
    name: Option<&'a str>,
    project_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_deployment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl<'a> From<(&'a Project, Option<String>)> for Simple<'a> {
    fn from((project, url): (&'a Project, Option<String>)) -> Self {
        Self {
            name: project.name.as_deref(),
            project_id: &project.id,
            agent_deployment_id: deployment::of(project),
            url,
        }
    }
}

type Raw<'a> = Option<&'a RawValue>;

/// A project with all its members.
#[derive(Serialize)]
pub(super) struct Full<'a> {
    id: &'a str,
    start_time: Option<String>,
    end_time: Option<String>,
    description: Option<&'a str>,
    name: Option<&'a str>,
    extra: Raw<'a>,
    tenant_id: Option<&'a str>,
    reference_dataset_id: Option<&'a str>,
    run_count: Raw<'a>,
    latency_p50: Option<Seconds>,
    latency_p99: Option<Seconds>,
    total_tokens: Raw<'a>,
    prompt_tokens: Raw<'a>,
    completion_tokens: Raw<'a>,
    last_run_start_time: Option<&'a str>,
    feedback_stats: Raw<'a>,
    session_feedback_stats: Raw<'a>,
    run_facets: Raw<'a>,
    total_cost: Option<Cost<'a>>,
    prompt_cost: Option<Cost<'a>>,
    completion_cost: Option<Cost<'a>>,
    first_token_p50: Option<Seconds>,
    first_token_p99: Option<Seconds>,
    error_rate: Raw<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl<'a> From<(&'a Project, Option<String>)> for Full<'a> {
    fn from((project, url): (&'a Project, Option<String>)) -> Self {
        Self {
            id: &project.id,
            start_time: project.start_time.as_deref().map(|time| iso::in_utc(time, "Z")),
            end_time: project.end_time.clone(),
            description: project.description.as_deref(),
            name: project.name.as_deref(),
            extra: project.extra.as_deref(),
            tenant_id: project.tenant_id.as_deref(),
            reference_dataset_id: project.reference_dataset_id.as_deref(),
            run_count: project.run_count.as_deref(),
            latency_p50: project.latency_p50.map(Seconds),
            latency_p99: project.latency_p99.map(Seconds),
            total_tokens: project.total_tokens.as_deref(),
            prompt_tokens: project.prompt_tokens.as_deref(),
            completion_tokens: project.completion_tokens.as_deref(),
            last_run_start_time: project.last_run_start_time.as_deref(),
            feedback_stats: project.feedback_stats.as_deref(),
            session_feedback_stats: project.session_feedback_stats.as_deref(),
            run_facets: project.run_facets.as_deref(),
            total_cost: project.total_cost.as_deref().map(Cost),
            prompt_cost: project.prompt_cost.as_deref().map(Cost),
            completion_cost: project.completion_cost.as_deref().map(Cost),
            first_token_p50: project.first_token_p50.map(Seconds),
            first_token_p99: project.first_token_p99.map(Seconds),
            error_rate: project.error_rate.as_deref(),
            url,
        }
    }
}

/// A duration, written in ISO 8601.
struct Seconds(f64);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&iso::duration(self.0))
    }
}

/// A decimal, written as text so that no reader rounds it.
struct Cost<'a>(&'a RawValue);

impl Serialize for Cost<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.get().starts_with('"') {
            self.0.serialize(serializer)
        } else {
            serializer.serialize_str(self.0.get())
        }
    }
}
