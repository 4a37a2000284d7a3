//! What a key that is no good costs this server: nobody must be able to keep it busy, or asking LangSmith, with junk.

use hyper::StatusCode;

use crate::calls::{Call, Target};
use crate::connection::{Connection, Prepared};
use crate::plan::Plan;
use crate::stats::median;
use crate::systems::{self, Data};
use crate::table::{Aim, Section, number};
use crate::{Outcome, progress};

/// Calls of a round: processor time is counted in hundredths of a second.
const CALLS: u32 = 10_000;
/// Processor time of a call, in microseconds.
const LIMIT: f64 = 50.0;

/// Keys as attackers and careless clients send them.
const KEYS: [(&str, &str); 2] = [
    ("a key that LangSmith has refused a moment ago", "lsv2_pt_00000000000000000000000000000000_0000000000"),
    ("a placeholder, which no key can be", "<your-api-key>"),
];

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let ours = systems::ours(plan, folder.path(), &double.url, Data::Memory).await?;
    let text = format!(
        "One caller, `tools/list`, {CALLS} calls a round after the first one. Processor time is the server's own, from \
         `/proc`.",
    );
    let columns = ["", "processor time of a call, µs", "Limit"];
    let mut section = Section::new("A refused key", text, &columns);
    for (what, key) in KEYS {
        let target = Target::with_key(&ours.url, key)?;
        let request = target.prepare(0, Call::ToolsList)?;
        let mut connection = Connection::open(&target.url).await?;
        let mut times = Vec::new();
        for round in plan.rounds() {
            progress(&format!("refused, {round}"));
            refused(&mut connection, &request).await?;
            let before = ours.process.cpu()?;
            for _ in 0..CALLS {
                refused(&mut connection, &request).await?;
            }
            if round.counts() {
                let spent = ours.process.cpu()?.saturating_sub(before);
                times.push(spent.as_secs_f64() * 1e6 / f64::from(CALLS));
            }
        }
        let time = median(times);
        let limit = format!("{LIMIT}, {}", Aim::AtMost(LIMIT).judge(time));
        section.row(&[what.to_owned(), number(time), limit]);
    }
    Ok(section)
}

async fn refused(connection: &mut Connection, request: &Prepared) -> Outcome {
    match connection.measure(request).await? {
        (StatusCode::UNAUTHORIZED, _) => Ok(()),
        (status, _) => Err(format!("a junk key was answered with {status}").into()),
    }
}
