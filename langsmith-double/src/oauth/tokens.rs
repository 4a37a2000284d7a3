//! Codes, access tokens and refresh tokens: their content, and their end. Standard: RFC 6749 section 4.1.2, codes are
//! valid once and for ten minutes; RFC 7009 section 2.1. Assumed: a refresh token is valid once, and its reuse revokes
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::OAuthError;
use super::seal::{open, seal};
use crate::clock::{micros, now};
use crate::credential::CredentialRights;
use crate::data::people::{self, Home, Principal, USERS};
use crate::shelf::lock;

const ACCESS: &str = "lsd_at_";
const REFRESH: &str = "lsd_rt_";
const CODE: &str = "lsd_code_";
const CODE_LIFE: i64 = 600 * 1_000_000;

/// A login: the properties shared by all tokens issued from it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) user: Uuid,
    pub(super) workspace: Uuid,
    pub(super) client_id: String,
    /// Whether `resource` named the API; the API refuses tokens without it (RFC 8707).
    pub(super) bound: bool,
    /// The stamp of the code; tokens with the same family are revoked together.
    family: i64,
    /// Whether the login gets refresh tokens.
    refreshable: bool,
    /// The requested scope.
    scope: String,
}

/// The content of an authorization code.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) login: Login,
    pub(super) challenge: String,
    pub(super) redirect_uri: String,
}

/// The content of an access or refresh token.
#[derive(Debug, Serialize, Deserialize)]
struct Token {
    /// Microseconds since the epoch, unique.
    stamp: i64,
    /// Microseconds since the epoch; `None` never expires.
    expires: Option<i64>,
    login: Login,
}

/// The tokens issued and those no longer valid.
pub(crate) struct Tokens(Mutex<Book>);

struct Book {
    access_ttl_secs: u64,
    last_stamp: i64,
    /// Clients with a stamp up to this one are forgotten.
    clients_forgotten: i64,
    /// Stamps of used codes and refresh tokens, and of revoked access tokens.
    spent: BTreeSet<i64>,
    revoked_families: BTreeSet<i64>,
    /// Tokens of a user with a stamp up to this one are revoked.
    users_ended: BTreeMap<Uuid, i64>,
    /// Access tokens with a stamp up to this one have expired.
    access_expired: i64,
    /// The user whose tokens a refresh returns instead.
    mixed_up: BTreeMap<Uuid, Uuid>,
    issued: Vec<String>,
}

/// The token pair of a token response.
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) expires_in: u64,
    pub(super) workspace: Uuid,
}

impl Tokens {
    pub(crate) fn new(access_ttl_secs: u64) -> Self {
        Self(Mutex::new(Book {
            access_ttl_secs,
            last_stamp: 0,
            clients_forgotten: 0,
            spent: BTreeSet::new(),
            revoked_families: BTreeSet::new(),
            users_ended: BTreeMap::new(),
            access_expired: 0,
            mixed_up: BTreeMap::new(),
            issued: Vec::new(),
        }))
    }

    /// A unique timestamp.
    pub(super) fn stamp(&self) -> i64 {
        lock(&self.0).stamp()
    }

    /// Issues a code after the user's consent.
    pub(super) fn code(
        &self,
        (user, workspace): (Uuid, Uuid),
        client_id: String,
        bound: bool,
        asked: Asked,
    ) -> String {
        let mut book = lock(&self.0);
        let family = book.stamp();
        let (refreshable, scope) = (asked.refreshable, asked.scope);
        let login = Login { user, workspace, client_id, bound, family, refreshable, scope };
        book.issue(CODE, &Code { login, challenge: asked.challenge, redirect_uri: asked.redirect_uri })
    }

    /// Decodes a code; it stays usable until [`Self::spend_code`].
    pub(super) fn read_code(code: &str) -> Option<Code> {
        open(CODE, code)
    }

    /// Exchanges a code for tokens, once.
    pub(super) fn spend_code(&self, code: Code, bound: bool) -> Result<Pair, OAuthError> {
        let mut book = lock(&self.0);
        let family = code.login.family;
        if micros(now()) > family + CODE_LIFE
            || book.login_ended(&code.login, family)
            || !book.spent.insert(family)
        {
            return Err(OAuthError::InvalidGrant("the code is expired or was used"));
        }
        Ok(book.pair(Login { bound: code.login.bound || bound, ..code.login }))
    }

    /// Exchanges a refresh token for new tokens, once.
    pub(super) fn refresh(&self, token: &str, client_id: &str, bound: bool) -> Result<Pair, OAuthError> {
        let refused = OAuthError::InvalidGrant("the refresh token is unknown, used or revoked");
        let Some(token) = open::<Token>(REFRESH, token) else { return Err(refused) };
        let mut book = lock(&self.0);
        if token.login.client_id != client_id || book.login_ended(&token.login, token.stamp) {
            return Err(refused);
        }
        if !book.spent.insert(token.stamp) {
            return Err(refused);
        }
        let user = *book.mixed_up.get(&token.login.user).unwrap_or(&token.login.user);
        Ok(book.pair(Login { user, bound: token.login.bound || bound, ..token.login }))
    }

    /// Makes refreshes of one user return tokens of another one.
    pub(crate) fn mix_up(&self, user: Uuid, other: Uuid) {
        lock(&self.0).mixed_up.insert(user, other);
    }

    /// Revokes a token: a refresh token with its whole login, an access token alone (RFC 7009 section 2.1).
    pub(super) fn revoke(&self, token: &str) {
        let mut book = lock(&self.0);
        if let Some(token) = open::<Token>(REFRESH, token) {
            book.revoked_families.insert(token.login.family);
        } else if let Some(token) = open::<Token>(ACCESS, token) {
            book.spent.insert(token.stamp);
        }
    }

    /// The rights of a valid access token on the API.
    pub(crate) fn access(&self, token: &str) -> Option<CredentialRights> {
        let token: Token = open(ACCESS, token)?;
        let book = lock(&self.0);
        let live = token.login.bound
            && token.expires.is_none_or(|expires| micros(now()) < expires)
            && token.stamp > book.access_expired
            && !book.spent.contains(&token.stamp)
            && !book.login_ended(&token.login, token.stamp);
        let user = people::user(token.login.user).filter(|_| live)?;
        Some(CredentialRights {
            principal: Principal::User(user),
            permissions: user.permissions,
            home: Home::Own(token.login.workspace),
        })
    }

    /// The user and the requested scope of a valid access token.
    pub(super) fn claims(&self, token: &str) -> Option<(&'static people::User, String)> {
        self.access(token)?;
        let token: Token = open(ACCESS, token)?;
        Some((people::user(token.login.user)?, token.login.scope))
    }

    /// The user of an access token, even of one no longer valid.
    pub(crate) fn owner(token: &str) -> Option<Principal> {
        let token: Token = open(ACCESS, token)?;
        people::user(token.login.user).map(Principal::User)
    }

    /// Revokes everything issued to a user (by id or name) so far.
    pub(crate) fn end_user(&self, user: &str) {
        let mut book = lock(&self.0);
        let stamp = book.stamp();
        let meant = USERS.iter().filter(|known| known.name == user || known.id.to_string() == user);
        book.users_ended.extend(meant.map(|known| (known.id, stamp)));
    }

    /// Forgets every dynamically registered client so far.
    pub(crate) fn forget_clients(&self) {
        let mut book = lock(&self.0);
        book.clients_forgotten = book.stamp();
    }

    /// Whether a client registered at this stamp is forgotten.
    pub(super) fn forgets(&self, stamp: i64) -> bool {
        stamp <= lock(&self.0).clients_forgotten
    }

    /// Expires every access token issued so far.
    pub(crate) fn expire_access(&self) {
        let mut book = lock(&self.0);
        book.access_expired = book.stamp();
    }

    /// Sets the lifetime of access tokens issued from now on, in seconds.
    pub(crate) fn set_access_ttl(&self, seconds: u64) {
        lock(&self.0).access_ttl_secs = seconds;
    }

    /// Every code and token issued.
    pub(crate) fn issued(&self) -> Vec<String> {
        lock(&self.0).issued.clone()
    }
}

/// The parameters of the authorization request that the code keeps.
pub(super) struct Asked {
    pub(super) challenge: String,
    pub(super) redirect_uri: String,
    pub(super) refreshable: bool,
    pub(super) scope: String,
}

impl Book {
    /// Microseconds since the epoch, advanced where two calls would get the same value.
    fn stamp(&mut self) -> i64 {
        self.last_stamp = micros(now()).max(self.last_stamp + 1);
        self.last_stamp
    }

    fn login_ended(&self, login: &Login, stamp: i64) -> bool {
        self.revoked_families.contains(&login.family)
            || self.users_ended.get(&login.user).is_some_and(|ended| stamp <= *ended)
    }

    fn pair(&mut self, login: Login) -> Pair {
        let life = i64::try_from(self.access_ttl_secs).unwrap_or(i64::MAX).saturating_mul(1_000_000);
        let stamp = self.stamp();
        let expires = Some(stamp.saturating_add(life));
        let access = self.issue(ACCESS, &Token { stamp, expires, login: login.clone() });
        let (stamp, workspace) = (self.stamp(), login.workspace);
        let refresh = login.refreshable.then(|| self.issue(REFRESH, &Token { stamp, expires: None, login }));
        Pair { access, refresh, expires_in: self.access_ttl_secs, workspace }
    }

    fn issue<T: Serialize>(&mut self, prefix: &str, value: &T) -> String {
        let text = seal(prefix, value);
        self.issued.push(text.clone());
        text
    }
}
