//! What the changes of a server take. How many writes each is, the tests count.

use std::time::Duration;

use hyper::Method;
use registry_tests::SERVERS;
use serde_json::{Value, json};

use super::World;
use super::requests::{json_of, prepared};
use crate::connection::{Connection, Prepared};
use crate::plan::Plan;
use crate::stats::median;
use crate::table::{Section, number};
use crate::{Outcome, clock, progress};

/// The servers that are made and deleted in a round.
const SERVERS_A_ROUND: usize = 50;

/// The times of each change, in milliseconds.
#[derive(Default)]
struct Times {
    create: Vec<f64>,
    read: Vec<f64>,
    change: Vec<f64>,
    delete: Vec<f64>,
}

/// The table of this part.
pub(super) async fn measure(plan: &Plan, world: &World) -> Outcome<Section> {
    let (mut connection, mut times) = (Connection::open(world.url()).await?, Times::default());
    for round in plan.rounds() {
        progress(&format!("registry, changes, {round}"));
        let mut own = Times::default();
        for number in 0..SERVERS_A_ROUND {
            life_of_one(&mut connection, number, &mut own).await?;
        }
        if round.counts() {
            times.create.push(median(own.create));
            times.read.push(median(own.read));
            times.change.push(median(own.change));
            times.delete.push(median(own.delete));
        }
    }
    let text = "One caller, with a key; each server has one header, which is sealed.";
    let mut section = Section::new("Changes of the registry", text, &["", "p50 ms", "Requests to the store"]);
    for (what, times, requests) in [
        ("register", times.create, "1: a transaction of server, name and URL"),
        ("read one", times.read, "1"),
        ("change its headers", times.change, "2: the read, and a conditional write"),
        ("delete", times.delete, "2: the read, and a transaction"),
    ] {
        section.row(&[what.to_owned(), number(median(times)), requests.to_owned()]);
    }
    Ok(section)
}

async fn life_of_one(connection: &mut Connection, number: usize, times: &mut Times) -> Outcome {
    let header = |value: &str| json!([{"key": "Authorization", "value": value}]);
    let body = json!({"name": format!("server {number}"), "url": format!("https://{number}.example.com/mcp"),
        "headers": header("Bearer one")});
    let (answer, time) = timed(connection, &prepared(Method::POST, SERVERS, &body)?).await?;
    let id = answer.get("id").and_then(Value::as_str).ok_or_else(|| format!("no server: {answer}"))?;
    let path = format!("{SERVERS}/{id}");
    times.create.push(time);
    times.read.push(timed(connection, &prepared(Method::GET, &path, &Value::Null)?).await?.1);
    let change = json!({"headers": header("Bearer two")});
    times.change.push(timed(connection, &prepared(Method::PATCH, &path, &change)?).await?.1);
    times.delete.push(timed(connection, &prepared(Method::DELETE, &path, &Value::Null)?).await?.1);
    Ok(())
}

async fn timed(connection: &mut Connection, request: &Prepared) -> Outcome<(Value, f64)> {
    let began = clock::now();
    let answer = connection.send(request).await?;
    let time: Duration = began.elapsed();
    let body = if answer.body.is_empty() { Value::Null } else { json_of(&answer)? };
    Ok((body, time.as_secs_f64() * 1e3))
}
