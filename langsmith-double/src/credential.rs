//! A credential in a request, and the rights that come with it. Standard: RFC 6750 section 2.1.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::data::people::{Home, Permissions, Principal};

/// The identity and permissions behind a credential, before a workspace is chosen.
pub(crate) struct CredentialRights {
    pub(crate) principal: Principal,
    pub(crate) permissions: Permissions,
    pub(crate) home: Home,
}

/// The token of an `Authorization: Bearer` header (RFC 6750 section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
