//! The schemes of redirect URIs other than http and https: which of them may belong to an app that somebody connects.
//!
//! Registration is open, so a redirect URI could have the scheme of a protocol, of a part of an operating system or of
//! a browser: the consent page would then start an unintended program with parameters chosen by an attacker. Such
//! schemes are refused: by the registries and lists of [`mod@refused`] and by the prefix rules below. The remaining
//! ones are private-use schemes of apps (RFC 8252 section 7.1).

mod known;
mod refused;

use known::KNOWN_CLIENTS;
pub use known::KnownClient;
use refused::{BROWSER, PROTOCOL, SYSTEM};

/// Prefixes of schemes that start parts of Windows, macOS, iOS and Android, or their vendors' bundled apps.
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
/// Prefixes of schemes that browsers load themselves or register, or that web pages (`web+`) and extensions (`ext+`)
/// handle.
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
/// The schemes of browser extensions.
const EXTENSION_SUFFIX: &str = "-extension";

/// The owner of a scheme that may be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppScheme {
    /// A known client.
    Known(&'static KnownClient),
    /// The owner of the domain that the scheme is made of (RFC 8252 section 7.1).
    Dotted,
    /// Unknown, or a known client but with a link that is not known to take authorization responses.
    Other,
}

/// The owner of a scheme that may not be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedScheme {
    /// A protocol, mostly from IANA's registry.
    #[error("belongs to a registered protocol, not to an app")]
    Protocol,
    /// A part of an operating system.
    #[error("belongs to an operating system, not to an app")]
    System,
    /// A browser.
    #[error("belongs to browsers, not to an app")]
    Browser,
}

impl AppScheme {
    /// The owner of this scheme, given in lower case. Known clients take precedence: IANA's registry lists `vscode`,
    /// too.
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

    /// The owner of one link with this scheme; `rest` is the part after the scheme's colon. A known client also handles
    /// links that are no authorization responses, for example to install things, and those are not trusted.
    #[must_use]
    pub fn of_link(self, rest: &str) -> Self {
        match self {
            Self::Known(client) if !client.takes_answers_at(rest) => Self::Other,
            owner => owner,
        }
    }

    /// Whether a page may open a link with this scheme without a click. Any program can register an unknown scheme.
    pub const fn opens_by_itself(self) -> bool {
        matches!(self, Self::Known(_) | Self::Dotted)
    }
}

/// A scheme is refused as a whole, or for a layer of it (`git+ssh`).
fn refused(scheme: &str) -> Option<RefusedScheme> {
    listed(scheme).or_else(|| scheme.split('+').filter(|layer| layer.len() > 1).find_map(listed))
}

fn listed(scheme: &str) -> Option<RefusedScheme> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| scheme.starts_with(prefix));
    if has(&BROWSER, scheme) || starts(&BROWSER_PREFIXES) || scheme.ends_with(EXTENSION_SUFFIX) {
        return Some(RefusedScheme::Browser);
    }
    // A single letter is a Windows drive.
    if scheme.len() < 2 || has(&SYSTEM, scheme) || starts(&SYSTEM_PREFIXES) {
        return Some(RefusedScheme::System);
    }
    has(&PROTOCOL, scheme).then_some(RefusedScheme::Protocol)
}

fn has(table: &[&str], scheme: &str) -> bool {
    table.binary_search(&scheme).is_ok()
}

/// A reversed domain name followed by the owner's own labels: a top-level label of letters, and at least two more. Two
/// labels are a bare domain at best, and just as often a name with a dot in it.
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
