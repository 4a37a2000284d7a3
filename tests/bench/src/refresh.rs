//! Refreshes over HTTP, compared with two other authorization servers, all with their tokens in memory.

use hyper::Method;
use serde::Deserialize;
use url::Url;

use crate::connection::{Connection, Prepared};
use crate::login::{Login, encode};
use crate::plan::Plan;
use crate::process::Process;
use crate::side::{Reconnect, Side, section};
use crate::systems::{self, Data, Provider, Stock};
use crate::table::Section;
use crate::work::Work;
use crate::{Outcome, progress};

/// Workers, each with its own grant.
pub(crate) const CALLERS: usize = 16;

#[derive(Deserialize)]
struct Issued {
    refresh_token: String,
}

/// A client that refreshes with the latest token.
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

    /// Workers for this server, after one login each.
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

impl Reconnect for Refresher {
    fn reconnect(&mut self, connection: Connection) {
        self.connection = connection;
    }
}

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let server = systems::ours(plan, folder.path(), &double.url, Data::Memory).await?;
    let workers = Refresher::ours(&server.url).await?;
    let stock = Stock { grants: CALLERS, codes: 0 };
    let mut sides = [
        Side::new(server.process, server.url, workers),
        peer(systems::oidc_provider(plan, folder.path(), stock).await?).await?,
        peer(systems::fastmcp_provider(plan, folder.path(), stock).await?).await?,
    ];
    for round in plan.rounds() {
        progress(&format!("refresh, {round}"));
        for side in round.order(sides.iter_mut().collect()) {
            side.run(plan.span(), round.counts()).await?;
        }
    }
    let text = format!(
        "{CALLERS} callers, each following the chain of its own grant over HTTP. All three rotate the refresh token on \
         every use. `oidc-provider` has an in-memory adapter, and signs an ES256 access token as this server does; FastMCP's \
         provider keeps Python dictionaries and signs nothing. Processor time is the server's own, from `/proc`.",
    );
    Ok(section("Refresh, everything in memory", "refreshes/s", text, &sides))
}

async fn peer((process, provider): (Process, Provider)) -> Outcome<Side<Refresher>> {
    let mut workers = Vec::with_capacity(CALLERS);
    for token in provider.tokens {
        workers.push(Refresher::new(&provider.url, &provider.client_id, token).await?);
    }
    Ok(Side::new(process, provider.url, workers))
}
