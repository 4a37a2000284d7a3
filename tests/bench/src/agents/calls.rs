//! A call of an agent, against the requests to the Agent Server that it needs at least.

use serde_json::{Value, json};

use super::duel::Duel;
use super::workers::{Caller, Direct};
use super::{World, address};
use crate::calls::Target;
use crate::plan::Plan;
use crate::table::{Aim, Section, number};
use crate::{Outcome, progress};

const COLUMNS: [&str; 4] = ["Call", "Direct, p50 ms", "Ours, p50 ms", "Added, ms (aim <= 1)"];

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
    for round in plan.rounds() {
        progress(&format!("agents, calls, {round}"));
        duel.run(plan, round).await?;
    }
    let text = "One caller, an agent that answers at once. *Direct*: `POST /threads` and `POST /threads/{id}/runs/wait`. The \
        queue of the Agent Server takes one run at a time, so it takes the next one at once.";
    let mut section = Section::new("Calls of agents", text, &COLUMNS);
    let (direct, ours) = duel.medians();
    let added = Aim::AtMost(1.0).judge(ours - direct);
    section.row(&["a short run".to_owned(), number(direct), number(ours), added]);
    Ok(section)
}
