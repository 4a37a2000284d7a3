//! The breakdown of a refresh's processor time: its parts are measured one by one within this program, which is built
//! like the server, and the rest is the remainder of the server's own time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use local::database::{self, Database, PREFIX};
use oauth::access::{AccessClaims, AccessSigner};
use oauth::grant::Grant;
use oauth::keys::{RootKey, SigningKey};
use oauth::refresh::Rotation;
use oauth::token::{ChainId, Kind, Minter, Token, TokenRef};
use primitives::clock::Timestamp;
use primitives::ids::{ClientId, GrantId, UserId};
use primitives::random::SystemRandom;
use serde_json::json;
use shared::store::{Store, Write};

use crate::plan::Plan;
use crate::refresh::Refresher;
use crate::side::Side;
use crate::stats::median;
use crate::systems::{self, Data};
use crate::table::{Section, number};
use crate::{Outcome, clock, progress};

/// Refreshes in a round.
const REFRESHES: u32 = 2000;
const NOW: Timestamp = Timestamp::from_secs(1_900_000_000);

/// The table of this part.
pub(crate) async fn measure(plan: &Plan) -> Outcome<Section> {
    let whole = whole(plan).await?;
    let spent = Arc::new(AtomicU64::new(0));
    let mut holder = Holder::new(spent.clone()).await?;
    let signer = AccessSigner::new(&SigningKey::generate()?)?;
    let (mut store, mut database, mut signing) = (Vec::new(), Vec::new(), Vec::new());
    for round in plan.rounds() {
        progress(&format!("shares, {round}"));
        spent.store(0, Ordering::Relaxed);
        let began = clock::now();
        for _ in 0..REFRESHES {
            holder.rotate().await?;
        }
        let rotations = began.elapsed();
        let began = clock::now();
        for _ in 0..REFRESHES {
            signer.sign(&holder.claims())?;
        }
        let signatures = began.elapsed();
        if round.counts() {
            store.push(each(rotations));
            database.push(each(Duration::from_nanos(spent.load(Ordering::Relaxed))));
            signing.push(each(signatures));
        }
    }
    let (store, database, signing) = (median(store), median(database), median(signing));
    let mut section = Section::new("Where the time of a refresh goes", text(), &["Part", "µs", "Share"]);
    for (part, time) in [
        ("the embedded database: reading the request, its expressions, SQLite", database),
        (
            "the AWS SDK around it: writing the request, its orchestration, reading the answer",
            store - database,
        ),
        ("signing the access token", signing),
        ("HTTP, the form, the log's two lines, the answer", whole - store - signing),
        ("all", whole),
    ] {
        section.row(&[part.to_owned(), number(time), format!("{:.0} %", time * 100.0 / whole)]);
    }
    Ok(section)
}

fn text() -> String {
    format!(
        "Processor time of the server for a refresh in memory, as above, and of its parts: {REFRESHES} a round, one after \
         the other, in a program that is built and allocates as the server does. On AWS the first part is DynamoDB's.",
    )
}

/// The server's processor time for one refresh, in microseconds.
async fn whole(plan: &Plan) -> Outcome<f64> {
    let folder = systems::scratch(plan)?;
    let double = systems::double(plan, folder.path()).await?;
    let server = systems::ours(plan, folder.path(), &double.url, Data::Memory).await?;
    let workers = Refresher::ours(&server.url).await?;
    let mut side = Side::new(server.process, server.url, workers);
    for round in plan.rounds() {
        side.run(plan.span(), round.counts()).await?;
    }
    Ok(side.cpu_each() * 1e3)
}

fn each(all: Duration) -> f64 {
    all.as_secs_f64() * 1e6 / f64::from(REFRESHES)
}

/// A grant in its own database, and the client that refreshes it.
struct Holder {
    store: Store,
    minter: Minter,
    grant: Grant,
    presented: Token,
}

impl Holder {
    async fn new(spent: Arc<AtomicU64>) -> Outcome<Self> {
        let minter = RootKey::generate(&SystemRandom).minter()?;
        let (user_id, chain) = (UserId::new("user"), ChainId::new("c2hhcmVzLW9mLWEtcmVm"));
        let target = TokenRef {
            user: user_id.reference(),
            grant: GrantId::new("Z3JhbnQtb2YtdGhlLWJl"),
            chain: chain.clone(),
            generation: 0,
        };
        let presented = minter.mint(Kind::Refresh, target.clone(), &SystemRandom);
        let later = NOW.secs() + 1_000_000;
        let grant: Grant = serde_json::from_value(json!({
            "user_ref": target.user, "grant_id": target.grant, "state": "active", "user_id": user_id,
            "client_id": "Y2xpZW50LW9mLXRoZS1iZW5jaG1hcmtzLW9mLXRoaXMtc2Vy", "client_name": "bench",
            "credential_id": "Y3JlZGVudGlhbC1vZi1h", "workspace": { "kind": "all", "default": null },
            "scope": "langsmith:read langsmith:write", "redirect_uri": "http://127.0.0.1:7777/callback",
            "challenge": presented.hash(), "code_hash": presented.hash(), "code_expires_at": later,
            "created_at": NOW.secs(), "expires_at": later, "purge_at": later,
            "chains": { chain.as_str(): {
                "gen": 0, "hash": presented.hash(), "used": false, "expires_at": later,
                "minted": { "0": NOW.millis() }, "ancestors": [],
            } },
        }))?;
        let client = database::client(timed(Database::memory()?.http_client(), spent));
        client
            .put_item()
            .table_name(format!("{PREFIX}-grants"))
            .set_item(Some(serde_dynamo::to_item(&grant)?))
            .send()
            .await?;
        Ok(Self { store: Store::new(&client, PREFIX), minter, grant, presented })
    }

    async fn rotate(&mut self) -> Outcome {
        let client = self.grant.client_id.clone();
        let rotation = Rotation { presented: self.presented.clone(), client, scope: None, resource: None };
        let next = TokenRef { generation: rotation.next(), ..self.presented.target.clone() };
        let minted = self.minter.mint(Kind::Refresh, next, &SystemRandom);
        match self.store.grants.rotate(&rotation, &minted.hash(), NOW).await? {
            Write::Applied(_) => self.presented = minted,
            Write::Refused(_) => return Err("a rotation was refused".into()),
        }
        Ok(())
    }

    fn claims(&self) -> AccessClaims {
        AccessClaims {
            iss: "http://127.0.0.1:8484".to_owned(),
            aud: "http://127.0.0.1:8484/mcp".to_owned(),
            sub: self.grant.user_ref.clone(),
            client_id: ClientId::new(self.grant.client_id.as_str()),
            scope: self.grant.scope.clone(),
            iat: NOW.secs(),
            exp: self.grant.expires_at,
            jti: "anRpLW9mLWEtdG9r".to_owned(),
            grant: self.grant.grant_id.clone(),
            chain: self.presented.target.chain.clone(),
            generation: self.presented.target.generation,
            cred: self.grant.credential_id.clone(),
            workspace: self.grant.workspace.claim().to_owned(),
        }
    }
}

/// Sums up the time of the database, in nanoseconds. The in-memory database answers on the calling thread.
#[derive(Debug)]
struct Timed {
    inner: SharedHttpConnector,
    spent: Arc<AtomicU64>,
}

fn timed(inner: SharedHttpClient, spent: Arc<AtomicU64>) -> SharedHttpClient {
    http_client_fn(move |settings, components| {
        let inner = inner.http_connector(settings, components);
        SharedHttpConnector::new(Timed { inner, spent: spent.clone() })
    })
}

impl HttpConnector for Timed {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let began = clock::now();
        let answer = self.inner.call(request);
        let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.spent.fetch_add(nanos, Ordering::Relaxed);
        answer
    }
}
