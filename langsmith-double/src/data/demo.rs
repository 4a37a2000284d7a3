//! The demo workspace: a support assistant with conversations, a failing nightly pipeline, a deployed agent, two
//! experiments on a dataset, and Ada's personal workspace.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::draft::{Draft, Trace};
use super::examples::{self, QUESTIONS};
use super::ids::sample_id;
use super::people::{ADA_WORKSPACE, TEAM_WORKSPACE};
use super::run::Run;
use super::session::ProjectDraft;
use super::threads;
use super::traces::{CONVERSATION, answer, research, summary, support};
use super::world::World;

/// Adds the demo's projects, datasets and experiments.
pub(crate) fn fill(world: &World, now: OffsetDateTime) {
    add_support(world, now);
    add_plain(world, now, ("nightly-summaries", TEAM_WORKSPACE), json!({}), 16, summary);
    let deployment =
        json!({"host": {"deployment_id": sample_id("deployment:research-agent")}, "team": "science"});
    add_plain(world, now, ("research-agent", TEAM_WORKSPACE), deployment, 8, research);
    add_plain(world, now, ("empty-project", TEAM_WORKSPACE), json!({}), 0, research);
    add_plain(world, now, ("ada-notes", ADA_WORKSPACE), json!({"private": true}), 6, summary);
    add_experiment(world, now, "support-bot-baseline", 0.5);
    add_experiment(world, now, "support-bot-rerank", 0.75);
    examples::fill(world, now);
    threads::fill(world, now);
}

/// 20 traces: 4 threads of 5 turns, each turn with the history of the conversation.
fn add_support(world: &World, now: OffsetDateTime) {
    let mut runs = Vec::new();
    for number in 0..20 {
        let (thread, at) = (number / CONVERSATION.len(), number % CONVERSATION.len());
        let thread = format!("thread-{}", thread + 1);
        let mut trace =
            trace("support-bot", TEAM_WORKSPACE, number, now - Duration::hours(4 * (20 - hours(number))));
        trace.tags = vec!["production".to_owned(), format!("turn-{}", at + 1)];
        trace.metadata = object(json!({"thread_id": thread, "session_id": thread, "release": "2026.11"}));
        trace.feedback = BTreeMap::from([("helpful".to_owned(), if at % 2 == 0 { 1.0 } else { 0.0 })]);
        let (history, rest) = CONVERSATION.split_at(at);
        let drafts = rest.first().map(|turn| support(turn, history, number)).unwrap_or_default();
        runs.extend(trace.finish(drafts));
    }
    let metadata = json!({"environment": "production"});
    let mut project = project("support-bot", TEAM_WORKSPACE, now - Duration::days(30), metadata);
    project.description = Some("Answers customers in four languages");
    world.add(project, runs);
}

fn add_plain(
    world: &World,
    now: OffsetDateTime,
    (name, workspace): (&str, Uuid),
    metadata: Value,
    traces: usize,
    shape: fn(usize) -> Vec<Draft>,
) {
    let runs = (0..traces).flat_map(|number| {
        let began = now - Duration::hours(6 * (hours(traces) - hours(number)));
        trace(name, workspace, number, began).finish(shape(number))
    });
    let runs: Vec<Run> = runs.collect();
    let age = Duration::days(20 + hours(traces));
    world.add(project(name, workspace, now - age, metadata), runs);
}

fn add_experiment(world: &World, now: OffsetDateTime, name: &str, score: f64) {
    let dataset = sample_id("dataset:support-questions");
    let began = now - Duration::days(2);
    let mut runs = Vec::new();
    for (number, question) in QUESTIONS.iter().enumerate() {
        let mut trace = trace(name, TEAM_WORKSPACE, number, began + Duration::seconds(hours(number)));
        trace.reference_example = Some(sample_id(&format!("example:support-questions:{number}")));
        trace.reference_dataset = Some(dataset);
        trace.feedback = BTreeMap::from([("correctness".to_owned(), score)]);
        runs.extend(trace.finish(answer(question, number)));
    }
    let metadata = json!({"experiment": name, "dataset_version": "latest"});
    let mut project = project(name, TEAM_WORKSPACE, began, metadata);
    project.reference_dataset = Some(dataset);
    world.add(project, runs);
}

fn project(name: &str, workspace: Uuid, started: OffsetDateTime, metadata: Value) -> ProjectDraft {
    ProjectDraft {
        workspace,
        name: name.to_owned(),
        description: None,
        started,
        metadata,
        reference_dataset: None,
    }
}

fn trace(project: &str, workspace: Uuid, number: usize, began: OffsetDateTime) -> Trace<'_> {
    Trace {
        workspace,
        project,
        number,
        began,
        tags: vec!["sample".to_owned()],
        metadata: object(json!({"run_number": number})),
        feedback: BTreeMap::new(),
        reference_example: None,
        reference_dataset: None,
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn hours(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
