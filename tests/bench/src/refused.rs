//! The cost of an invalid key: junk must not keep this server busy, nor make it query LangSmith.

use hyper::StatusCode;

use crate::calls::{Call, Target};
use crate::connection::{Connection, Prepared};
use crate::plan::Plan;
use crate::stats::median;
use crate::systems::{self, Data, Server};
use crate::table::{Aim, Section, number};
use crate::work::{Pace, Work, load};
use crate::{Outcome, progress};

const CALLERS: usize = 16;
/// The maximum processor time of a call, in microseconds.
const LIMIT: f64 = 50.0;

/// Keys like those of attackers and careless clients.
const KEYS: [(&str, &str); 2] = [
    ("a key that LangSmith has refused a moment ago", "lsv2_pt_00000000000000000000000000000000_0000000000"),
    ("a placeholder, which no key can be", "<your-api-key>"),
];

/// A caller with an invalid key.
struct Refused {
    connection: Connection,
    request: Prepared,
}

impl Work for Refused {
    async fn once(&mut self) -> Outcome {
        match self.connection.measure(&self.request).await? {
            (StatusCode::UNAUTHORIZED, _) => Ok(()),
            (status, _) => Err(format!("a junk key was answered with {status}").into()),
        }
    }
}

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let ours = systems::ours(plan, folder.path(), &double.url, Data::Memory).await?;
    let text = format!(
        "{CALLERS} callers, `tools/list`, each key refused once before. Processor time is the server's own, from `/proc`.",
    );
    let mut section = Section::new("A refused key", text, &["", "processor time of a call, µs", "Limit"]);
    for (what, key) in KEYS {
        let time = time(plan, &ours, key).await?;
        section.row(&[what.to_owned(), number(time), format!("{LIMIT}, {}", Aim::AtMost(LIMIT).judge(time))]);
    }
    Ok(section)
}

async fn time(plan: &Plan, ours: &Server, key: &str) -> Outcome<f64> {
    let target = Target::with_key(&ours.url, key)?;
    let mut times = Vec::new();
    for round in plan.rounds() {
        progress(&format!("refused, {round}"));
        let mut callers = Vec::with_capacity(CALLERS);
        for number in 0..CALLERS {
            let connection = Connection::open(&target.url).await?;
            callers.push(Refused { connection, request: target.prepare(number, Call::ToolsList)? });
        }
        if let Some(first) = callers.first_mut() {
            first.once().await?;
        }
        let before = ours.process.cpu()?;
        let (_, sample) = load(callers, Pace::Closed, plan.span()).await?;
        if round.counts() {
            let spent = ours.process.cpu()?.saturating_sub(before);
            times.push(spent.as_secs_f64() * 1e6 / f64::from(u32::try_from(sample.len())?));
        }
    }
    Ok(median(times))
}
