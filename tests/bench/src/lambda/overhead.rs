//! The cost of a warm invocation beside its upstream call: the runtime, the gateway's events, and all of this project's
//! code. The caller's grant check is cached, so the store is not read.

use std::time::Duration;

use front_door::FrontDoor;
use url::Url;

use super::cast::{Cast, sent, with_key};
use super::question::Question;
use super::subject::{Kind, Subject, end};
use crate::calls::Call;
use crate::connection::Prepared;
use crate::floor::{Direct, requests_of};
use crate::plan::rounds;
use crate::stats::{Rounds, Sample};
use crate::table::{Aim, Section, number};
use crate::work::Work as _;
use crate::{Outcome, clock, progress};

/// Counted rounds.
const ROUNDS: u32 = 5;
/// Counted requests in a round.
const REQUESTS: usize = 200;
/// Uncounted requests before those.
const WARM_UP: usize = 20;
const COLUMNS: [&str; 5] =
    ["Function", "Request", "Invocation, p50 ms", "Upstream alone, p50 ms", "Added, ms (limit <= 0.3)"];

struct Case {
    subject: Subject,
    request: &'static str,
    upstream: Vec<Prepared>,
    invoked: Rounds,
    alone: Rounds,
}

/// The table of this part.
pub(crate) async fn measure(door: &FrontDoor, cast: &Cast) -> Outcome<Section> {
    let mut cases = cases(door, cast).await?;
    for round in rounds(ROUNDS) {
        progress(&format!("overhead, {round}"));
        for case in round.order(cases.iter_mut().collect()) {
            for alone in round.order(vec![true, false]) {
                let (rounds, sample) = if alone {
                    (&mut case.alone, direct(&cast.langsmith, &case.upstream).await?)
                } else {
                    (&mut case.invoked, invoked(&mut case.subject).await?)
                };
                if round.counts() {
                    rounds.push(sample);
                }
            }
        }
    }
    Ok(section(&cases))
}

async fn cases(door: &FrontDoor, cast: &Cast) -> Outcome<Vec<Case>> {
    let mut cases = vec![Case::new(cast, "hello", "any", None).await?];
    for call in [Call::ToolsList, Call::ListProjects] {
        let event = cast.call(door, call).await?;
        let (ours, theirs) = (sent(&event), sent(&with_key(event)));
        for (name, event) in [("mcp", ours), ("FastMCP", theirs)] {
            let question = Question::Call(event, call);
            cases.push(Case::new(cast, name, call.name(), Some(question)).await?);
        }
    }
    Ok(cases)
}

impl Case {
    async fn new(
        cast: &Cast,
        name: &str,
        request: &'static str,
        question: Option<Question>,
    ) -> Outcome<Self> {
        let mut subject = cast.get(name)?.clone();
        subject.question = question.unwrap_or(subject.question);
        let mut instance = subject.start().await?;
        // One request before, so that the caller is known.
        subject.ask(&mut instance).await?;
        let upstream = requests_of(&cast.langsmith, subject.ask(&mut instance)).await?;
        end(instance).await?;
        Ok(Self { subject, request, upstream, invoked: Rounds::default(), alone: Rounds::default() })
    }
}

async fn invoked(subject: &mut Subject) -> Outcome<Sample> {
    let mut instance = subject.start().await?;
    let mut latencies = Vec::with_capacity(WARM_UP + REQUESTS);
    for _ in 0..WARM_UP + REQUESTS {
        latencies.push(subject.ask(&mut instance).await?);
    }
    end(instance).await?;
    Ok(after_warm_up(latencies))
}

async fn direct(langsmith: &Url, requests: &[Prepared]) -> Outcome<Sample> {
    let mut direct = Direct::new(langsmith, requests.to_vec()).await?;
    let mut latencies = Vec::with_capacity(WARM_UP + REQUESTS);
    for _ in 0..WARM_UP + REQUESTS {
        let began = clock::now();
        direct.once().await?;
        latencies.push(began.elapsed());
    }
    Ok(after_warm_up(latencies))
}

fn after_warm_up(mut latencies: Vec<Duration>) -> Sample {
    Sample::new(latencies.split_off(WARM_UP), 0.0)
}

fn section(cases: &[Case]) -> Section {
    let text = "One request at a time to a warm process. *Upstream alone* is this program sending the same requests to \
        LangSmith itself. Added is all the rest: the Runtime API and its client, the gateway's event, the check of the \
        token, and MCP.";
    let mut section = Section::new("Warm invocations", text, &COLUMNS);
    for case in cases {
        let (invoked, alone) = (case.invoked.percentile(50), case.alone.percentile(50));
        let added = invoked - alone;
        section.row(&[
            case.subject.name().to_owned(),
            case.request.to_owned(),
            number(invoked),
            if case.upstream.is_empty() { "none".to_owned() } else { number(alone) },
            if case.subject.kind == Kind::Sdk { Aim::AtMost(0.3).judge(added) } else { number(added) },
        ]);
    }
    section
}
