//! `POST /connections/end` and `/connections/end-all`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use oauth::grant::{EndReason, Grant};
use oauth::return_to::ReturnTo;
use primitives::ids::{GrantId, UserRef};
use shared::store::{Part, Write};
use shared::web::cookie::BrowserCookie;
use shared::web::page;
use shared::web::request_id::RequestId;

use super::row;
use super::view::{EndedAllPage, EndedPage};
use crate::error::AuthorizeError;
use crate::form::Posted;
use crate::{App, run_to_completion, session, ticket};

/// How many grants one request to end all of them reads at most.
const AT_ONCE: u16 = 1000;
/// How many grants are ended concurrently.
const SIDE_BY_SIDE: usize = 32;

/// Ends one connection.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Posted { ticket, browser, .. }: Posted<ticket::Connection>,
) -> Result<Response, AuthorizeError> {
    check_owner(&app, &browser, &ticket.user).await?;
    let work = {
        let app = app.clone();
        async move { write_end(&app, &ticket.user, ticket.grant).await }
    };
    let grant = run_to_completion(work).await?;
    let ended = grant.as_ref().map(|grant| row::ended(grant, app.deps.clock.now()));
    Ok(page::html(StatusCode::OK, &EndedPage { connection: ended.as_ref(), request_id: id.as_str() }))
}

/// Ends all connections, up to the limit of one request, and says whether more remain.
pub(crate) async fn end_all(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Posted { ticket, browser, .. }: Posted<ticket::Connections>,
) -> Result<Response, AuthorizeError> {
    check_owner(&app, &browser, &ticket.user).await?;
    let user = ticket.user.clone();
    let work = {
        let app = app.clone();
        async move {
            let grants = &app.deps.store.grants;
            let Part { found, next } = grants.not_ended(&ticket.user, ticket.after.as_ref(), AT_ONCE).await?;
            let count = found.len();
            let writes = stream::iter(found).map(|grant| write_end(&app, &ticket.user, grant));
            writes.buffer_unordered(SIDE_BY_SIDE).try_for_each(async |_| Ok(())).await?;
            Ok((count, next))
        }
    };
    let (count, next) = run_to_completion(work).await?;
    let rest = next.map(|after| {
        let ticket = ticket::Connections { user, after: Some(after) };
        ticket::seal(&app.deps, &browser, &ticket)
    });
    let rest = rest.transpose()?;
    Ok(page::html(StatusCode::OK, &EndedAllPage { count, rest: rest.as_deref(), request_id: id.as_str() }))
}

/// The form must come from a browser in which the user is still logged in.
pub(super) async fn check_owner(
    app: &App,
    browser: &BrowserCookie,
    user: &UserRef,
) -> Result<(), AuthorizeError> {
    let session = session::of(&app.deps, Some(browser)).await?;
    match session.filter(|session| session.user_id.reference() == *user) {
        Some(_) => Ok(()),
        None => Err(AuthorizeError::Outdated(Box::new(ReturnTo::Connections))),
    }
}

/// Ends a grant; an ended one stays as it was. `None` when the store has deleted it in the meantime.
async fn write_end(app: &App, user: &UserRef, grant: GrantId) -> Result<Option<Grant>, AuthorizeError> {
    let now = app.deps.clock.now();
    match app.deps.store.grants.end(user, &grant, None, EndReason::PersonRevoked, now).await? {
        Write::Applied(ended) => {
            if ended.ended_at == Some(now.secs()) {
                tracing::info!(target: "audit", event = "grant_revoked", by = "person", %user, %grant);
            }
            Ok(Some(*ended))
        }
        Write::Refused(_) => Ok(None),
    }
}
