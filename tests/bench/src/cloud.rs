//! The calls of the first table with a distant LangSmith: it answers each request after a fixed delay. So a call's time
//! is mostly that of its requests to LangSmith, and their number matters.

use hyper::Method;
use serde_json::json;
use url::Url;

use crate::calls::{Call, Caller, Target};
use crate::connection::{Connection, Prepared};
use crate::floor::requests_of;
use crate::plan::Plan;
use crate::stats::Rounds;
use crate::systems::{self, Data};
use crate::table::{Section, number};
use crate::work::{Pace, load};
use crate::{Outcome, progress};

/// LangSmith's delay for each request, in milliseconds.
const DELAY: u32 = 20;
const COLUMNS: [&str; 9] = [
    "Call",
    "Ours, requests",
    "Peer, requests",
    "Ours, calls/s",
    "Peer, calls/s",
    "Ratio",
    "Ours, p50 ms",
    "Peer, p50 ms",
    "Ours beyond LangSmith's delay, ms",
];

#[derive(Default)]
struct Side {
    /// The number of requests to LangSmith per call.
    requests: usize,
    rounds: Rounds,
}

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let ours = systems::ours(plan, folder.path(), &double.url, Data::Disk).await?;
    let peer = systems::mcp_peer(plan, folder.path()).await?;
    let targets = [Target::key(&ours.url)?, Target::peer(&peer.url, &double.url, 1).await?];
    let mut results: Vec<(Call, [Side; 2])> = Vec::new();
    for call in Call::ALL {
        let mut sides = [Side::default(), Side::default()];
        for (side, target) in sides.iter_mut().zip(&targets) {
            // The first call may need extra requests.
            Caller::several(target, call, 1).await?;
            side.requests = requests_of(&double.url, Caller::several(target, call, 1)).await?.len();
        }
        results.push((call, sides));
    }
    delay(&double.url).await?;
    for round in plan.rounds() {
        progress(&format!("cloud, {round}"));
        for (call, sides) in &mut results {
            for (side, target) in round.order(sides.iter_mut().zip(&targets).collect()) {
                let workers = Caller::several(target, *call, 1).await?;
                let (_, sample) = load(workers, Pace::Closed, plan.span()).await?;
                if round.counts() {
                    side.rounds.push(sample);
                }
            }
        }
    }
    Ok(section(&results))
}

/// Slows LangSmith down.
async fn delay(double: &Url) -> Outcome {
    let fault = json!({ "kind": { "slow_millis": DELAY } }).to_string();
    let headers = [("content-type", "application/json")];
    let request = Prepared::new(Method::POST, "/_double/faults", &headers, fault)?;
    let (status, _) = Connection::open(double).await?.measure(&request).await?;
    if status.is_success() { Ok(()) } else { Err(format!("the double answered {status}").into()) }
}

fn section(results: &[(Call, [Side; 2])]) -> Section {
    let text = format!(
        "One caller with an API key, and a LangSmith that takes {DELAY} ms for each request. *Requests* are those to \
         LangSmith that a call causes once the server knows the key and the names. *Beyond LangSmith's delay* is what is \
         left of the median when {DELAY} ms for each of these requests are taken off; the timer of the double adds up to a \
         millisecond to each.",
    );
    let mut section = Section::new("/mcp with a LangSmith that is far away", text, &COLUMNS);
    for (call, [ours, peer]) in results {
        let waited = f64::from(DELAY) * f64::from(u32::try_from(ours.requests).unwrap_or(u32::MAX));
        section.row(&[
            call.name().to_owned(),
            ours.requests.to_string(),
            peer.requests.to_string(),
            number(ours.rounds.rate()),
            number(peer.rounds.rate()),
            number(ours.rounds.rate() / peer.rounds.rate()),
            number(ours.rounds.percentile(50)),
            number(peer.rounds.percentile(50)),
            number(ours.rounds.percentile(50) - waited),
        ]);
    }
    section
}
