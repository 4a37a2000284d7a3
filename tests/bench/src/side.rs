//! One of several equivalent servers, and the table that compares them.

use std::time::Duration;

use url::Url;

use crate::Outcome;
use crate::connection::Connection;
use crate::process::Process;
use crate::stats::Rounds;
use crate::table::{Aim, Section, number};
use crate::work::{Pace, Work, load};

/// A worker with its own connection.
pub(crate) trait Reconnect: Work {
    /// Replaces the connection.
    fn reconnect(&mut self, connection: Connection);
}

/// Reconnects all workers: a connection that was idle for a while may have been closed.
pub(crate) async fn reconnect<W: Reconnect>(workers: &mut [W], url: &Url) -> Outcome {
    for worker in workers {
        worker.reconnect(Connection::open(url).await?);
    }
    Ok(())
}

/// A server and its workers.
pub(crate) struct Side<W> {
    pub(crate) url: Url,
    pub(crate) workers: Vec<W>,
    process: Process,
    rounds: Rounds,
    cpu: Duration,
}

impl<W: Reconnect> Side<W> {
    pub(crate) fn new(process: Process, url: Url, workers: Vec<W>) -> Self {
        Self { url, workers, process, rounds: Rounds::default(), cpu: Duration::ZERO }
    }

    pub(crate) async fn run(&mut self, span: Duration, counts: bool) -> Outcome {
        let mut workers = std::mem::take(&mut self.workers);
        reconnect(&mut workers, &self.url).await?;
        let before = self.process.cpu()?;
        let (workers, sample) = load(workers, Pace::Closed, span).await?;
        self.workers = workers;
        if counts {
            self.cpu += self.process.cpu()?.saturating_sub(before);
            self.rounds.push(sample);
        }
        Ok(())
    }

    /// Processor time per request, in milliseconds.
    pub(crate) fn cpu_each(&self) -> f64 {
        let requests = u32::try_from(self.rounds.requests()).unwrap_or(u32::MAX);
        self.cpu.as_secs_f64() * 1e3 / f64::from(requests)
    }
}

/// A measured value of one side.
type Figure<W> = fn(&Side<W>) -> f64;

/// The comparison of this server, `oidc-provider` and FastMCP.
pub(crate) fn section<W: Reconnect>(
    title: &'static str,
    what: &str,
    text: String,
    [ours, oidc, fastmcp]: &[Side<W>; 3],
) -> Section {
    let columns = [
        "",
        "Ours",
        "oidc-provider",
        "FastMCP",
        "Ratio to the faster one (limit >= 1)",
        "Ratio (aim >= 1.5)",
    ];
    let mut section = Section::new(title, text, &columns);
    let rates = [&ours.rounds, &oidc.rounds, &fastmcp.rounds].map(Rounds::rate);
    let [own, first, second] = rates;
    let ratio = own / first.max(second);
    let [own, first, second] = rates.map(number);
    section.row(&[
        what.to_owned(),
        own,
        first,
        second,
        Aim::AtLeast(1.0).judge(ratio),
        Aim::AtLeast(1.5).judge(ratio),
    ]);
    let informative: [(&str, Figure<W>); 3] = [
        ("p50, ms", |side| side.rounds.percentile(50)),
        ("p99, ms", |side| side.rounds.percentile(99)),
        ("processor time each, ms", Side::cpu_each),
    ];
    for (what, of) in informative {
        let [own, first, second] = [of(ours), of(oidc), of(fastmcp)];
        let ratio = number(own / first.min(second));
        section.row(&[what.to_owned(), number(own), number(first), number(second), ratio, String::new()]);
    }
    section
}
