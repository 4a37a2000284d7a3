//! The only cookie: a value that binds logins, forms and sessions to a browser.
//!
//! After a login, it also names the user, by the reference under which their grants are stored, so that their data can
//! be read concurrently with their session. That part proves nothing: the session is found by the hash of the whole
//! value, and must belong to the same user.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use oauth::public_url::PublicUrl;
use primitives::ids::UserRef;
use primitives::random::{self, Random};
use primitives::secret::Secret;

/// Over https the `__Host-` prefix makes the browser insist on `Secure`, `Path=/` and no `Domain` (RFC 6265bis section
/// 4.1.3.2); browsers refuse it on plain http, which is used on loopback only.
const SECURE_NAME: &str = "__Host-langsmith-mcp";
const LOOPBACK_NAME: &str = "langsmith-mcp-loopback";
/// Length of the random part: 32 bytes as unpadded base64url.
const RANDOM_LENGTH: usize = 43;
/// Separates the random part from the user. It occurs in neither.
const SEPARATOR: char = '.';

/// A browser's cookie value.
#[derive(Clone, Debug)]
pub struct BrowserCookie {
    value: Secret,
    user: Option<UserRef>,
}

impl BrowserCookie {
    /// A fresh value for a browser without a logged-in user.
    pub fn generate(random: &dyn Random) -> Self {
        Self { value: Secret::new(random::token::<32>(random)), user: None }
    }

    /// A fresh value for a browser in which this user has just logged in.
    pub fn for_user(random: &dyn Random, user: UserRef) -> Self {
        let value = Secret::new(format!("{}{SEPARATOR}{user}", random::token::<32>(random)));
        Self { value, user: Some(user) }
    }

    /// The cookie of a request; `None` if its shape is not ours.
    pub fn read(public: &PublicUrl, headers: &HeaderMap) -> Option<Self> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == name_for(public))
            .find_map(|(_, value)| Self::parse(value))
    }

    fn parse(value: &str) -> Option<Self> {
        let (random, user) = match value.split_once(SEPARATOR) {
            Some((random, user)) => (random, Some(UserRef::parse(user)?)),
            None => (value, None),
        };
        (random.len() == RANDOM_LENGTH).then(|| Self { value: Secret::new(value), user })
    }

    /// The user whom the cookie names. Only their session proves it.
    pub const fn user(&self) -> Option<&UserRef> {
        self.user.as_ref()
    }

    /// The `Set-Cookie` value; `max_age` is in seconds.
    pub fn set(&self, public: &PublicUrl, max_age: u64) -> Option<HeaderValue> {
        line(public, self.value.expose(), max_age)
    }

    /// The hash by which the store knows the cookie.
    pub fn hash(&self) -> String {
        self.value.fingerprint()
    }
}

/// The `Set-Cookie` value that removes the cookie.
pub fn clear(public: &PublicUrl) -> Option<HeaderValue> {
    line(public, "", 0)
}

fn line(public: &PublicUrl, value: &str, max_age: u64) -> Option<HeaderValue> {
    let secure = if public.is_https() { "; Secure" } else { "" };
    let text =
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}", name_for(public));
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn name_for(public: &PublicUrl) -> &'static str {
    if public.is_https() { SECURE_NAME } else { LOOPBACK_NAME }
}

#[cfg(test)]
mod tests {
    use primitives::ids::UserId;
    use primitives::random::SystemRandom;

    use super::*;

    #[test]
    fn a_cookie_comes_back_as_it_was_set() {
        for (url, name) in [("https://h", SECURE_NAME), ("http://localhost:1", LOOPBACK_NAME)] {
            let public: PublicUrl = url.parse().unwrap();
            let cookie = BrowserCookie::generate(&SystemRandom);
            let line = cookie.set(&public, 600).unwrap();
            let pair = line.to_str().unwrap().split(';').next().unwrap().to_owned();
            assert!(pair.starts_with(name));
            assert_eq!(line.to_str().unwrap().contains("Secure"), url.starts_with("https"));
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, format!("other=1; {pair}").parse().unwrap());
            assert_eq!(BrowserCookie::read(&public, &headers).unwrap().hash(), cookie.hash());
        }
    }

    fn read(value: &str) -> Option<BrowserCookie> {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("{LOOPBACK_NAME}={value}").parse().unwrap());
        BrowserCookie::read(&"http://localhost:1".parse().unwrap(), &headers)
    }

    #[test]
    fn a_value_of_another_shape_is_ignored() {
        let (random, user) = ("r".repeat(43), "u".repeat(22));
        assert!(read(&random).is_some() && read(&format!("{random}.{user}")).is_some());
        for value in [
            String::new(),
            "short".into(),
            format!("{random}r"),
            format!("{random}."),
            format!(".{user}"),
            format!("{random}.{user}u"),
            format!("{random}.{}", &user[1..]),
            format!("{random}.{}*", &user[1..]),
            format!("{random}.{user}.{user}"),
            format!("{}.{user}", &random[1..]),
        ] {
            assert!(read(&value).is_none(), "{value}");
        }
    }

    /// The hash covers the user, so the same random part with another user is another session.
    #[test]
    fn a_logged_in_browser_names_its_user() {
        let user = UserId::new("ada").reference();
        let cookie = BrowserCookie::for_user(&SystemRandom, user.clone());
        let value = cookie.value.expose().to_owned();
        let back = read(&value).unwrap();
        assert_eq!((back.user(), back.hash()), (Some(&user), cookie.hash()));
        let (random, _) = value.split_once(SEPARATOR).unwrap();
        let other = read(&format!("{random}.{}", UserId::new("grace").reference())).unwrap();
        let nobody = read(random).unwrap();
        assert_eq!(nobody.user(), None);
        assert!(other.hash() != back.hash() && nobody.hash() != back.hash());
    }
}
