//! `GET /connections`: the list. Session and grants are read concurrently: the cookie names the owner of the grants,
//! and the result is shown only if the session is that user's.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use oauth::grant::Grant;
use oauth::return_to::{CONNECTIONS_PATH, ReturnTo};
use primitives::ids::GrantId;
use shared::store::{BrowserSession, Part, StoreError};
use shared::web::cookie::BrowserCookie;
use shared::web::page;
use shared::web::request_id::RequestId;

use super::row;
use super::view::ConnectionsPage;
use crate::browser::Browser;
use crate::error::AuthorizeError;
use crate::{App, Deps, login, session, ticket};

/// How many grants one page reads. They are sorted by id, which is random, so with more grants than this every page
/// mixes live and ended ones.
const PAGE: u16 = 100;

/// The query parameter for the grant after which a page begins (an exclusive cursor).
const AFTER: &str = "after";

/// Where a page begins: behind this grant. An address without such a place leads to the first page.
pub(crate) struct After(Option<GrantId>);

impl FromRequestParts<Arc<App>> for After {
    type Rejection = AuthorizeError;

    async fn from_request_parts(head: &mut Parts, _: &Arc<App>) -> Result<Self, AuthorizeError> {
        let after = after(head.uri.query().unwrap_or_default());
        after.map(Self).map_err(|()| AuthorizeError::Outdated(Box::new(ReturnTo::Connections)))
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(id): Extension<RequestId>,
    Browser(browser): Browser,
    After(after): After,
) -> Result<Response, AuthorizeError> {
    let deps = &app.deps;
    let (session, part) = tokio::try_join!(
        session::of(deps, browser.as_ref()),
        grants_of(deps, browser.as_ref(), after.as_ref())
    )?;
    match (session, part, browser) {
        (Some(session), Some(part), Some(browser)) => list(deps, &id, &session, (part, after), &browser),
        (.., browser) => {
            let login = ticket::Login::new(&app.deps, ReturnTo::Connections, None);
            login::first_page(&app, &id, login, browser).await
        }
    }
}

/// The grant after which the page begins.
fn after(query: &str) -> Result<Option<GrantId>, ()> {
    let mut parameters = url::form_urlencoded::parse(query.as_bytes());
    match parameters.find(|(name, value)| name == AFTER && !value.is_empty()) {
        Some((_, value)) => GrantId::parse(&value).map(Some).ok_or(()),
        None => Ok(None),
    }
}

async fn grants_of(
    deps: &Deps,
    browser: Option<&BrowserCookie>,
    after: Option<&GrantId>,
) -> Result<Option<Part<Grant>>, StoreError> {
    match browser.and_then(BrowserCookie::user) {
        Some(user) => deps.store.grants.list(user, after, PAGE).await.map(Some),
        None => Ok(None),
    }
}

fn list(
    deps: &Deps,
    id: &RequestId,
    session: &BrowserSession,
    (Part { mut found, next }, after): (Part<Grant>, Option<GrantId>),
    browser: &BrowserCookie,
) -> Result<Response, AuthorizeError> {
    let now = deps.clock.now();
    found.sort_unstable_by_key(|grant| std::cmp::Reverse(grant.created_at));
    let (living, over): (Vec<_>, Vec<_>) =
        found.iter().filter(|grant| row::was_connected(grant)).partition(|grant| grant.is_live(now));
    let connections = living.into_iter().map(|grant| {
        let ticket = ticket::Connection { user: grant.user_ref.clone(), grant: grant.grant_id.clone() };
        Ok(row::connection(grant, session, now, ticket::seal(deps, browser, &ticket)?))
    });
    let all = ticket::Connections { user: session.user_id.reference(), after: None };
    let page = ConnectionsPage {
        signed_in: &session.signed_in,
        connections: connections.collect::<Result<_, AuthorizeError>>()?,
        ended: over.into_iter().map(|grant| row::ended(grant, now)).collect(),
        ticket: &ticket::seal(deps, browser, &all)?,
        is_first: after.is_none(),
        next: next.map(|grant| format!("{CONNECTIONS_PATH}?{AFTER}={grant}")),
        request_id: id.as_str(),
    };
    Ok(page::html(StatusCode::OK, &page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_grant_id_says_where_a_page_begins() {
        let grant = "g".repeat(22);
        assert_eq!(after(&format!("after={grant}")), Ok(Some(GrantId::new(&grant))));
        for query in ["", "after=", "before=x", "afters=x"] {
            assert_eq!(after(query), Ok(None), "{query}");
        }
        for value in
            ["x", &format!("{grant}g"), "%00", "../x", &"%F0%9F%A6%80".repeat(6), &"g".repeat(10_000)]
        {
            assert_eq!(after(&format!("after={value}")), Err(()), "{value}");
        }
    }
}
