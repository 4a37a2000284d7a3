//! The one cookie: a value that binds logins, forms and sessions to a browser.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::oauth::public_url::PublicUrl;
use crate::random::{self, Random};
use crate::secret::Secret;

/// Over https the `__Host-` prefix makes the browser insist on `Secure`, `Path=/` and no `Domain` (RFC 6265bis section
/// 4.1.3.2); browsers refuse it on plain http, which only loopback has.
const SECURE_NAME: &str = "__Host-langsmith-mcp";
const LOOPBACK_NAME: &str = "langsmith-mcp-loopback";
/// Length of the value: 32 bytes as unpadded base64url.
const VALUE_LENGTH: usize = 43;

/// A browser's cookie value.
#[derive(Clone, Debug)]
pub struct BrowserCookie(Secret);

impl BrowserCookie {
    /// A fresh value.
    pub fn generate(random: &dyn Random) -> Self {
        Self(Secret::new(random::token::<32>(random)))
    }

    /// The value that a request carries. Values of another shape are none of ours.
    pub fn read(public: &PublicUrl, headers: &HeaderMap) -> Option<Self> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, value)| *name == name_for(public) && value.len() == VALUE_LENGTH)
            .map(|(_, value)| Self(Secret::new(value)))
    }

    /// The `Set-Cookie` line; `max_age` in seconds.
    pub fn set(&self, public: &PublicUrl, max_age: u64) -> Option<HeaderValue> {
        line(public, self.0.expose(), max_age)
    }

    /// What the store knows of it.
    pub fn hash(&self) -> String {
        self.0.fingerprint()
    }
}

/// The `Set-Cookie` line that removes the cookie.
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
    use super::*;
    use crate::random::SystemRandom;

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

    #[test]
    fn a_value_of_another_shape_is_ignored() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "langsmith-mcp-loopback=short".parse().unwrap());
        assert!(BrowserCookie::read(&"http://localhost:1".parse().unwrap(), &headers).is_none());
    }
}
