//! A page of the agents of all discovered servers. The servers follow each other by the ids of their deployments, so that
//! a cursor stays valid when others come and go.

use std::pin::pin;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use primitives::deadline::{Deadline, Missed};
use uuid::Uuid;

use super::Discovered;
use super::servers::Server;
use crate::toolset::{Context, ListError, Prefix, ToolPage, is_full};
use crate::toolsets::agents::catalog::LIFE;
use crate::toolsets::agents::{faults, listing};

/// How many servers are asked at once.
const AT_ONCE: usize = 16;

/// The time limit of a server's list. With it, a few that hang leave time for the others.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where a page begins: at a deployment, and after an agent of its server.
#[derive(Debug, PartialEq, Eq)]
struct PageStart {
    server: Uuid,
    after: Option<Uuid>,
}

impl PageStart {
    fn encode(&self) -> String {
        let after = self.after.map_or_else(String::new, |after| format!(" {}", after.simple()));
        format!("{}{after}", self.server.simple())
    }

    fn decode(text: &str) -> Option<Self> {
        let (server, after) = match text.split_once(' ') {
            Some((server, after)) => (server, Some(after.parse().ok()?)),
            None => (text, None),
        };
        Some(Self { server: server.parse().ok()?, after })
    }
}

/// The page at `cursor`. Servers that fail, or are too slow, are named as missing.
pub(super) async fn page(
    discovered: &Discovered,
    context: &Context<'_>,
    cursor: Option<&str>,
) -> Result<ToolPage, ListError> {
    let place = match cursor {
        Some(given) => Some(PageStart::decode(given).ok_or(ListError::Cursor)?),
        None => None,
    };
    let found = discovered.servers(context).await.map_err(|error| {
        let reason = faults::of_control_plane(&error);
        ListError::Missing { reason, url: None }
    })?;
    let mut page = ToolPage::new([], None, LIFE);
    if let Some(trouble) = &found.trouble {
        page.miss(Prefix::of_discovered_agents().as_str(), faults::of_control_plane(trouble), None);
    }
    if place.is_none() {
        for (name, reason) in &found.servers.missing {
            page.miss(name, reason.clone(), None);
        }
    }
    let all = &found.servers.all;
    let start = place.as_ref().map_or(0, |place| all.partition_point(|server| server.id < place.server));
    let servers = all.get(start..).unwrap_or_default();
    let last_moment = Deadline::after(context.deadline().remaining().mul_f64(0.9));
    let asked: Vec<_> = servers
        .iter()
        .map(|server| {
            let after =
                place.as_ref().filter(|place| place.server == server.id).and_then(|place| place.after);
            ask(server, context, after, last_moment)
        })
        .collect();
    let mut answers = pin!(stream::iter(asked).buffered(AT_ONCE));
    let mut following = servers.iter().skip(1);
    while let Some((server, answer)) = answers.next().await {
        let mut next = following.next().map(|server| PageStart { server: server.id, after: None });
        let mut is_over = false;
        match answer {
            Ok(part) => {
                if let Some(after) = part.next().and_then(|next| next.parse().ok()) {
                    (next, is_over) = (Some(PageStart { server: server.id, after: Some(after) }), true);
                }
                page.append(&server.agents.settings.name, part);
            }
            Err((reason, url)) => page.miss(server.agents.name(), reason, url),
        }
        if is_over || is_full(page.len(), page.bytes()) {
            return Ok(page.followed_by(next.as_ref().map(PageStart::encode)));
        }
    }
    Ok(page)
}

/// The page of a server after an agent, or the reason why it is missing, with the page that helps.
async fn ask<'a>(
    server: &'a Server,
    context: &Context<'_>,
    after: Option<Uuid>,
    last_moment: Deadline,
) -> (&'a Server, Result<ToolPage, (String, Option<String>)>) {
    let cursor = after.map(|after| after.to_string());
    let limit = last_moment.earlier(Deadline::after(PATIENCE));
    let page = match limit.limit(listing::page(&server.agents, context, cursor.as_deref())).await {
        Ok(Ok(page)) => Ok(page),
        Ok(Err(ListError::Missing { reason, url })) => Err((reason, url)),
        Ok(Err(ListError::Cursor)) => Err(("It could not be listed.".to_owned(), None)),
        Err(Missed) => Err(("It did not answer in time.".to_owned(), None)),
    };
    (server, page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_made() {
        let [server, agent] = [1, u128::MAX].map(Uuid::from_u128);
        for place in [PageStart { server, after: None }, PageStart { server, after: Some(agent) }] {
            assert_eq!(PageStart::decode(&place.encode()), Some(place));
        }
        for other in ["", "x", " ", "00000000000000000000000000000001 ", "00000000000000000000000000000001 x"]
        {
            assert_eq!(PageStart::decode(other), None, "{other:?}");
        }
    }
}
