//! The record of recent requests, for tests that check the upstream traffic.

use std::collections::VecDeque;
use std::sync::Mutex;

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;
use serde::Serialize;

use crate::credential::bearer;
use crate::data::people::{API_KEYS, Principal};
use crate::oauth::tokens::Tokens;
use crate::shelf::lock;

/// A recorded request, without its credentials.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    /// For example `POST`.
    pub method: String,
    /// For example `/api/v1/runs/query`.
    pub path: String,
    /// The raw query, without the question mark.
    pub query: String,
    /// The raw body, truncated to 1 MiB; it contains the tokens of OAuth requests.
    pub body: String,
    /// The scheme of the `Authorization` header.
    pub authorization: AuthKind,
    /// Whether `X-API-Key` was sent.
    pub x_api_key: bool,
    /// `X-Tenant-Id`, if sent.
    pub x_tenant_id: Option<String>,
    /// `X-Organization-Id`, if sent.
    pub x_organization_id: Option<String>,
    /// `User-Agent`, if sent: tells apart several programs that use the same double.
    pub user_agent: Option<String>,
    /// The owner of the credential: `Ada`, `Grace` or `service`; `None` if it was missing or never valid.
    pub caller: Option<String>,
}

/// The scheme of an `Authorization` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// No `Authorization` header.
    None,
    /// `Bearer`.
    Bearer,
    /// `Basic`.
    Basic,
    /// Any other scheme.
    Other,
}

/// How many requests are recorded; older ones are dropped so that a benchmark does not fill the memory.
const KEPT: usize = 10_000;

/// The last requests, oldest first. Headers are interpreted lazily, when they are read.
#[derive(Default)]
pub(crate) struct Log(Mutex<VecDeque<Entry>>);

struct Entry {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Log {
    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// Every recorded request.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        lock(&self.0).iter().map(Entry::recorded).collect()
    }

    pub(crate) fn add(&self, parts: &Parts, body: Bytes) {
        let mut entries = lock(&self.0);
        if entries.len() == KEPT {
            entries.pop_front();
        }
        let (method, uri, headers) = (parts.method.clone(), parts.uri.clone(), parts.headers.clone());
        entries.push_back(Entry { method, uri, headers, body });
    }
}

impl Entry {
    fn recorded(&self) -> Recorded {
        let header = |name: &str| self.headers.get(name)?.to_str().ok().map(str::to_owned);
        Recorded {
            method: self.method.to_string(),
            path: self.uri.path().to_owned(),
            query: self.uri.query().unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&self.body).into_owned(),
            authorization: self.auth_kind(),
            x_api_key: self.headers.contains_key("x-api-key"),
            x_tenant_id: header("x-tenant-id"),
            x_organization_id: header("x-organization-id"),
            user_agent: header("user-agent"),
            caller: owner(&self.headers).map(|principal| principal.label().to_owned()),
        }
    }

    fn auth_kind(&self) -> AuthKind {
        let Some(value) = self.headers.get(AUTHORIZATION) else { return AuthKind::None };
        let scheme = value.to_str().unwrap_or_default().split(' ').next().unwrap_or_default();
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => AuthKind::Bearer,
            "basic" => AuthKind::Basic,
            _ => AuthKind::Other,
        }
    }
}

/// The owner of the request's credential, even if it has been revoked or has expired.
fn owner(headers: &HeaderMap) -> Option<Principal> {
    match headers.get("x-api-key") {
        Some(secret) => {
            API_KEYS.iter().find(|key| key.secret.as_bytes() == secret.as_bytes()).map(|key| key.owner)
        }
        None => Tokens::owner(bearer(headers)?),
    }
}
