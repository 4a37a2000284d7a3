//! `/mcp` compared with the standalone LangSmith MCP server: both answer the same calls from the same double,
//! alternating.

use std::collections::BTreeMap;

use crate::calls::{Call, Caller, Target};
use crate::login::Login;
use crate::plan::Plan;
use crate::stats::{Rounds, median};
use crate::systems::{self, Data, Server};
use crate::table::{Aim, Section, number};
use crate::work::{Pace, load};
use crate::{Outcome, progress};

const CONCURRENCY: [usize; 3] = [1, 16, 64];
const COLUMNS: [&str; 8] = [
    "Call",
    "Callers",
    "Ours, calls/s",
    "Peer, calls/s",
    "Ratio (aim >= 20)",
    "Ours, p99 ms",
    "Peer, p99 ms",
    "Ratio (aim <= 0.1)",
];

/// The answering server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Peer,
    Key,
    Bearer,
}

type Results = BTreeMap<(usize, usize, Side), Rounds>;

struct Contest {
    targets: BTreeMap<Side, Target>,
    ours: Server,
    peer: Server,
    results: Results,
    /// After each counted round, in MiB: ours, the peer's.
    memory: Vec<(f64, f64)>,
}

/// The tables of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Vec<Section>> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let ours = systems::ours(plan, folder.path(), &double.url, Data::Disk).await?;
    let peer = systems::mcp_peer(plan, folder.path()).await?;
    let at_rest = (ours.process.memory()?, peer.process.memory()?);

    let token = Login::register(&ours.url).await?.grant().await?.access_token;
    let most = CONCURRENCY.into_iter().max().unwrap_or_default();
    let targets = BTreeMap::from([
        (Side::Peer, Target::peer(&peer.url, &double.url, most).await?),
        (Side::Key, Target::key(&ours.url)?),
        (Side::Bearer, Target::bearer(&ours.url, &token)?),
    ]);
    let mut contest = Contest { targets, ours, peer, results: Results::new(), memory: Vec::new() };
    contest.run(plan).await?;
    let sections = vec![contest.speed(), contest.memory(at_rest)];
    Ok(sections)
}

impl Contest {
    async fn run(&mut self, plan: &Plan) -> Outcome {
        for round in plan.rounds() {
            for (index, call) in Call::ALL.into_iter().enumerate() {
                for callers in CONCURRENCY {
                    progress(&format!("mcp, {round}: {} by {callers}", call.name()));
                    for side in round.order(sides(call)) {
                        let Some(target) = self.targets.get(&side) else { continue };
                        let workers = Caller::several(target, call, callers).await?;
                        let (_, sample) = load(workers, Pace::Closed, plan.span()).await?;
                        if round.counts() {
                            self.results.entry((index, callers, side)).or_default().push(sample);
                        }
                    }
                }
            }
            if round.counts() {
                self.memory.push((self.ours.process.memory()?, self.peer.process.memory()?));
            }
        }
        Ok(())
    }

    fn speed(&self) -> Section {
        let text = "The peer is `langsmith-mcp-server` under uvicorn, with a session for each caller. Each caller sends its \
            next call as soon as it has the answer to the last one.";
        let mut section = Section::new("/mcp against the standalone MCP server", text, &COLUMNS);
        for (&(index, callers, side), ours) in &self.results {
            let peer = self.results.get(&(index, callers, Side::Peer));
            let (Some(call), Some(peer)) = (Call::ALL.get(index), peer.filter(|_| side != Side::Peer)) else {
                continue;
            };
            let credential = if side == Side::Bearer { "OAuth" } else { "API key" };
            section.row(&[
                format!("{}, {credential}", call.name()),
                callers.to_string(),
                number(ours.rate()),
                number(peer.rate()),
                Aim::AtLeast(20.0).judge(ours.rate() / peer.rate()),
                number(ours.percentile(99)),
                number(peer.percentile(99)),
                Aim::AtMost(0.1).judge(ours.percentile(99) / peer.percentile(99)),
            ]);
        }
        section
    }

    fn memory(&self, at_rest: (f64, f64)) -> Section {
        let text = "Resident memory of the two servers of the table above.";
        let columns = ["When", "Ours, MiB", "Peer, MiB", "Ratio (aim <= 0.2)"];
        let mut section = Section::new("Memory", text, &columns);
        let loaded = (
            median(self.memory.iter().map(|memory| memory.0).collect()),
            median(self.memory.iter().map(|memory| memory.1).collect()),
        );
        for (when, (ours, peer)) in
            [("started, no call yet", at_rest), ("after a round of all calls", loaded)]
        {
            section.row(&[when.to_owned(), number(ours), number(peer), Aim::AtMost(0.2).judge(ours / peer)]);
        }
        section
    }
}

fn sides(call: Call) -> Vec<Side> {
    match call {
        // One call is enough to compare the check of a token with that of a key.
        Call::ListProjects => vec![Side::Peer, Side::Key, Side::Bearer],
        _ => vec![Side::Peer, Side::Key],
    }
}
