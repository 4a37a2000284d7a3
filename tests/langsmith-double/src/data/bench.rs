//! An even load for measuring: every run has the same shape and about 2 kB of inputs and outputs.

use std::collections::BTreeMap;

use serde_json::{Map, json};
use time::{Duration, OffsetDateTime};

use super::draft::{Draft, Trace};
use super::people::TEAM_WORKSPACE;
use super::session::ProjectDraft;
use super::traces::step;
use super::world::World;

const RUNS: i32 = 1000;
const OTHER_PROJECTS: i32 = 50;
/// Two of these make the 2 kB of a run.
const TEXT_BYTES: usize = 960;

/// Adds project `bench` and its neighbours.
pub(crate) fn fill(world: &World, now: OffsetDateTime) {
    let runs = (0..RUNS).flat_map(|number| {
        let began = now - Duration::seconds(i64::from(RUNS - number));
        trace(usize::try_from(number).unwrap_or_default(), began).finish(vec![run(number)])
    });
    let runs = runs.collect();
    world.add(project("bench".to_owned(), now), runs);
    for number in 0..OTHER_PROJECTS {
        world.add(
            project(format!("neighbour-{number:02}"), now - Duration::hours(i64::from(number + 1))),
            Vec::new(),
        );
    }
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

fn trace(number: usize, began: OffsetDateTime) -> Trace<'static> {
    Trace {
        workspace: TEAM_WORKSPACE,
        project: "bench",
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
