//! A list that has to be fetched, against the same request of the load client; and how often the server is asked when many
//! want the list at once.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use url::Url;

use super::World;
use super::requests::{Repeater, prepared, register, tools};
use crate::connection::{Connection, Prepared};
use crate::plan::Plan;
use crate::stats::{Rounds, median};
use crate::table::{Aim, Section, number};
use crate::work::{Pace, load};
use crate::{Outcome, clock, progress};

/// The number of tools of the server.
const TOOLS: usize = 20;
/// The requests for one list at once.
const AT_ONCE: usize = 100;
const COLUMNS: [&str; 5] = ["", "Direct, p50 ms", "Ours, p50 ms", "Added, ms", "Lists asked for (aim <= 1)"];

/// The table of this part.
pub(super) async fn measure(plan: &Plan, world: &World) -> Outcome<Section> {
    world.have_tools(TOOLS);
    let server = world.upstream.url();
    register(world.url(), "misses", &server).await?;
    let upstream = Url::parse(&server)?;
    let (mut direct, mut ours, mut counts, mut times) = (Rounds::default(), Rounds::default(), 0, Vec::new());
    for round in plan.rounds() {
        progress(&format!("registry, misses, {round}"));
        for is_direct in round.order(vec![true, false]) {
            let (rounds, caller) = if is_direct {
                (&mut direct, Repeater::new(&upstream, own_list()?, TOOLS).await?)
            } else {
                (&mut ours, Repeater::new(world.url(), tools(&server, true)?, TOOLS).await?)
            };
            let (_, sample) = load(vec![caller], Pace::Closed, plan.span()).await?;
            if round.counts() {
                rounds.push(sample);
            }
        }
        let (asked, time) = all_at_once(world, &server).await?;
        counts = counts.max(asked);
        times.push(time);
    }
    let text = format!(
        "The MCP server is a part of this program, has {TOOLS} tools and speaks 2026-07-28. *Direct*: one caller sends it \
         `tools/list`. *Ours*: `GET /api/v1/mcp/tools` with `force_refresh`, which is a lease, that request on a new connection, \
         and one write. Below, {AT_ONCE} callers want a list at once that is not stored; the time is until the last has it."
    );
    let mut section = Section::new("A list of tools that is fetched", text, &COLUMNS);
    let (theirs, own) = (direct.percentile(50), ours.percentile(50));
    section.row(&["a miss".to_owned(), number(theirs), number(own), number(own - theirs), String::new()]);
    section.row(&[
        format!("{AT_ONCE} misses at once"),
        String::new(),
        number(median(times)),
        String::new(),
        Aim::AtMost(1.0).judge(f64::from(u32::try_from(counts)?)),
    ]);
    Ok(section)
}

/// The lists that the server was asked for, and the time in milliseconds.
async fn all_at_once(world: &World, server: &str) -> Outcome<(usize, f64)> {
    let mut connection = Connection::open(world.url()).await?;
    let url: String = url::form_urlencoded::byte_serialize(server.as_bytes()).collect();
    let forget = prepared(Method::DELETE, &format!("/api/v1/mcp/tools?url={url}"), &Value::Null)?;
    connection.send(&forget).await?;
    world.upstream.lists();
    let mut connections = Vec::with_capacity(AT_ONCE);
    for _ in 0..AT_ONCE {
        connections.push(Connection::open(world.url()).await?);
    }
    let (request, mut tasks, began) = (tools(server, false)?, JoinSet::new(), clock::now());
    for mut connection in connections {
        let request = request.clone();
        tasks.spawn(async move { connection.measure(&request).await });
    }
    while let Some(finished) = tasks.join_next().await {
        let (status, _) = finished??;
        if status != StatusCode::OK {
            return Err(format!("one of many was answered with {status}").into());
        }
    }
    Ok((world.upstream.lists(), began.elapsed().as_secs_f64() * 1e3))
}

/// The request that our client sends.
fn own_list() -> Outcome<Prepared> {
    let version = "2026-07-28";
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", version),
        ("mcp-method", "tools/list"),
    ];
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list",
        "params": {"_meta": {"io.modelcontextprotocol/protocolVersion": version}}});
    Prepared::new(Method::POST, "/mcp", &headers, body.to_string())
}
