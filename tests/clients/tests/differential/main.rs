//! The standalone LangSmith MCP server and ours, given the same calls about the same LangSmith: a client that migrates
//! must not notice, except for the reasons in [`differences`].
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test reports by panicking")]

mod arguments;
mod asked;
mod calls;
mod compare;
mod differences;
mod http;
mod pools;
mod requests;
mod retell;
mod speak;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use calls::Call;
use clients::{Program, System};
use differences::DIFFERENCES;
use http::Http;
use local::Environment;
use pools::Pools;
use primitives::clock::{Clock as _, SteppedClock, SystemClock};
use requests::Slice;
use retell::Optional;
use serde_json::json;
use speak::{Answer, Speaker};

/// The number of calls per tool.
const CALLS: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_standalone_server_answers_is_what_we_answer() {
    // A stopped clock: our server's caches never expire, however slow the machine is.
    let clock = Arc::new(SteppedClock::new(SystemClock.now()));
    let system = System::start_in(Environment { clock, ..Environment::default() }).await;
    let mut peer = Program::python("peer", "peer.py").start();
    let peer_url = peer.wait_for(|line| line.starts_with("http://").then(|| line.to_owned())).await;
    let (http, langsmith) = (Http::new(), system.langsmith_url());
    let theirs = Speaker::standalone(&http, &peer_url, langsmith.clone()).await;
    let ours = Speaker::ours(&http, &system.mcp_url());
    let pools = Pools::read(&http, &langsmith).await;
    requests::take(&http, &langsmith).await;
    let (their_tools, our_tools) = (theirs.tools().await, ours.tools().await);
    let names = |tools: &Optional| {
        Answer::new(json!(tools.keys().map(|name| json!({ "id": name })).collect::<Vec<_>>()), false)
    };
    let listing = Call { tool: "tools/list", arguments: json!({}), plain: json!({}) };
    let mut answers = vec![(listing, names(&their_tools), names(&our_tools))];
    for call in calls::random(&pools, &their_tools, CALLS) {
        attribute(&mut answers, requests::take(&http, &langsmith).await);
        let (theirs, ours) = tokio::join!(theirs.call_again(&call), ours.call(call.tool, &call.arguments));
        answers.push((call, theirs, ours));
    }
    attribute(&mut answers, requests::take(&http, &langsmith).await);
    judge(&answers);
    system.stop().await;
}

/// Attaches to the last two answers their requests to LangSmith, and the earlier ones.
fn attribute(answers: &mut [(Call, Answer, Answer)], requests: Slice) {
    let Some(((_, theirs, ours), earlier)) = answers.split_last_mut() else { return };
    (theirs.requests, ours.requests) = (requests.theirs, requests.ours);
    if let Some((_, their_last, our_last)) = earlier.last() {
        (theirs.before, ours.before) = (their_last.by_name(), our_last.by_name());
    }
}

/// The page that documents the differences for users.
const PAGE: &str = include_str!("../../../../docs/tools.md");

#[test]
fn every_difference_is_documented() {
    let section = PAGE.split_once("\n## Differences from the standalone server\n").unwrap().1;
    let told: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("- ")).collect();
    // As a sentence: with a capital and a full stop.
    let sentence = |reason: &str| format!("{}{}.", reason[..1].to_uppercase(), &reason[1..]);
    let named: Vec<String> = DIFFERENCES.iter().map(|difference| sentence(difference.reason)).collect();
    assert_eq!(told, named, "the list in docs/tools.md");
}

fn judge(answers: &[(Call, Answer, Answer)]) {
    let mut used: BTreeMap<&str, usize> =
        DIFFERENCES.iter().map(|difference| (difference.reason, 0)).collect();
    let mut report = String::new();
    let mut successes: BTreeMap<&str, usize> = BTreeMap::new();
    for (call, theirs, ours) in answers {
        if !theirs.is_error() && !ours.is_error() {
            *successes.entry(call.tool).or_default() += 1;
        }
        for found in compare::differences(call, theirs, ours) {
            match DIFFERENCES.iter().find(|difference| (difference.explains)(call, &found, theirs, ours)) {
                Some(difference) => *used.entry(difference.reason).or_default() += 1,
                None => {
                    let _ = writeln!(report, "{} {}\n    {found}", call.tool, call.arguments);
                }
            }
        }
    }
    let asked = answers.iter().flat_map(|(_, theirs, _)| &theirs.requests);
    let versions = asked.filter(|request| request.path == "/info").count();
    assert!(versions <= answers.len(), "theirs asks for the version more than once a call: {versions}");
    assert!(report.is_empty(), "not among the differences that have a reason:\n{report}");
    for tool in calls::TOOLS {
        let enough = if calls::GUIDES.contains(&tool) { 1 } else { 5 };
        assert!(
            successes.get(tool).is_some_and(|count| *count >= enough),
            "{tool} hardly ever succeeds: {successes:?}"
        );
    }
    let unused: Vec<&&str> = used.iter().filter(|(_, count)| **count == 0).map(|(name, _)| name).collect();
    assert!(unused.is_empty(), "no longer different: {unused:?}");
}
