//! Why a URL is refused. The texts are for the person who gave it; they do not repeat the URL, which may hold a secret.

/// A URL that is not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefused {
    /// It is longer than [`crate::MAX_URL`].
    #[error("the URL is longer than 2048 bytes")]
    TooLong,
    /// It contains a control character, whitespace or a backslash. Parsers differ in what they make of these.
    #[error("the URL contains a control character, whitespace or a backslash")]
    Character,
    /// It is no absolute URL with a host.
    #[error("this is not an absolute URL with a valid host and port")]
    Malformed,
    /// Its scheme is not `https`.
    #[error("the URL must start with https://")]
    NotHttps,
    /// It contains a user name or a password.
    #[error("the URL must not contain a user name or a password")]
    UserInfo,
    /// It contains a fragment.
    #[error("the URL must not contain a fragment")]
    Fragment,
    /// Its host is an address that is not public.
    #[error("the address in the URL is not a public one")]
    PrivateAddress,
    /// Its host is a name of a local network.
    #[error("the host in the URL is a name of a local network")]
    LocalName,
    /// Its scheme is `http`, and its host is an address outside the local network.
    #[error("http is only allowed for addresses of this machine and its private network")]
    PlainHttp,
}
