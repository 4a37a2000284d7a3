//! Bulk data: project `large` with 10 000 runs, `heavy` with one run of 2 MB among small ones, `heaviest` with one of
//! 10 MB, `odd` with content that trips up readers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::draft::Trace;
use super::ids::sample_id;
use super::moment::{compact, local};
use super::people::TEAM_WORKSPACE;
use super::run::Run;
use super::session::ProjectDraft;
use super::traces::step;
use super::world::World;

const RUNS: usize = 10_000;
/// How many runs of `large` start at the same moment, so that a page can end between them.
const TOGETHER: usize = 4;
const MEGABYTE: usize = 1_000_000;
const LEVELS: usize = 5_000;

/// Adds the projects.
pub(crate) fn fill(world: &World, now: OffsetDateTime) {
    let began = now - Duration::days(20);
    let large = Mold::new("large", began);
    add(world, &large, (0..RUNS).filter_map(|number| large.run_with_text(number)).collect());
    let heavy = Mold::new("heavy", began);
    let outputs = |number| if number == 10 { texts(2 * MEGABYTE) } else { "{}".to_owned() };
    add(world, &heavy, (0..21).filter_map(|number| heavy.cast(number, "{}", &outputs(number))).collect());
    let heaviest = Mold::new("heaviest", began);
    let outputs = |number| if number == 1 { texts(10 * MEGABYTE) } else { "{}".to_owned() };
    add(
        world,
        &heaviest,
        (0..3).filter_map(|number| heaviest.cast(number, "{}", &outputs(number))).collect(),
    );
    let odd = Mold::new("odd", began);
    add(
        world,
        &odd,
        odd_values().iter().enumerate().filter_map(|(at, value)| odd.cast(at, value, value)).collect(),
    );
}

/// An additional run of a project, for [`crate::Handle::add_run`]; `number` tells such runs apart.
pub(crate) fn late(project: &str, number: usize, start: OffsetDateTime) -> Option<Run> {
    let mold = Mold::new(project, start);
    mold.at(RUNS + number, start, &json!({ "late": number }).to_string(), "{}")
}

fn add(world: &World, mold: &Mold<'_>, runs: Vec<Run>) {
    let project = ProjectDraft {
        workspace: TEAM_WORKSPACE,
        name: mold.project.to_owned(),
        description: None,
        started: mold.began,
        metadata: json!({}),
        reference_dataset: None,
    };
    world.add(project, runs);
}

/// A template for root runs of one project that differ in id, time and content.
struct Mold<'a> {
    project: &'a str,
    began: OffsetDateTime,
    /// The fields that the runs have in common.
    form: Option<Run>,
}

impl<'a> Mold<'a> {
    fn new(project: &'a str, began: OffsetDateTime) -> Self {
        let trace = Trace {
            workspace: TEAM_WORKSPACE,
            project,
            number: usize::MAX,
            began,
            tags: vec!["bulk".to_owned()],
            metadata: Map::from_iter([("release".to_owned(), json!("2026.11"))]),
            feedback: BTreeMap::new(),
            reference_example: None,
            reference_dataset: None,
        };
        let form = trace.finish(vec![step("Step", "chain", None, (0, 250), Value::Null, Value::Null)]).pop();
        Self { project, began, form }
    }

    /// A run with a text whose length depends on its number.
    fn run_with_text(&self, number: usize) -> Option<Run> {
        let text = "Wörter, 言葉 und 🙂\n".repeat(number % 23);
        let inputs = json!({ "number": number, "text": text }).to_string();
        self.at(number, self.began + seconds(number / TOGETHER), &inputs, "{}")
    }

    /// A run with these inputs and outputs.
    fn cast(&self, number: usize, inputs: &str, outputs: &str) -> Option<Run> {
        self.at(number, self.began + seconds(number), inputs, outputs)
    }

    fn at(&self, number: usize, start: OffsetDateTime, inputs: &str, outputs: &str) -> Option<Run> {
        let id = sample_id(&format!("run:{}:{number}:0", self.project));
        let end = start + Duration::milliseconds(250);
        let mut run = self.form.clone()?;
        (run.facts.id, run.facts.trace, run.facts.start, run.facts.end) = (id, id, start, end);
        for (column, value) in [
            ("id", json!(id)),
            ("trace_id", json!(id)),
            ("start_time", json!(local(start))),
            ("end_time", json!(local(end))),
            ("dotted_order", json!(format!("{}{id}", compact(start)))),
        ] {
            run.set(column, &value.to_string());
        }
        run.set("inputs", inputs);
        run.set("outputs", outputs);
        Some(run)
    }
}

fn seconds(count: usize) -> Duration {
    Duration::seconds(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A JSON object of texts, about this many bytes in all.
fn texts(bytes: usize) -> String {
    let line = "\\\"Zeile\\\"\\n und noch eine, 言葉 \\ud83d\\ude42 \\u00e9";
    let text = line.repeat(2_000 / line.len());
    let member = |number: usize| format!("\"text {number}\":[\"{text}\",{number},null]");
    let count = bytes / member(0).len() + 1;
    format!("{{{}}}", (0..count).map(member).collect::<Vec<_>>().join(","))
}

/// Valid JSON that some readers do not expect.
fn odd_values() -> Vec<String> {
    let deep = format!("{}1{}", "[".repeat(LEVELS), "]".repeat(LEVELS));
    let deep_objects = format!("{}1{}", "{\"a\":".repeat(LEVELS), "}".repeat(LEVELS));
    let members: Vec<String> = (0..20_000).map(|number| format!("\"{number}\":{number}")).collect();
    vec![
        format!("{{\"deep\":{deep}}}"),
        format!("{{\"deep\":{deep_objects}}}"),
        "{\"nul\":\"a\\u0000b\",\"\\u0000\":1}".to_owned(),
        "{\"half\":\"\\ud83d and \\ude00\",\"\\udc00\":2}".to_owned(),
        json!({"עברית": "שלום", "combining": "e\u{301}", "separators": "\u{2028}\u{feff}", "flag": "🇺🇳👩‍👩‍👧"})
            .to_string(),
        "{\"number\":123456789012345678901234567890.5,\"zero\":-0.0,\"small\":1e-300}".to_owned(),
        format!("{{\"{}\":1}}", "key".repeat(20_000)),
        format!("{{{}}}", members.join(",")),
        format!("{{\"quotes\":\"{}\"}}", "\\\"".repeat(30_000)),
    ]
}
