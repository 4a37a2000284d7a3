//! The memory of calls that wait for their agents.

use std::time::Duration;

use kit::tool_call;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::World;
use crate::calls::Target;
use crate::connection::Connection;
use crate::plan::Plan;
use crate::table::{Aim, Section, number};
use crate::{Outcome, progress};

/// Calls that wait at the same time.
const CALLS: usize = 100;
/// The time in which all of them have reached the Agent Server, and none is over: its first run takes longer.
const BEGINNING: Duration = Duration::from_secs(10);
/// The duration of each run, in seconds.
const RUN: u32 = 20;

/// The table of this part.
pub(super) async fn measure(plan: &Plan, world: &World) -> Outcome<Section> {
    progress("agents, calls that wait");
    let ours = world.ours(plan, &[&world.few]).await?;
    let (url, process) = (&ours.server.url, &ours.server.process);
    let template = Target::key(url)?.bare()?;
    let mut calls = JoinSet::new();
    let rest = process.memory()?;
    for number in 0..CALLS {
        let arguments = json!({"wait": RUN, "size": number});
        let request = template.with_body(tool_call("agents-0__steered", &arguments).to_string());
        let mut connection = Connection::open(url).await?;
        calls.spawn(async move { connection.send(&request).await });
    }
    sleep(BEGINNING).await;
    if let Some(over) = calls.try_join_next() {
        return Err(format!("a call did not wait: {}", over??.text()).into());
    }
    let growth = process.memory()? - rest;
    let text = format!(
        "{CALLS} calls wait for agents at the same time; the memory is what they add to that of the server at rest."
    );
    let mut section = Section::new("Calls that wait for agents", text, &["Calls", "Memory, MiB (aim <= 40)"]);
    section.row(&[number(100.0), Aim::AtMost(40.0).judge(growth)]);
    Ok(section)
}
