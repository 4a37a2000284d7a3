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
use shared::vault::ConnectedServer;
use shared::web::cookie::BrowserCookie;
use shared::web::page;
use shared::web::request_id::RequestId;

use super::moment::Moment;
use super::server_row::Problem;
use super::view::ConnectionsPage;
use super::{row, server_row};
use crate::browser::Browser;
use crate::error::AuthorizeError;
use crate::{App, Deps, login, session, ticket};

/// How many grants one page reads. They are sorted by id, which is random, so with more grants than this every page
/// mixes live and ended ones.
const PAGE: u16 = 100;

/// The query parameter for the grant after which a page begins (an exclusive cursor).
const AFTER: &str = "after";

/// Where a page begins: after this grant, or at the first one.
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
    page_after(&app, &id, browser, after, None).await
}

/// The first page once more, to correct the form for a server.
pub(super) async fn again(
    app: &App,
    id: &RequestId,
    browser: BrowserCookie,
    problem: Problem,
) -> Result<Response, AuthorizeError> {
    page_after(app, id, Some(browser), None, Some(problem)).await
}

async fn page_after(
    app: &App,
    id: &RequestId,
    browser: Option<BrowserCookie>,
    after: Option<GrantId>,
    problem: Option<Problem>,
) -> Result<Response, AuthorizeError> {
    let deps = &app.deps;
    let (session, lists) = tokio::try_join!(
        session::of(deps, browser.as_ref()),
        lists_of(deps, browser.as_ref(), after.as_ref())
    )?;
    match (session, lists, browser) {
        (Some(session), Some(lists), Some(browser)) => {
            list(deps, id, &session, (lists, after), (&browser, problem.as_ref()))
        }
        (.., browser) => {
            let login = ticket::Login::new(&app.deps, ReturnTo::Connections, None);
            login::first_page(app, id, login, browser).await
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

/// What a page lists: apps and, on the first page, servers.
struct Lists<'a> {
    grants: Part<Grant>,
    servers: Vec<(&'a ConnectedServer, Option<Moment>)>,
}

async fn lists_of<'a>(
    deps: &'a Deps,
    browser: Option<&BrowserCookie>,
    after: Option<&GrantId>,
) -> Result<Option<Lists<'a>>, StoreError> {
    let Some(user) = browser.and_then(BrowserCookie::user) else { return Ok(None) };
    let servers = async {
        match after {
            None => server_row::connected(deps, user).await,
            Some(_) => Ok(Vec::new()),
        }
    };
    let (grants, servers) = tokio::try_join!(deps.store.grants.list(user, after, PAGE), servers)?;
    Ok(Some(Lists { grants, servers }))
}

fn list(
    deps: &Deps,
    id: &RequestId,
    session: &BrowserSession,
    (Lists { grants: Part { mut found, next }, servers }, after): (Lists<'_>, Option<GrantId>),
    (browser, problem): (&BrowserCookie, Option<&Problem>),
) -> Result<Response, AuthorizeError> {
    let (now, user) = (deps.clock.now(), session.user_id.reference());
    found.sort_unstable_by_key(|grant| std::cmp::Reverse(grant.created_at));
    let (living, over): (Vec<_>, Vec<_>) =
        found.iter().filter(|grant| row::was_connected(grant)).partition(|grant| grant.is_live(now));
    let connections = living.into_iter().map(|grant| {
        let ticket = ticket::Connection { user: grant.user_ref.clone(), grant: grant.grant_id.clone() };
        Ok(row::connection(grant, session, now, ticket::seal(deps, browser, &ticket)?))
    });
    let servers = servers.into_iter().map(|server| server_row::row(deps, browser, &user, server, problem));
    let all = ticket::Connections { user: user.clone(), after: None };
    let page = ConnectionsPage {
        signed_in: &session.signed_in,
        connections: connections.collect::<Result<_, AuthorizeError>>()?,
        servers: servers.collect::<Result<_, AuthorizeError>>()?,
        ended: over.into_iter().map(|grant| row::ended(grant, now)).collect(),
        ticket: &ticket::seal(deps, browser, &all)?,
        is_first: after.is_none(),
        next: next.map(|grant| format!("{CONNECTIONS_PATH}?{AFTER}={grant}")),
        request_id: id.as_str(),
    };
    let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(page::html(status, &page))
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
