//! `POST /runs/query`: filtered runs, with cursors. Description: `RunSchema` and the cursors. Public report:
//! `langchain-ai/langsmith-sdk` pull request 3257, 501 without `ClickHouse`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::json;
use uuid::Uuid;

use crate::auth::Caller;
use crate::data::Run;
use crate::json::body;
use crate::projects::Ledger;
use crate::reply::{self, ApiError};
use crate::routes::runs::query::{Body, Order, Query};
use crate::state::App;

pub(crate) async fn query(
    State(app): State<Arc<App>>,
    caller: Caller,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    caller.may("runs:read")?;
    app.service.queries.first()?;
    let query = body::<Body>(&bytes)?.check()?;
    app.world.projects.read(|ledger| Ok(reply::raw(answer(ledger, caller.workspace.id, &query)?)))
}

fn answer(ledger: &Ledger, workspace: Uuid, query: &Query) -> Result<String, ApiError> {
    let (page, next) = find(ledger, workspace, query)?;
    Ok(write(&page, next.as_deref(), query))
}

/// The runs of one page, and the cursor after them.
pub(in crate::routes) fn find<'a>(
    ledger: &'a Ledger,
    workspace: Uuid,
    query: &Query,
) -> Result<(Vec<&'a Arc<Run>>, Option<String>), ApiError> {
    let mut candidates = candidates(ledger, workspace, query)?;
    if query.order == Order::Desc {
        candidates.reverse();
    }
    let after_cursor = |run: &&&Arc<Run>| match (query.cursor, query.order) {
        (None, _) => true,
        (Some(cursor), Order::Asc) => run.facts.position() > cursor,
        (Some(cursor), Order::Desc) => run.facts.position() < cursor,
    };
    let mut found = candidates
        .iter()
        .filter(after_cursor)
        .filter(|run| query.keeps(&run.facts, ledger))
        .take(query.limit.saturating_add(1));
    let page: Vec<&Arc<Run>> = found.by_ref().take(query.limit).copied().collect();
    let next = page.last().filter(|_| found.next().is_some()).map(|run| cursor_after(run));
    Ok((page, next))
}

/// Every run that matches a query, regardless of its limit.
pub(in crate::routes) fn all(
    ledger: &Ledger,
    workspace: Uuid,
    query: &Query,
) -> Result<Vec<Arc<Run>>, ApiError> {
    let found =
        candidates(ledger, workspace, query)?.into_iter().filter(|run| query.keeps(&run.facts, ledger));
    Ok(found.cloned().collect())
}

/// The runs in the scope of a query, oldest first; a project of another workspace does not exist for the caller.
fn candidates<'a>(ledger: &'a Ledger, workspace: Uuid, query: &Query) -> Result<Vec<&'a Arc<Run>>, ApiError> {
    let mut runs: Vec<&Arc<Run>> = Vec::new();
    match query.sessions.as_slice() {
        [] => runs.extend(ledger.runs_of_workspace(workspace)),
        sessions => {
            for session in sessions {
                let of_session = ledger.runs_of_session(workspace, *session);
                runs.extend(of_session.ok_or(ApiError::NotFound("Project"))?);
            }
        }
    }
    if query.sessions.len() != 1 {
        runs.sort_by_key(|run| run.facts.position());
        runs.dedup_by_key(|run| run.facts.id);
    }
    Ok(runs)
}

fn write(page: &[&Arc<Run>], next: Option<&str>, query: &Query) -> String {
    let mut out = String::with_capacity(page.len() * 4096 + 128);
    out.push_str("{\"runs\":[");
    for (position, run) in page.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        run.write(&query.selection, &mut out);
    }
    let tail = json!({"cursors": {"next": next, "prev": null}, "search_cursors": null, "parsed_query": null})
        .to_string();
    out.push_str("],");
    out.push_str(tail.trim_start_matches('{'));
    out
}

fn cursor_after(run: &Run) -> String {
    let (start, id) = run.facts.position();
    URL_SAFE_NO_PAD.encode(format!("{}|{id}", start.unix_timestamp_nanos()))
}
