//! The schemes of redirect URIs that are not http or https: which of them may be an app's that somebody connects.
//!
//! Registration is open, so a redirect URI could be the scheme of a protocol, of a part of an operating system or of a
//! browser: the consent page would then start a program that nobody means, with parameters of a stranger's choice. Such
//! schemes are refused as kinds: by the registries and lists of [`mod@refused`] and by the rules of their families below.
//! What is left is an app's own (RFC 8252 section 7.1).

mod known;
mod refused;

use known::KNOWN_CLIENTS;
pub use known::KnownClient;
use refused::{BROWSER, PROTOCOL, SYSTEM};

/// Families of schemes that start parts of Windows, macOS, iOS and Android, and what their makers ship with them.
const SYSTEM_PREFIXES: [&str; 21] = [
    "android.",
    "apple-",
    "com.android.",
    "com.apple.",
    "com.microsoft.",
    "explorer.",
    "facetime",
    "ie.",
    "insiderhub",
    "intent.",
    "itms",
    "microsoft-",
    "microsoft.",
    "ms-",
    "mswindows",
    "outlook.",
    "settings-",
    "windows.",
    "windowsdefender",
    "x-apple",
    "xbox",
];
/// Families of schemes that browsers load themselves or register, or that web pages (`web+`) and extensions (`ext+`)
/// take.
const BROWSER_PREFIXES: [&str; 12] = [
    "chrome-",
    "chromehtml",
    "com.google.chrome",
    "ext+",
    "firefox",
    "googlechrome",
    "javascript.",
    "moz-",
    "msedge",
    "safari",
    "vbscript.",
    "web+",
];
/// A browser's extensions.
const EXTENSION_SUFFIX: &str = "-extension";

/// Whose a scheme is that may be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppScheme {
    /// A known client's.
    Known(&'static KnownClient),
    /// Made of a domain name, whose owner it belongs to (RFC 8252 section 7.1).
    Dotted,
    /// Nobody knows whose, or a known client's but at no address that is known to take answers.
    Other,
}

/// Whose a scheme is that may not be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedScheme {
    /// A protocol's, mostly of IANA's registry.
    #[error("is a registered protocol's, not an app's")]
    Protocol,
    /// A part of an operating system.
    #[error("belongs to an operating system, not to an app")]
    System,
    /// A browser's.
    #[error("belongs to browsers, not to an app")]
    Browser,
}

impl AppScheme {
    /// Whose this scheme is, in lower case. Known clients come first: IANA's registry has `vscode`, too.
    pub fn of(scheme: &str) -> Result<Self, RefusedScheme> {
        if let Some(client) = KNOWN_CLIENTS.iter().find(|client| client.scheme == scheme) {
            return Ok(Self::Known(client));
        }
        match refused(scheme) {
            Some(refused) => Err(refused),
            None if is_dotted(scheme) => Ok(Self::Dotted),
            None => Ok(Self::Other),
        }
    }

    /// Whose one link of this scheme is; `rest` is what follows the scheme's colon. A known client takes more links than
    /// the answers of an authorization server, to install things for example, and those are not what we mean.
    #[must_use]
    pub fn of_link(self, rest: &str) -> Self {
        match self {
            Self::Known(client) if !client.takes_answers_at(rest) => Self::Other,
            owner => owner,
        }
    }

    /// Whether a page may open a link of this scheme without a click. Any program can take a scheme that nobody knows.
    pub const fn opens_by_itself(self) -> bool {
        matches!(self, Self::Known(_) | Self::Dotted)
    }
}

/// A scheme is refused by itself, or as a layer of another (`git+ssh`).
fn refused(scheme: &str) -> Option<RefusedScheme> {
    listed(scheme).or_else(|| scheme.split('+').filter(|layer| layer.len() > 1).find_map(listed))
}

fn listed(scheme: &str) -> Option<RefusedScheme> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| scheme.starts_with(prefix));
    if has(&BROWSER, scheme) || starts(&BROWSER_PREFIXES) || scheme.ends_with(EXTENSION_SUFFIX) {
        return Some(RefusedScheme::Browser);
    }
    // One letter is a drive of Windows.
    if scheme.len() < 2 || has(&SYSTEM, scheme) || starts(&SYSTEM_PREFIXES) {
        return Some(RefusedScheme::System);
    }
    has(&PROTOCOL, scheme).then_some(RefusedScheme::Protocol)
}

fn has(table: &[&str], scheme: &str) -> bool {
    table.binary_search(&scheme).is_ok()
}

/// A domain name turned around, with something of its owner's behind it: a top-level label of letters, and at least two
/// labels more. Two labels are a bare domain at best, and as often a name with a dot in it.
fn is_dotted(scheme: &str) -> bool {
    let top = scheme.split('.').next().unwrap_or_default();
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    top.len() > 1
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        && scheme.split('.').count() > 2
        && scheme.split('.').all(is_label)
}

#[cfg(test)]
mod tests;
