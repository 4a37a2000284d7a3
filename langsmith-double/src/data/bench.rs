//! A uniform load for measurements: every run has the same shape and about 2 kB of inputs and outputs.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::draft::{Draft, Trace};
use super::people::TEAM_WORKSPACE;
use super::session::ProjectDraft;
use super::traces::step;
use super::world::World;

const RUNS: i32 = 1000;
/// The number of runs in the thread.
const TURNS: i32 = 100;
const EXAMPLES: usize = 100;
/// A hundred of these make a page of 5 MB.
const HEAVY_BYTES: usize = 48_000;
const OTHER_PROJECTS: i32 = 50;
/// Two of these make the 2 kB of a run.
const TEXT_BYTES: usize = 960;

/// Adds project `bench` and its neighbours, a thread and a dataset.
pub(crate) fn fill(world: &World, now: OffsetDateTime) {
    let runs = (0..RUNS).flat_map(|number| {
        let began = now - Duration::seconds(i64::from(RUNS - number));
        trace("bench", usize::try_from(number).unwrap_or_default(), began).finish(vec![run(number)])
    });
    let runs = runs.collect();
    world.add(project("bench".to_owned(), now), runs);
    thread(world, now);
    heavy(world, now);
    examples(world, now);
    for number in 0..OTHER_PROJECTS {
        world.add(
            project(format!("neighbour-{number:02}"), now - Duration::hours(i64::from(number + 1))),
            Vec::new(),
        );
    }
}

/// A thread whose model calls do not repeat earlier messages.
fn thread(world: &World, now: OffsetDateTime) {
    let runs = (0..TURNS).flat_map(|number| {
        let began = now - Duration::seconds(i64::from(TURNS - number));
        let mut trace = trace("bench-thread", usize::try_from(number).unwrap_or_default(), began);
        trace.metadata.insert("thread_id".to_owned(), "bench-thread".into());
        trace.finish(vec![run(number)])
    });
    let runs = runs.collect();
    world.add(project("bench-thread".to_owned(), now - Duration::minutes(1)), runs);
}

/// Runs for a page of 5 MB.
fn heavy(world: &World, now: OffsetDateTime) {
    let text = "answer ".repeat(HEAVY_BYTES / 7);
    let runs = (0..100).flat_map(|number| {
        let began = now - Duration::seconds(i64::from(100 - number));
        let outputs = json!({"choices": [{"message": {"role": "assistant", "content": text}}]});
        let run = Draft { outputs, ..run(number) };
        trace("bench-heavy", usize::try_from(number).unwrap_or_default(), began).finish(vec![run])
    });
    let runs = runs.collect();
    world.add(project("bench-heavy".to_owned(), now - Duration::minutes(2)), runs);
}

fn examples(world: &World, now: OffsetDateTime) {
    let dataset = super::examples::dataset("bench", "Examples of about 1 kB", now);
    let (question, answer) = ("question ".repeat(TEXT_BYTES / 18), "answer ".repeat(TEXT_BYTES / 14));
    let json = |value: Value| RawValue::from_string(value.to_string()).unwrap_or_default();
    let examples = (0..EXAMPLES).map(|number| {
        let inputs = json(json!({ "question": format!("{number}: {question}") }));
        let outputs = json(json!({ "answer": answer }));
        super::examples::example(&dataset, number, now, (inputs, outputs), json!({"dataset_split": ["base"]}))
    });
    let examples = examples.collect();
    super::examples::add(world, dataset, examples);
}

fn run(number: i32) -> Draft {
    let text = |word: &str| word.repeat(TEXT_BYTES / word.len());
    let inputs =
        json!({"messages": [{"role": "user", "content": format!("{number}: {}", text("question "))}]});
    let outputs = json!({"choices": [{"message": {"role": "assistant", "content": text("answer ")}}]});
    Draft {
        prompt_tokens: 240,
        completion_tokens: 160,
        ..step("ChatModel", "llm", None, (0, 800), inputs, outputs)
    }
}

fn trace(project: &'static str, number: usize, began: OffsetDateTime) -> Trace<'static> {
    Trace {
        workspace: TEAM_WORKSPACE,
        project,
        number,
        began,
        tags: vec!["bench".to_owned()],
        metadata: Map::new(),
        feedback: BTreeMap::new(),
        reference_example: None,
        reference_dataset: None,
    }
}

fn project(name: String, started: OffsetDateTime) -> ProjectDraft {
    ProjectDraft {
        workspace: TEAM_WORKSPACE,
        name,
        description: None,
        started,
        metadata: json!({}),
        reference_dataset: None,
    }
}
