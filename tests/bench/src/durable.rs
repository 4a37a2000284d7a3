//! Durable refreshes compared with the limit of the disk: a refresh is answered only after its rotation has been
//! flushed.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::plan::Plan;
use crate::refresh::{CALLERS, Refresher};
use crate::side::reconnect;
use crate::stats::{Rounds, Sample};
use crate::systems::{self, Data};
use crate::table::{Aim, Section, number};
use crate::work::{Pace, load, per_second};
use crate::{Outcome, clock, progress};

/// One page of the database: the minimum that a commit appends to its log.
const RECORD: [u8; 4096] = [0x5a; 4096];

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let server = systems::ours(plan, folder.path(), &double.url, Data::Disk).await?;
    let mut workers = Refresher::ours(&server.url).await?;
    let (mut refreshes, mut bare) = (Rounds::default(), Rounds::default());
    for round in plan.rounds() {
        progress(&format!("durable, {round}"));
        for refresh in round.order(vec![true, false]) {
            let (rounds, sample) = if refresh {
                reconnect(&mut workers, &server.url).await?;
                let (returned, sample) = load(workers, Pace::Closed, plan.span()).await?;
                workers = returned;
                (&mut refreshes, sample)
            } else {
                (&mut bare, appends(folder.path(), plan.span())?)
            };
            if round.counts() {
                rounds.push(sample);
            }
        }
    }
    Ok(section(&refreshes, &bare))
}

/// Appends records to a file, each one flushed before the next.
fn appends(folder: &Path, span: Duration) -> Outcome<Sample> {
    let path = folder.join("records");
    let mut file = File::create(&path)?;
    let began = clock::now();
    let mut latencies = Vec::new();
    while began.elapsed() < span {
        let start = clock::now();
        file.write_all(&RECORD)?;
        file.sync_data()?;
        latencies.push(start.elapsed());
    }
    let rate = per_second(latencies.len(), began.elapsed());
    std::fs::remove_file(path)?;
    Ok(Sample::new(latencies, rate))
}

fn section(refreshes: &Rounds, bare: &Rounds) -> Section {
    let text = format!(
        "{CALLERS} callers refresh with the database on the disk. *Bare* is a loop that appends 4 KiB to a file and calls \
         `fdatasync`, on the same file system, in turns with the refreshes.",
    );
    let columns = ["", "Refreshes", "Bare", "Ratio (aim >= 0.5)"];
    let mut section = Section::new("Refresh, durable", text, &columns);
    let ratio = refreshes.rate() / bare.rate();
    section.row(&[
        "per second".to_owned(),
        number(refreshes.rate()),
        number(bare.rate()),
        Aim::AtLeast(0.5).judge(ratio),
    ]);
    for percent in [50, 99] {
        let (refresh, bare) = (refreshes.percentile(percent), bare.percentile(percent));
        section.row(&[format!("p{percent}, ms"), number(refresh), number(bare), String::new()]);
    }
    section
}
