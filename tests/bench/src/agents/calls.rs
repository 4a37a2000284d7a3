//! A call of an agent, against the requests to the Agent Server that it needs at least.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::duel::Duel;
use super::workers::{Caller, Direct};
use super::{World, address};
use crate::calls::Target;
use crate::plan::Plan;
use crate::table::{Aim, Section, number};
use crate::work::Work as _;
use crate::{Outcome, progress};

const COLUMNS: [&str; 4] = ["Call", "Direct, p50 ms", "Ours, p50 ms", "Added, ms (aim <= 1)"];

/// Other callers, which keep the queue of the Agent Server at work: once idle, it looks for runs every second only.
const OTHERS: usize = 3;

/// The table of this part.
pub(super) async fn measure(plan: &Plan, world: &World) -> Outcome<Section> {
    let found = world.few.ask("POST", "/assistants/search", None, Some(&json!({"graph_id": "echo"}))).await;
    let assistant = found.pointer("/0/assistant_id").and_then(Value::as_str).ok_or("no agent")?;
    let server = address(&world.few)?;
    let direct = Direct::new(&server, assistant.to_owned()).await?;
    let ours = world.ours(plan, &[&world.few]).await?;
    let url = &ours.server.url;
    let caller = Caller::new(url, Target::key(url)?.bare()?).await?;
    let mut duel = Duel::new((&server, direct), (url, caller));
    let mut others = JoinSet::new();
    for _ in 0..OTHERS {
        let mut other = Direct::new(&server, assistant.to_owned()).await?;
        others.spawn(async move {
            loop {
                if let Err(error) = other.once().await {
                    break error;
                }
            }
        });
    }
    for round in plan.rounds() {
        progress(&format!("agents, calls, {round}"));
        duel.run(plan, round).await?;
    }
    if let Some(error) = others.try_join_next() {
        return Err(error?);
    }
    let text = format!(
        "One caller, an agent that answers at once. *Direct*: `POST /threads` and `POST /threads/{{id}}/runs/wait`. \
         {OTHERS} other callers keep the queue of the Agent Server at work, which takes one run at a time.",
    );
    let mut section = Section::new("Calls of agents", text, &COLUMNS);
    let (direct, ours) = duel.medians();
    let added = Aim::AtMost(1.0).judge(ours - direct);
    section.row(&["a short run".to_owned(), number(direct), number(ours), added]);
    Ok(section)
}
