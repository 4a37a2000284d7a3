//! Refreshes over HTTP against `oidc-provider`, both with their tokens in memory.

use std::time::Duration;

use hyper::Method;
use serde::Deserialize;
use url::Url;

use crate::connection::{Connection, Prepared};
use crate::login::{Login, encode};
use crate::plan::Plan;
use crate::process::Process;
use crate::stats::Rounds;
use crate::systems::{self, Data};
use crate::table::{Aim, Section, number};
use crate::work::{Pace, Work, load};
use crate::{Outcome, progress};

/// Workers, each with a grant of its own.
pub(crate) const CALLERS: usize = 16;

#[derive(Deserialize)]
struct Issued {
    refresh_token: String,
}

/// A client that refreshes with the token of its last refresh.
pub(crate) struct Refresher {
    connection: Connection,
    request: Prepared,
    client_id: String,
    refresh_token: String,
}

impl Refresher {
    async fn new(url: &Url, client_id: &str, refresh_token: String) -> Outcome<Self> {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let request = Prepared::new(Method::POST, url.path(), &headers, "")?;
        let connection = Connection::open(url).await?;
        Ok(Self { connection, request, client_id: client_id.to_owned(), refresh_token })
    }

    /// Refreshers of this server, after as many logins.
    pub(crate) async fn ours(server: &Url) -> Outcome<Vec<Self>> {
        let mut login = Login::register(server).await?;
        let endpoint = server.join("/token")?;
        let mut workers = Vec::with_capacity(CALLERS);
        for _ in 0..CALLERS {
            let token = login.grant().await?.refresh_token;
            workers.push(Self::new(&endpoint, &login.client_id, token).await?);
        }
        Ok(workers)
    }

    /// A connection that was left alone for a while may have been closed.
    pub(crate) async fn reconnect(workers: &mut [Self], url: &Url) -> Outcome {
        for worker in workers {
            worker.connection = Connection::open(url).await?;
        }
        Ok(())
    }
}

impl Work for Refresher {
    async fn once(&mut self) -> Outcome {
        let body = encode(&[
            ("grant_type", "refresh_token"),
            ("client_id", &self.client_id),
            ("refresh_token", &self.refresh_token),
        ]);
        let answer = self.connection.send(&self.request.with_body(body)).await?;
        let issued: Result<Issued, _> = serde_json::from_slice(&answer.body);
        let Ok(issued) = issued else {
            return Err(format!("a refresh was answered with {}", answer.text()).into());
        };
        if issued.refresh_token == self.refresh_token {
            return Err("the refresh token did not rotate".into());
        }
        self.refresh_token = issued.refresh_token;
        Ok(())
    }
}

struct Side {
    process: Process,
    url: Url,
    workers: Vec<Refresher>,
    rounds: Rounds,
    cpu: Duration,
}

impl Side {
    fn new(process: Process, url: Url, workers: Vec<Refresher>) -> Self {
        Self { process, url, workers, rounds: Rounds::default(), cpu: Duration::ZERO }
    }

    async fn run(&mut self, span: Duration, counts: bool) -> Outcome {
        let mut workers = std::mem::take(&mut self.workers);
        Refresher::reconnect(&mut workers, &self.url).await?;
        let before = self.process.cpu()?;
        let (workers, sample) = load(workers, Pace::Closed, span).await?;
        self.workers = workers;
        if counts {
            self.cpu += self.process.cpu()?.saturating_sub(before);
            self.rounds.push(sample);
        }
        Ok(())
    }

    /// Processor time of a refresh, in milliseconds.
    fn cpu_each(&self) -> f64 {
        let refreshes = u32::try_from(self.rounds.requests()).unwrap_or(u32::MAX);
        self.cpu.as_secs_f64() * 1e3 / f64::from(refreshes)
    }
}

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let server = systems::ours(plan, folder.path(), &double.url, Data::Memory).await?;
    let workers = Refresher::ours(&server.url).await?;
    let mut ours = Side::new(server.process, server.url, workers);
    let mut peer = peer(plan, folder.path()).await?;
    for round in plan.rounds() {
        progress(&format!("refresh, {round}"));
        for side in round.order(vec![&mut peer, &mut ours]) {
            side.run(plan.span(), round.counts()).await?;
        }
    }
    let section = section(&ours, &peer);
    Ok(section)
}

async fn peer(plan: &Plan, folder: &std::path::Path) -> Outcome<Side> {
    let (process, provider) = systems::oauth_peer(plan, folder, CALLERS).await?;
    let mut workers = Vec::with_capacity(CALLERS);
    for token in provider.tokens {
        workers.push(Refresher::new(&provider.url, &provider.client_id, token).await?);
    }
    Ok(Side::new(process, provider.url, workers))
}

fn section(ours: &Side, peer: &Side) -> Section {
    let text = format!(
        "{CALLERS} callers, each following the chain of its own grant over HTTP. The peer is `oidc-provider` with an \
         in-memory adapter. Both rotate the refresh token on every use and sign an ES256 access token. Processor time is \
         the server's own, from `/proc`.",
    );
    let columns = ["", "Ours", "Peer", "Ratio (limit >= 1)", "Ratio (aim >= 1.5)"];
    let mut section = Section::new("Refresh, everything in memory", text, &columns);
    let ratio = ours.rounds.rate() / peer.rounds.rate();
    section.row(&[
        "refreshes/s".to_owned(),
        number(ours.rounds.rate()),
        number(peer.rounds.rate()),
        Aim::AtLeast(1.0).judge(ratio),
        Aim::AtLeast(1.5).judge(ratio),
    ]);
    let informative = [
        ("p50, ms", ours.rounds.percentile(50), peer.rounds.percentile(50)),
        ("p99, ms", ours.rounds.percentile(99), peer.rounds.percentile(99)),
        ("processor time each, ms", ours.cpu_each(), peer.cpu_each()),
    ];
    for (what, ours, peer) in informative {
        section.row(&[what.to_owned(), number(ours), number(peer), number(ours / peer), String::new()]);
    }
    section
}
