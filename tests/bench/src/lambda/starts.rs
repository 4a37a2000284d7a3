//! Starts, the first request after each, and the following ones.

use super::Plan;
use super::cast::Cast;
use super::subject::{Kind, Subject, end};
use crate::plan::rounds;
use crate::process::memory;
use crate::stats::{Sample, median};
use crate::table::{Aim, Section, number};
use crate::{Outcome, progress};

/// Requests to each process.
const REQUESTS: usize = 100;
const COLUMNS: [&str; 11] = [
    "Function",
    "Init, min ms",
    "median",
    "max",
    "Ratio to hello",
    "Limit",
    "First request, ms",
    "Warm, ms",
    "Ratio (limit <= 3)",
    "RSS after 100, MB",
    "Limit",
];

/// Measurements of one program's processes.
#[derive(Debug, Default)]
struct Lives {
    init: Vec<f64>,
    first: Vec<f64>,
    warm: Vec<f64>,
    memory: Vec<f64>,
}

/// The table of this part.
pub(crate) async fn measure(plan: &Plan, cast: &mut Cast) -> Outcome<Section> {
    let mut lives: Vec<Lives> = cast.subjects.iter().map(|_| Lives::default()).collect();
    for round in rounds(plan.starts) {
        progress(&format!("starts, {round}"));
        for (subject, lives) in round.order(cast.subjects.iter_mut().zip(&mut lives).collect()) {
            let life = live(subject).await?;
            if round.counts() {
                lives.init.push(life.init);
                lives.first.push(life.first);
                lives.warm.push(life.warm);
                lives.memory.push(life.memory);
            }
        }
    }
    Ok(section(&cast.subjects, &lives))
}

struct Life {
    init: f64,
    first: f64,
    warm: f64,
    memory: f64,
}

async fn live(subject: &mut Subject) -> Outcome<Life> {
    let mut instance = subject.start().await?;
    let init = instance.init().as_secs_f64() * 1e3;
    let first = subject.ask(&mut instance).await?.as_secs_f64() * 1e3;
    let mut warm = Vec::with_capacity(REQUESTS);
    for _ in 1..REQUESTS {
        warm.push(subject.ask(&mut instance).await?);
    }
    // MiB to MB.
    let memory = memory(instance.process(), "VmRSS:")? * 1.048_576;
    end(instance).await?;
    Ok(Life { init, first, warm: Sample::new(warm, 0.0).percentile(50), memory })
}

fn section(subjects: &[Subject], lives: &[Lives]) -> Section {
    let text = "*Init* is from the start of the process to its first question for an event. The requests: the metadata \
        document, a registration, the login page, a refresh, the check of a token, `list_projects`, a run of the janitor \
        that finds nothing to do. All calls of DynamoDB, Secrets Manager and LangSmith are in the times. *FastMCP* is \
        `list_projects` in Python, compiled already and without any login.";
    let mut section = Section::new("Starts and requests", text, &COLUMNS);
    let rows = || subjects.iter().zip(lives);
    let hello = rows().find(|(subject, _)| subject.kind == Kind::Hello);
    let hello = hello.map_or(f64::NAN, |(_, lives)| median(lives.init.clone()));
    for (subject, lives) in rows() {
        let init = median(lives.init.clone());
        let (first, warm) = (median(lives.first.clone()), median(lives.warm.clone()));
        let memory = median(lives.memory.clone());
        let ((init_limit, ratio), (memory_limit, memory)) = match limits(subject.kind) {
            Some((init_limit, memory_limit)) => {
                (judged(init_limit, init / hello), judged(memory_limit, memory))
            }
            None => (plain(init / hello), plain(memory)),
        };
        let slower = match limits(subject.kind) {
            Some(_) => Aim::AtMost(3.0).judge(first / warm),
            None => number(first / warm),
        };
        section.row(&[
            subject.name().to_owned(),
            number(lives.init.iter().copied().fold(f64::NAN, f64::min)),
            number(init),
            number(lives.init.iter().copied().fold(f64::NAN, f64::max)),
            ratio,
            init_limit,
            number(first),
            number(warm),
            slower,
            memory,
            memory_limit,
        ]);
    }
    section
}

/// The limits: the ratio of its init time to that of hello, and its memory in MB.
const fn limits(kind: Kind) -> Option<(f64, f64)> {
    match kind {
        Kind::Lean => Some((1.3, 12.0)),
        Kind::Sdk => Some((6.0, 24.0)),
        Kind::Hello | Kind::Peer => None,
    }
}

fn judged(limit: f64, value: f64) -> (String, String) {
    (format!("<= {limit}"), Aim::AtMost(limit).judge(value))
}

fn plain(value: f64) -> (String, String) {
    (String::new(), number(value))
}
