//! The standalone LangSmith MCP server and ours, asked the same things about the same LangSmith: a client that moves over
//! must not notice, except where [`differences`] says why it should.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test reports by panicking")]

mod arguments;
mod calls;
mod compare;
mod differences;
mod pools;
mod speak;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use calls::Call;
use clients::{Program, System};
use differences::DIFFERENCES;
use futures_util::{StreamExt, stream};
use pools::Pools;
use speak::{Answer, Speaker};

/// Calls a tool.
const CALLS: usize = 40;
/// Calls at a time, so that both servers are busy and the test is short.
const TOGETHER: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_standalone_server_answers_is_what_we_answer() {
    let system = System::start().await;
    let mut peer = Program::python("peer", "peer.py").start();
    let peer_url = peer.wait_for(|line| line.starts_with("http://").then(|| line.to_owned())).await;
    let theirs = Speaker::standalone(&peer_url, system.langsmith_url()).await;
    let ours = Speaker::ours(&system.mcp_url());
    assert_eq!(theirs.tools().await, ours.tools().await, "the same tools");
    let pools = Pools::read(system.langsmith_url()).await;
    let calls = calls::random(&pools, CALLS);
    let answers: Vec<(Call, Answer, Answer)> = stream::iter(calls)
        .map(|call| async {
            let (theirs, ours) = tokio::join!(theirs.call(&call), ours.call(&call));
            (call, theirs, ours)
        })
        .buffer_unordered(TOGETHER)
        .collect()
        .await;
    judge(&answers);
    system.stop().await;
}

/// What users are told about the differences.
const PAGE: &str = include_str!("../../../../docs/tools.md");

#[test]
fn every_difference_is_documented() {
    for difference in DIFFERENCES {
        // As a sentence: with a capital and a full stop.
        let (first, rest) = difference.reason.split_at(1);
        let sentence = format!("- {}{rest}.\n", first.to_uppercase());
        assert!(PAGE.contains(&sentence), "docs/tools.md lacks: {sentence}");
    }
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
        for found in compare::differences(theirs, ours) {
            match DIFFERENCES.iter().find(|difference| (difference.explains)(call, &found, theirs, ours)) {
                Some(difference) => *used.entry(difference.reason).or_default() += 1,
                None => {
                    let _ = writeln!(report, "{} {}\n    {found}", call.tool, call.arguments);
                }
            }
        }
    }
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
