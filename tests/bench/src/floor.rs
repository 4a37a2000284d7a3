//! The overhead of this server: the load client sends the same upstream requests itself.

use hyper::Method;
use serde::Deserialize;
use url::Url;

use crate::calls::{Call, Caller, Target};
use crate::connection::{Connection, Prepared};
use crate::login::API_KEY;
use crate::plan::Plan;
use crate::stats::Rounds;
use crate::systems::{self, Data};
use crate::table::{Aim, Section, number};
use crate::work::{Pace, Work, load};
use crate::{Outcome, progress};

const CALLERS: usize = 16;
const COLUMNS: [&str; 9] = [
    "Call",
    "Load",
    "Direct, p50 ms",
    "Ours, p50 ms",
    "Added, ms (aim <= 0.3)",
    "Ratio, p50, closed (aim <= 3 for runs)",
    "Direct, p99 ms",
    "Ours, p99 ms",
    "Ratio, p99 (aim <= 1.3)",
];

/// The upstream request of a call, as the double recorded it.
#[derive(Debug, Deserialize)]
struct Recorded {
    method: String,
    path: String,
    query: String,
    body: String,
}

/// A worker that calls LangSmith directly.
pub(crate) struct Direct {
    connection: Connection,
    requests: Vec<Prepared>,
}

impl Direct {
    /// A worker that sends these requests in sequence.
    pub(crate) async fn new(double: &Url, requests: Vec<Prepared>) -> Outcome<Self> {
        Ok(Self { connection: Connection::open(double).await?, requests })
    }
}

impl Work for Direct {
    async fn once(&mut self) -> Outcome {
        for request in &self.requests {
            let (status, _) = self.connection.measure(request).await?;
            if !status.is_success() {
                return Err(format!("the double answered {status}").into());
            }
        }
        Ok(())
    }
}

struct Case {
    call: Call,
    pace: Pace,
    requests: Vec<Prepared>,
    direct: Rounds,
    ours: Rounds,
}

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let ours = systems::ours(plan, folder.path(), &double.url, Data::Disk).await?;
    let target = Target::key(&ours.url)?;
    let mut cases = cases(&target, &double.url).await?;
    for round in plan.rounds() {
        progress(&format!("floor, {round}"));
        for case in &mut cases {
            for direct in round.order(vec![true, false]) {
                let (rounds, sample) = if direct {
                    let workers = direct_workers(&double.url, &case.requests).await?;
                    (&mut case.direct, load(workers, case.pace, plan.span()).await?.1)
                } else {
                    let workers = Caller::several(&target, case.call, CALLERS).await?;
                    (&mut case.ours, load(workers, case.pace, plan.span()).await?.1)
                };
                if round.counts() {
                    rounds.push(sample);
                }
            }
        }
    }
    Ok(section(&cases))
}

async fn cases(target: &Target, double: &Url) -> Outcome<Vec<Case>> {
    let paces = [
        (Call::ListProjects, [Pace::Closed, Pace::PerSecond(500)]),
        (Call::FetchRuns, [Pace::Closed, Pace::PerSecond(50)]),
    ];
    let mut cases = Vec::new();
    for (call, paces) in paces {
        let requests = upstream_requests(target, double, call).await?;
        for pace in paces {
            let requests = requests.clone();
            cases.push(Case { call, pace, requests, direct: Rounds::default(), ours: Rounds::default() });
        }
    }
    Ok(cases)
}

/// The upstream requests of one call, once the server knows the key.
async fn upstream_requests(target: &Target, double: &Url, call: Call) -> Outcome<Vec<Prepared>> {
    Caller::several(target, call, 1).await?;
    let requests = requests_of(double, Caller::several(target, call, 1)).await?;
    if requests.is_empty() {
        return Err(format!("{} asks LangSmith nothing", call.name()).into());
    }
    Ok(requests)
}

/// The requests to LangSmith that some work causes.
pub(crate) async fn requests_of<T>(
    double: &Url,
    work: impl Future<Output = Outcome<T>>,
) -> Outcome<Vec<Prepared>> {
    let log = |method| Prepared::new(method, "/_double/requests", &[], "");
    let mut connection = Connection::open(double).await?;
    connection.send(&log(Method::DELETE)?).await?;
    work.await?;
    let recorded: Vec<Recorded> = serde_json::from_slice(&connection.send(&log(Method::GET)?).await?.body)?;
    recorded.into_iter().map(prepare).collect()
}

fn prepare(recorded: Recorded) -> Outcome<Prepared> {
    let target = match recorded.query.as_str() {
        "" => recorded.path,
        query => format!("{}?{query}", recorded.path),
    };
    let headers =
        [("x-api-key", API_KEY), ("content-type", "application/json"), ("accept", "application/json")];
    Prepared::new(Method::from_bytes(recorded.method.as_bytes())?, &target, &headers, recorded.body)
}

async fn direct_workers(double: &Url, requests: &[Prepared]) -> Outcome<Vec<Direct>> {
    let mut workers = Vec::with_capacity(CALLERS);
    for _ in 0..CALLERS {
        workers.push(Direct::new(double, requests.to_vec()).await?);
    }
    Ok(workers)
}

fn section(cases: &[Case]) -> Section {
    let text = format!(
        "{CALLERS} callers. *Direct* is the load client sending the same upstream requests to the double itself, as the \
         double noted them when this server sent them. *Closed*: each caller asks again at once, so the processors are \
         full and every microsecond of work of this server is a wait for all callers. *Paced*: calls start at fixed \
         times, at a rate that leaves the processors idle in between.",
    );
    let mut section = Section::new("/mcp against its floor", text, &COLUMNS);
    for case in cases {
        let pace = match case.pace {
            Pace::Closed => "closed".to_owned(),
            Pace::PerSecond(rate) => format!("paced, {rate}/s"),
        };
        let p50 = (case.direct.percentile(50), case.ours.percentile(50));
        let p99 = (case.direct.percentile(99), case.ours.percentile(99));
        section.row(&[
            case.call.name().to_owned(),
            pace,
            number(p50.0),
            number(p50.1),
            Aim::AtMost(0.3).judge(p50.1 - p50.0),
            closed_ratio(case.call, case.pace, p50.1 / p50.0),
            number(p99.0),
            number(p99.1),
            Aim::AtMost(1.3).judge(p99.1 / p99.0),
        ]);
    }
    section
}

/// The ratio of a call's time to that of the direct request when the processors are saturated. The call that copies
/// most has a target.
fn closed_ratio(call: Call, pace: Pace, ratio: f64) -> String {
    match (pace, call) {
        (Pace::PerSecond(_), _) => String::new(),
        (Pace::Closed, Call::FetchRuns) => Aim::AtMost(3.0).judge(ratio),
        (Pace::Closed, _) => number(ratio),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_runs_under_full_load_have_an_aim_for_the_ratio() {
        assert_eq!(closed_ratio(Call::FetchRuns, Pace::Closed, 3.0), "3.00, met");
        assert_eq!(closed_ratio(Call::FetchRuns, Pace::Closed, 3.1), "**3.10, missed**");
        assert_eq!(closed_ratio(Call::ListProjects, Pace::Closed, 4.0), "4.00");
        assert_eq!(closed_ratio(Call::FetchRuns, Pace::PerSecond(50), 4.0), "");
    }
}
