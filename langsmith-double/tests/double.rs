//! The double over HTTP: the behaviour that other tests rely on when they use it as LangSmith.

#![expect(clippy::disallowed_methods, reason = "a plain HTTP client against our own loopback server")]
#![expect(clippy::expect_used, reason = "a failed step of a test is a failed test")]
#![expect(clippy::indexing_slicing, reason = "indexing a JSON value gives null for what is not there")]

#[path = "double/agent_deployments.rs"]
mod agent_deployments;
#[path = "double/auth.rs"]
mod auth;
#[path = "double/catalog.rs"]
mod catalog;
#[path = "double/client.rs"]
mod client;
#[path = "double/comparisons.rs"]
mod comparisons;
#[path = "double/datasets.rs"]
mod datasets;
#[path = "double/deletions.rs"]
mod deletions;
#[path = "double/examples.rs"]
mod examples;
#[path = "double/faults.rs"]
mod faults;
#[path = "double/filters.rs"]
mod filters;
#[path = "double/form.rs"]
mod form;
#[path = "double/ingestion.rs"]
mod ingestion;
#[path = "double/judgements.rs"]
mod judgements;
#[path = "double/login.rs"]
mod login;
#[path = "double/modes.rs"]
mod modes;
#[path = "double/oauth.rs"]
mod oauth;
#[path = "double/oauth_ends.rs"]
mod oauth_ends;
#[path = "double/prompts.rs"]
mod prompts;
#[path = "double/runs.rs"]
mod runs;
#[path = "double/runs_v2.rs"]
mod runs_v2;
#[path = "double/service.rs"]
mod service;
#[path = "double/sharing.rs"]
mod sharing;
#[path = "double/sources.rs"]
mod sources;
#[path = "double/threads.rs"]
mod threads;
#[path = "double/tracing.rs"]
mod tracing;
#[path = "double/uploads.rs"]
mod uploads;
#[path = "double/usage.rs"]
mod usage;
#[path = "double/versions.rs"]
mod versions;
