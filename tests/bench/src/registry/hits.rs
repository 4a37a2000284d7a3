//! A cached list, against the bare read of the same items by this program.

use local::database::{self, Database, PREFIX};
use serde_json::Value;
use shared::store::{Store, ToolListKey};

use super::World;
use super::requests::{Repeater, json_of, register, tools};
use crate::connection::Connection;
use crate::plan::Plan;
use crate::stats::Rounds;
use crate::table::{Aim, Section, number};
use crate::work::{Pace, Work, load};
use crate::{Outcome, progress};

/// The numbers of tools of the lists.
const SIZES: [usize; 2] = [20, 1000];
const COLUMNS: [&str; 7] = [
    "List",
    "Read, p50 ms",
    "Hit, p50 ms",
    "Added, p50 ms",
    "Read, p99 ms",
    "Hit, p99 ms",
    "Ratio, p99 (aim <= 2)",
];

/// Reads the item of a list and that of its server from the database.
struct BareRead {
    store: Store,
    workspace: String,
    url: String,
}

impl BareRead {
    /// A reader of the database of the server that is being measured.
    fn new(world: &World, url: &str) -> Outcome<Self> {
        let database = Database::open(&world.folder.path().join("data/database.sqlite"))?;
        let client = database::client(database.http_client());
        let (workspace, url) = (world.workspace.clone(), url.to_owned());
        Ok(Self { store: Store::new(&client, PREFIX), workspace, url })
    }
}

impl Work for BareRead {
    async fn once(&mut self) -> Outcome {
        let key = ToolListKey { workspace: &self.workspace, url: &self.url, provider: None, person: None };
        let found = self.store.tool_list(&key).await?;
        if found.server.is_some() && found.stored.is_some() { Ok(()) } else { Err("not both items".into()) }
    }
}

struct Case {
    size: usize,
    url: String,
    bytes: usize,
    read: Rounds,
    hit: Rounds,
}

/// The table of this part.
pub(super) async fn measure(plan: &Plan, world: &World) -> Outcome<Section> {
    let mut cases = Vec::new();
    for size in SIZES {
        cases.push(Case::prepare(world, size).await?);
    }
    for round in plan.rounds() {
        progress(&format!("registry, hits, {round}"));
        for case in &mut cases {
            for is_read in round.order(vec![true, false]) {
                let (rounds, sample) = if is_read {
                    let reader = BareRead::new(world, &case.url)?;
                    (&mut case.read, load(vec![reader], Pace::Closed, plan.span()).await?.1)
                } else {
                    let caller = Repeater::new(world.url(), tools(&case.url, false)?, case.bytes).await?;
                    (&mut case.hit, load(vec![caller], Pace::Closed, plan.span()).await?.1)
                };
                if round.counts() {
                    rounds.push(sample);
                }
            }
        }
    }
    Ok(section(&cases))
}

impl Case {
    /// Registers a server with so many tools, and has them listed once.
    async fn prepare(world: &World, size: usize) -> Outcome<Self> {
        world.have_tools(size);
        let url = format!("{}?tools={size}", world.upstream.url());
        register(world.url(), &format!("{size} tools"), &url).await?;
        let mut connection = Connection::open(world.url()).await?;
        connection.send(&tools(&url, false)?).await?;
        let answer = connection.send(&tools(&url, false)?).await?;
        let listed = json_of(&answer)?;
        let count = listed.get("tools").and_then(Value::as_array).map_or(0, Vec::len);
        if count != size || listed.get("cached") != Some(&Value::Bool(true)) {
            return Err(format!("a list of {count} tools instead of {size}").into());
        }
        Ok(Self { size, url, bytes: answer.body.len(), read: Rounds::default(), hit: Rounds::default() })
    }
}

fn section(cases: &[Case]) -> Section {
    let text = "One caller. *Read*: this program reads the same two items from the same database in one call of the AWS SDK, \
         without HTTP in between. *Hit*: `GET /api/v1/mcp/tools` with a key, which is this read, checking the caller, and HTTP. \
         The list was unpacked before, which a warm instance remembers.";
    let mut section = Section::new("A cached list of tools", text, &COLUMNS);
    for case in cases {
        let (read, hit) = (case.read.percentile(50), case.hit.percentile(50));
        let (slow_read, slow_hit) = (case.read.percentile(99), case.hit.percentile(99));
        section.row(&[
            format!("{} tools, {} kB", case.size, case.bytes / 1000),
            number(read),
            number(hit),
            number(hit - read),
            number(slow_read),
            number(slow_hit),
            Aim::AtMost(2.0).judge(slow_hit / slow_read),
        ]);
    }
    section
}
