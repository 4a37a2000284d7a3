//! The cost of a 5 MB page from LangSmith: receiving, checking, splitting, shortening and answering.

use serde_json::json;

use crate::calls::{Target, ask};
use crate::connection::Connection;
use crate::plan::Plan;
use crate::stats::median;
use crate::systems::{self, Data};
use crate::table::{Aim, Section, number};
use crate::{Outcome, progress};

/// Calls in a round; many, because processor time is counted in hundredths of a second.
const CALLS: u32 = 100;
/// The size of the page, in MiB.
const PAGE: f64 = 5.0;

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let ours = systems::ours(plan, folder.path(), &double.url, Data::Disk).await?;
    let target = Target::key(&ours.url)?;
    let mut connection = Connection::open(&target.url).await?;
    // Checks the key and finds the project before the measurement.
    ask(&mut connection, &target, "fetch_runs", &json!({ "project_name": "bench-heavy", "limit": 1 }))
        .await?;
    let rest = ours.process.peak()?;
    let mut times = Vec::new();
    for round in plan.rounds() {
        progress(&format!("heavy, {round}"));
        let before = ours.process.cpu()?;
        for _ in 0..CALLS {
            let arguments = json!({ "project_name": "bench-heavy", "limit": 100 });
            ask(&mut connection, &target, "fetch_runs", &arguments).await?;
        }
        let spent = ours.process.cpu()?.saturating_sub(before);
        if round.counts() {
            times.push(spent.as_secs_f64() * 1000.0 / f64::from(CALLS));
        }
    }
    Ok(section(median(times), ours.process.peak()? - rest))
}

fn section(time: f64, growth: f64) -> Section {
    let text = format!(
        "One caller, `fetch_runs` of 100 runs of 50 kB. Processor time is the server's own for a whole call, from `/proc`; \
         memory is by how much its highest resident size grew over {CALLS} calls a round.",
    );
    let mut section = Section::new("A page of 5 MB", text, &["", "Ours", "Limit"]);
    section.row(&[
        "processor time of a call, ms".to_owned(),
        number(time),
        format!("10, {}", Aim::AtMost(10.0).judge(time)),
    ]);
    section.row(&[
        "peak memory, MiB".to_owned(),
        number(growth),
        format!("4 pages, {}", Aim::AtMost(4.0).judge(growth / PAGE)),
    ]);
    section
}
