//! `tools/list` with agents, warm: against the Agent Server's own, and against the list without agents.

use hyper::Method;

use super::duel::Duel;
use super::workers::Lister;
use super::{FEW, MANY, World, address};
use crate::calls::{Target, VERSION};
use crate::connection::Prepared;
use crate::plan::Plan;
use crate::table::{Aim, Section, number};
use crate::{Outcome, progress};

const COLUMNS: [&str; 5] =
    ["List", "Other, p50 ms", "Ours, p50 ms", "Ratio (aim <= 0.1)", "Added, ms (aim <= 1)"];

/// The table of this part.
pub(super) async fn measure(plan: &Plan, world: &World) -> Outcome<Section> {
    let with_few = world.ours(plan, &[&world.few]).await?;
    let with_many = world.ours(plan, &[&world.many]).await?;
    let with_both = world.ours(plan, &[&world.few, &world.many]).await?;
    let without = world.ours(plan, &[]).await?;
    let mut lists = Vec::new();
    for (theirs, ours, count) in [(&world.few, &with_few, FEW), (&world.many, &with_many, MANY)] {
        let (other, url) = (address(theirs)?, &ours.server.url);
        let theirs = Lister::new(&other, own_list()?, count, true).await?;
        let ours = Lister::new(url, Target::key(url)?.bare()?, count, true).await?;
        lists.push((count, Duel::new((&other, theirs), (url, ours))));
    }
    let (alone, beside) = (&without.server.url, &with_both.server.url);
    let first_page = Lister::new(alone, Target::key(alone)?.bare()?, 1, false).await?;
    let longer_page = Lister::new(beside, Target::key(beside)?.bare()?, FEW, false).await?;
    let mut first_pages = Duel::new((alone, first_page), (beside, longer_page));
    for round in plan.rounds() {
        progress(&format!("agents, lists, {round}"));
        for (_, duel) in &mut lists {
            duel.run(plan, round).await?;
        }
        first_pages.run(plan, round).await?;
    }
    Ok(section(&lists, &first_pages))
}

/// A request to the Agent Server's own `/mcp`, which is stateless.
fn own_list() -> Outcome<Prepared> {
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", VERSION),
    ];
    Prepared::new(Method::POST, "/mcp", &headers, "")
}

fn section(lists: &[(usize, Duel<Lister, Lister>)], first_pages: &Duel<Lister, Lister>) -> Section {
    let text = "One caller. Whole lists are compared with those of the Agent Server's own `/mcp`; ours have LangSmith's tools, \
         too. The first page beside two Agent Servers is compared with the list of a server without any.";
    let mut section = Section::new("Lists of agents", text, &COLUMNS);
    for (count, duel) in lists {
        let (theirs, ours) = duel.medians();
        let ratio = Aim::AtMost(0.1).judge(ours / theirs);
        section.row(&[format!("{count} agents, whole"), number(theirs), number(ours), ratio, String::new()]);
    }
    let (alone, beside) = first_pages.medians();
    let added = Aim::AtMost(1.0).judge(beside - alone);
    let name = "first page beside two servers".to_owned();
    section.row(&[name, number(alone), number(beside), String::new(), added]);
    section
}
