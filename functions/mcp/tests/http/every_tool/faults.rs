//! Every tool while LangSmith misbehaves, everywhere and at each single request that the tool makes: the right kind of
//! error without internals, and once LangSmith has recovered the same call succeeds.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::Method;
use langsmith_double::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::common::{assert_every_tool_is_in, question};
use crate::deployment::{Deployment, Need};
use crate::support::Server;

/// A tool, and arguments for reading or writing. The number makes every write unique.
type Case = (&'static str, fn(usize) -> Value);

const CASES: &[Case] = &[
    (
        "get_thread_history",
        |_| json!({"thread_id": "long-chat", "project_name": "conversations", "page_number": 1}),
    ),
    ("list_prompts", |_| json!({"limit": 5})),
    ("get_prompt_by_name", |_| json!({"prompt_name": "support-agent"})),
    (
        "push_prompt",
        |number| json!({"prompt_name": format!("fresh-{number}"), "template": "Hello {name}", "description": "d"}),
    ),
    ("fetch_runs", |_| json!({"project_name": "support-bot", "limit": 3})),
    (
        "list_projects",
        |_| json!({"limit": 3, "more_info": true, "reference_dataset_name": "support-questions"}),
    ),
    ("list_datasets", |_| json!({"limit": 3})),
    ("list_examples", |_| json!({"dataset_name": "support-questions"})),
    ("read_dataset", |_| json!({"dataset_name": "support-questions"})),
    ("read_example", |_| json!({"example_id": question(0)})),
    (
        "create_dataset",
        |number| json!({"dataset_name": format!("fresh-{number}"), "examples": [{"inputs": {"question": "Peru?"}}]}),
    ),
    (
        "update_examples",
        |number| json!({"example_id": question(1), "outputs": {"answer": number.to_string()}}),
    ),
    ("list_experiments", |_| json!({"reference_dataset_name": "support-questions"})),
    ("run_experiment", |number| {
        json!({
            "experiment_name": format!("fresh-{number}"), "dataset_name": "support-questions", "close": true,
            "results": [{"example_id": question(2), "outputs": {"answer": "a"}, "scores": {"correct": true}}],
        })
    }),
    ("get_billing_usage", |_| json!({"starting_on": "2026-10-01", "ending_before": "2026-11-01"})),
    ("list_workspaces", |_| json!({})),
];

const EVERY_FAULT: [FaultKind; 14] = {
    let (mut kinds, mut number) = ([FaultKind::Hang; 14], 0);
    while number < FAULTS.len() {
        kinds[number] = FAULTS[number].0;
        number += 1;
    }
    kinds
};

/// The error that a caller gets: the kind, whether to retry, and when.
type Told = (&'static str, bool, Option<u64>);

/// The faults, and the error for each unless [`EXCEPTIONS`] overrides it.
const FAULTS: [(FaultKind, Told); 14] = [
    (FaultKind::Status(401), ("auth", true, Some(60))),
    (FaultKind::Status(403), ("forbidden", false, None)),
    (FaultKind::Blocked, ("upstream", true, None)),
    (FaultKind::Status(404), ("not_found", false, None)),
    (FaultKind::Status(409), ("invalid", false, None)),
    (FaultKind::Status(422), ("invalid", false, None)),
    (FaultKind::RateLimited { retry_after_secs: Some(30) }, ("rate_limited", true, Some(30))),
    (FaultKind::RateLimited { retry_after_secs: None }, ("rate_limited", true, Some(10))),
    (FaultKind::Status(500), ("upstream", true, None)),
    (FaultKind::Status(503), ("upstream", true, None)),
    (FaultKind::Drop, ("upstream", true, None)),
    (FaultKind::Malformed, ("upstream", false, None)),
    (FaultKind::Oversized(9 * 1024 * 1024), ("upstream", false, None)),
    (FaultKind::Hang, ("upstream", true, None)),
];

/// A case in which a call rightly succeeds nevertheless.
struct Exception {
    tool: &'static str,
    /// The method and a part of the path.
    at: (&'static str, &'static str),
    faults: &'static [FaultKind],
    reason: &'static str,
    /// The deployments to which it applies.
    deployments: fn(Deployment) -> bool,
}

const FOUND: &str = "what /info does not tell is found out by asking for runs";
const ELSEWHERE: &str = "where the first backend looks gone, the second one has the runs";

/// The deployment of these tests: the error for a 401 depends on its origin, so everything is in one place.
fn deployment() -> Deployment {
    Deployment::of_this_run().or_lenient(&[Need::OnePlace])
}

const EVERY: fn(Deployment) -> bool = |_| true;
const WITH_SECOND: fn(Deployment) -> bool = |deployment| deployment.meets(&[Need::SecondApi]);
const WITHOUT_FIRST: fn(Deployment) -> bool = |deployment| !deployment.meets(&[Need::FirstApi]);

const EXCEPTIONS: [Exception; 8] = [
    Exception {
        tool: "get_thread_history",
        at: ("GET", "/info"),
        faults: &EVERY_FAULT,
        reason: FOUND,
        deployments: WITHOUT_FIRST,
    },
    Exception {
        tool: "fetch_runs",
        at: ("GET", "/info"),
        faults: &EVERY_FAULT,
        reason: FOUND,
        deployments: WITHOUT_FIRST,
    },
    Exception {
        tool: "get_thread_history",
        at: ("POST", "/v1/runs/query"),
        faults: &[FaultKind::Status(404)],
        reason: ELSEWHERE,
        deployments: WITH_SECOND,
    },
    Exception {
        tool: "fetch_runs",
        at: ("POST", "/v1/runs/query"),
        faults: &[FaultKind::Status(404)],
        reason: ELSEWHERE,
        deployments: WITH_SECOND,
    },
    Exception {
        tool: "push_prompt",
        at: ("GET", "fresh-0"),
        faults: &[FaultKind::Status(404)],
        reason: "a prompt that is not there yet is created",
        deployments: EVERY,
    },
    Exception {
        tool: "run_experiment",
        at: ("POST", "/runs/batch"),
        faults: &[FaultKind::Status(409)],
        reason: "the ids follow from the experiment and the examples: the runs are there already",
        deployments: EVERY,
    },
    Exception {
        tool: "run_experiment",
        at: ("GET", "/version"),
        faults: &[FaultKind::Status(404)],
        reason: "a dataset without versions is one without examples",
        deployments: EVERY,
    },
    Exception {
        tool: "get_billing_usage",
        at: ("GET", "/workspaces/"),
        faults: &[FaultKind::Status(403), FaultKind::Status(404)],
        reason: "only a name is missing: the figures are shown by id",
        deployments: EVERY,
    },
];

/// After the first write of `run_experiment`, an object that LangSmith refuses may just not be visible there yet, and
/// the same call continues.
const UNDER_WAY: [(&str, &str, u16); 4] = [
    ("POST", "/feedback", 404),
    ("POST", "/feedback", 409),
    ("PATCH", "/sessions/", 409),
    ("GET", "/sessions/", 409),
];
const LATER: Told = ("upstream", true, Some(5));

fn is_under_way(tool: &str, place: &Place, fault: FaultKind) -> bool {
    let is_at = |(method, path, status): &(&str, &str, u16)| {
        *method == place.method && place.path.ends_with(path) && fault == FaultKind::Status(*status)
    };
    tool == "run_experiment" && UNDER_WAY.iter().any(is_at)
}

impl Exception {
    fn is_at(&self, tool: &str, place: &Place) -> bool {
        let (method, path) = self.at;
        (self.deployments)(deployment())
            && self.tool == tool
            && method == place.method
            && place.path.contains(path)
    }
}

/// The time limit of a call with an unanswered request.
const IMPATIENT: Duration = Duration::from_millis(700);
/// Long enough for every attempt, and shorter than the wait that a rate limit demands.
const PATIENT: Duration = Duration::from_secs(20);
/// The time by which a call with an unanswered request must have ended, even on a busy machine.
const LATEST: Duration = Duration::from_secs(5);
/// The maximum size of a failed call's answer, in bytes.
const MAX_TEXT: usize = 1_000;
/// Upstream URLs, credentials and fragments of the faults' bodies.
const SECRET: [&str; 9] =
    ["127.0.0.1", "/api/", "/v2/", "://", "lsv2", "detail", "{\\\"runs", "Internal server", "Invalid token"];
/// Longer than any cache entry lives.
const FORGOTTEN: Duration = Duration::from_mins(11);
/// The number of places tested concurrently: most of the time is spent waiting.
const TOGETHER: usize = 24;

/// A tool with a fault at one place, and its own server.
struct Bench {
    tool: &'static str,
    arguments: fn(usize) -> Value,
    place: Place,
    server: Server,
}

/// One kind of request; an empty method and path mean all requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    method: String,
    /// Without a final id: each call may create its own.
    path: String,
}

/// The requests of an undisturbed call, and the place for all of them at once.
async fn places((tool, arguments): Case) -> Vec<(Case, Place)> {
    let server = Server::needing(&[Need::OnePlace]).await;
    server.call(tool, arguments(0)).await;
    let requests = server.langsmith().requests().into_iter();
    let places = requests.map(|request| Place { method: request.method, path: without_id(&request.path) });
    let places: BTreeSet<Place> = places.chain([Place::default()]).collect();
    places.into_iter().map(|place| ((tool, arguments), place)).collect()
}

/// Tests every fault at one place, and returns what is wrong in words.
async fn complaints(((tool, arguments), place): (Case, Place)) -> Vec<String> {
    let mut bench = Bench { tool, arguments, place, server: Server::needing(&[Need::OnePlace]).await };
    let mut complaints = Vec::new();
    for (number, (fault, told)) in FAULTS.into_iter().enumerate() {
        let exception =
            EXCEPTIONS.iter().find(|known| known.is_at(tool, &bench.place) && known.faults.contains(&fault));
        let told = if is_under_way(tool, &bench.place, fault) { LATER } else { told };
        let expected = exception.map_or(Ok(told), |known| Err(known.reason));
        if let Err(wrong) = bench.disturbed(fault, number, expected).await {
            complaints.push(format!("{tool} {:?} {fault:?}: {wrong}", bench.place));
        }
    }
    complaints
}

impl Bench {
    /// Tests one fault, and then the same call without it.
    async fn disturbed(
        &mut self,
        kind: FaultKind,
        number: usize,
        expected: Result<Told, &str>,
    ) -> Result<(), String> {
        let method = Method::from_bytes(self.place.method.as_bytes()).ok();
        let path_contains = self.place.path.replace("fresh-0", &format!("fresh-{number}"));
        self.server.clock.advance(FORGOTTEN);
        self.server.langsmith().inject(Fault { method, path_contains, kind, times: None });
        let arguments = (self.arguments)(number);
        let hangs = kind == FaultKind::Hang;
        // If the call waits out a timeout, it needs time for the rest.
        self.server.set_budget(if hangs && expected.is_ok() { IMPATIENT } else { PATIENT });
        let call = self.server.call_as("ada", self.tool, arguments.clone());
        let answer = tokio::time::timeout(if hangs { LATEST } else { PATIENT }, call).await;
        let answer = answer.map_err(|_| "the answer does not come in time".to_owned())?;
        self.server.set_budget(PATIENT);
        self.server.langsmith().clear_faults();
        let after = self.server.call_as("ada", self.tool, arguments).await.result();
        judge(&answer.result(), expected)?;
        if after["isError"] != false {
            return Err(format!("never recovers: {after}"));
        }
        Ok(())
    }
}

/// A path ends in at most one id.
fn without_id(path: &str) -> String {
    let (front, last) = path.rsplit_once('/').unwrap();
    if uuid::Uuid::try_parse(last).is_ok() { format!("{front}/") } else { path.to_owned() }
}

fn judge(answer: &Value, expected: Result<Told, &str>) -> Result<(), String> {
    let body = &answer["structuredContent"];
    let (kind, retryable, wait) = match expected {
        Ok(told) => told,
        Err(_) if answer["isError"] == false => return Ok(()),
        Err(reason) => return Err(format!("fails, though {reason}: {body}")),
    };
    let text = answer.to_string();
    if let Some(secret) = SECRET.iter().find(|secret| text.contains(**secret)) {
        return Err(format!("tells {secret:?}: {text}"));
    }
    let expected = (&json!(true), &json!(kind), &json!(retryable), &json!(wait));
    let told = (&answer["isError"], &body["kind"], &body["retryable"], &body["retry_after_seconds"]);
    if told != expected || text.len() > MAX_TEXT {
        return Err(format!("{expected:?} expected: {text}"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tool_tells_what_went_wrong_and_recovers() {
    assert_every_tool_is_in(CASES.iter().map(|(tool, _)| *tool));
    let places = CASES.iter().map(|case| tokio::spawn(places(*case)));
    let places = try_join_all(places).await.unwrap().concat();
    for known in EXCEPTIONS.into_iter().filter(|known| (known.deployments)(deployment())) {
        let used = places.iter().any(|((tool, _), place)| known.is_at(tool, place));
        assert!(used, "no such request: {} {:?}", known.tool, known.at);
    }
    let tasks = stream::iter(places).map(|place| tokio::spawn(complaints(place)));
    let complaints: Vec<Vec<String>> = tasks.buffer_unordered(TOGETHER).try_collect().await.unwrap();
    let complaints = complaints.concat();
    assert!(complaints.is_empty(), "{} cases:\n{}", complaints.len(), complaints.join("\n"));
}
