//! Code exchanges over HTTP, compared with two other authorization servers, all with their codes in memory.

use std::time::Duration;

use hyper::Method;
use serde::Deserialize;
use url::Url;

use crate::connection::{Connection, Prepared};
use crate::login::{FORM, Login, exchange};
use crate::plan::Plan;
use crate::process::Process;
use crate::refresh::CALLERS;
use crate::side::{Reconnect, Side, section};
use crate::systems::{self, Data, Provider, Stock};
use crate::table::Section;
use crate::work::Work;
use crate::{Outcome, progress};

/// Codes of one worker in one round. A code works once, so a round ends with the last one.
const CODES: usize = 150;
/// Longer than a round takes.
const LIMIT: Duration = Duration::from_mins(1);

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    refresh_token: String,
}

/// A client that exchanges one code after another.
struct Exchanger {
    connection: Connection,
    request: Prepared,
    client_id: String,
    codes: Vec<String>,
}

impl Exchanger {
    async fn workers(url: &Url, client_id: &str) -> Outcome<Vec<Self>> {
        let request = Prepared::new(Method::POST, url.path(), &FORM, "")?;
        let mut workers = Vec::with_capacity(CALLERS);
        for _ in 0..CALLERS {
            let connection = Connection::open(url).await?;
            let (request, client_id) = (request.clone(), client_id.to_owned());
            workers.push(Self { connection, request, client_id, codes: Vec::new() });
        }
        Ok(workers)
    }
}

impl Work for Exchanger {
    async fn once(&mut self) -> Outcome {
        let code = self.codes.pop().ok_or("no code is left")?;
        let body = exchange(&self.client_id, &code);
        let answer = self.connection.send(&self.request.with_body(body)).await?;
        match serde_json::from_slice::<Issued>(&answer.body) {
            Ok(issued) if !issued.access_token.is_empty() && !issued.refresh_token.is_empty() => Ok(()),
            _ => Err(format!("an exchange was answered with {}", answer.text()).into()),
        }
    }

    fn has_more(&self) -> bool {
        !self.codes.is_empty()
    }
}

impl Reconnect for Exchanger {
    fn reconnect(&mut self, connection: Connection) {
        self.connection = connection;
    }
}

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let server = systems::ours(plan, folder.path(), &double.url, Data::Memory).await?;
    let mut login = Login::register(&server.url).await?;
    let workers = Exchanger::workers(&server.url.join("/token")?, &login.client_id).await?;
    let stock = Stock { grants: 0, codes: CALLERS * CODES * plan.rounds().count() };
    let (oidc, mut oidc_codes) = peer(systems::oidc_provider(plan, folder.path(), stock).await?).await?;
    let (fastmcp, mut fastmcp_codes) =
        peer(systems::fastmcp_provider(plan, folder.path(), stock).await?).await?;
    let mut sides = [Side::new(server.process, server.url, workers), oidc, fastmcp];
    for round in plan.rounds() {
        progress(&format!("exchange, {round}"));
        let mut own = Vec::with_capacity(CALLERS * CODES);
        for _ in 0..CALLERS * CODES {
            own.push(login.code().await?);
        }
        for (side, codes) in sides.iter_mut().zip([&mut own, &mut oidc_codes, &mut fastmcp_codes]) {
            for worker in &mut side.workers {
                worker.codes = codes.split_off(codes.len().saturating_sub(CODES));
            }
        }
        for side in round.order(sides.iter_mut().collect()) {
            side.run(LIMIT, round.counts()).await?;
        }
    }
    let text = format!(
        "{CALLERS} callers, each exchanging {CODES} codes a round over HTTP, with PKCE. The codes are made beforehand: this \
         server's by as many consents, the peers' by their own models. All else is as above.",
    );
    Ok(section("Code exchange, everything in memory", "exchanges/s", text, &sides))
}

async fn peer((process, provider): (Process, Provider)) -> Outcome<(Side<Exchanger>, Vec<String>)> {
    let workers = Exchanger::workers(&provider.url, &provider.client_id).await?;
    Ok((Side::new(process, provider.url, workers), provider.codes))
}
