//! Codes, access tokens and refresh tokens: what stands in them, and what has ended. Standard: RFC 6749 section 4.1.2, codes
//! are good once and for ten minutes; RFC 7009 section 2.1. Assumed: a refresh token is good once, and its second use ends
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::OAuthError;
use super::seal::{open, seal};
use crate::auth::{Home, Standing};
use crate::clock::{micros, now};
use crate::data::people::{self, Principal, USERS};
use crate::state::lock;

const ACCESS: &str = "lsd_at_";
const REFRESH: &str = "lsd_rt_";
const CODE: &str = "lsd_code_";
const CODE_LIFE: i64 = 600 * 1_000_000;

/// A login: what every token that comes from it has in common.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) user: Uuid,
    pub(super) workspace: Uuid,
    pub(super) client_id: String,
    /// Whether `resource` named the API; tokens without it are refused there (RFC 8707).
    pub(super) bound: bool,
    /// The stamp of the code; ends together.
    family: i64,
    /// Whether it gets refresh tokens.
    refreshable: bool,
    /// What was asked for.
    scope: String,
}

/// A code on its way through the browser.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) login: Login,
    pub(super) challenge: String,
    pub(super) redirect_uri: String,
}

/// An access or refresh token.
#[derive(Debug, Serialize, Deserialize)]
struct Token {
    /// Microseconds since the epoch, unique.
    stamp: i64,
    /// The same; `None` never expires.
    expires: Option<i64>,
    login: Login,
}

/// Everything issued and everything ended.
pub(crate) struct Tokens(Mutex<Book>);

struct Book {
    access_ttl_secs: u64,
    last_stamp: i64,
    /// Clients with a stamp up to this one are forgotten.
    clients_forgotten: i64,
    /// Stamps of used codes and refresh tokens, and of revoked access tokens.
    spent: BTreeSet<i64>,
    revoked_families: BTreeSet<i64>,
    /// Tokens of a user with a stamp up to this one have ended.
    users_ended: BTreeMap<Uuid, i64>,
    /// Access tokens with a stamp up to this one have expired.
    access_expired: i64,
    /// Whose tokens a user's refresh brings instead.
    mixed_up: BTreeMap<Uuid, Uuid>,
    issued: Vec<String>,
}

/// The pair that the token endpoint answers.
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

    /// A moment that no other call gets.
    pub(super) fn stamp(&self) -> i64 {
        lock(&self.0).stamp()
    }

    /// A code for a user who said yes.
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

    /// Reads a code; it stays usable until [`Self::spend_code`].
    pub(super) fn read_code(code: &str) -> Option<Code> {
        open(CODE, code)
    }

    /// Turns a code into tokens, once.
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

    /// Turns a refresh token into new tokens, once.
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

    /// Lets refreshes of one user bring the tokens of another one.
    pub(crate) fn mix_up(&self, user: Uuid, other: Uuid) {
        lock(&self.0).mixed_up.insert(user, other);
    }

    /// Ends a token: a refresh token with its whole login, an access token alone (RFC 7009 section 2.1).
    pub(super) fn revoke(&self, token: &str) {
        let mut book = lock(&self.0);
        if let Some(token) = open::<Token>(REFRESH, token) {
            book.revoked_families.insert(token.login.family);
        } else if let Some(token) = open::<Token>(ACCESS, token) {
            book.spent.insert(token.stamp);
        }
    }

    /// What an access token allows on the API.
    pub(crate) fn access(&self, token: &str) -> Option<Standing> {
        let token: Token = open(ACCESS, token)?;
        let book = lock(&self.0);
        let live = token.login.bound
            && token.expires.is_none_or(|expires| micros(now()) < expires)
            && token.stamp > book.access_expired
            && !book.spent.contains(&token.stamp)
            && !book.login_ended(&token.login, token.stamp);
        let user = people::user(token.login.user).filter(|_| live)?;
        Some(Standing {
            principal: Principal::User(user),
            permissions: user.permissions,
            home: Home::Own(token.login.workspace),
        })
    }

    /// Whose access token it is, and which scopes it was asked with.
    pub(super) fn claims(&self, token: &str) -> Option<(&'static people::User, String)> {
        self.access(token)?;
        let token: Token = open(ACCESS, token)?;
        Some((people::user(token.login.user)?, token.login.scope))
    }

    /// Whose access token it is or was.
    pub(crate) fn owner(token: &str) -> Option<Principal> {
        let token: Token = open(ACCESS, token)?;
        people::user(token.login.user).map(Principal::User)
    }

    /// Ends everything that a user (by id or name) has got so far.
    pub(crate) fn end_user(&self, user: &str) {
        let mut book = lock(&self.0);
        let stamp = book.stamp();
        let meant = USERS.iter().filter(|known| known.name == user || known.id.to_string() == user);
        book.users_ended.extend(meant.map(|known| (known.id, stamp)));
    }

    /// Forgets every client registered so far.
    pub(crate) fn forget_clients(&self) {
        let mut book = lock(&self.0);
        book.clients_forgotten = book.stamp();
    }

    /// Whether a client registered at this stamp is forgotten.
    pub(super) fn forgets(&self, stamp: i64) -> bool {
        stamp <= lock(&self.0).clients_forgotten
    }

    /// Lets every access token issued so far expire.
    pub(crate) fn expire_access(&self) {
        let mut book = lock(&self.0);
        book.access_expired = book.stamp();
    }

    /// The life of access tokens from now on.
    pub(crate) fn set_access_ttl(&self, seconds: u64) {
        lock(&self.0).access_ttl_secs = seconds;
    }

    /// Every code and token issued.
    pub(crate) fn issued(&self) -> Vec<String> {
        lock(&self.0).issued.clone()
    }
}

/// What the authorization request fixed.
pub(super) struct Asked {
    pub(super) challenge: String,
    pub(super) redirect_uri: String,
    pub(super) refreshable: bool,
    pub(super) scope: String,
}

impl Book {
    /// Microseconds since the epoch, moved on where two calls would get the same.
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
