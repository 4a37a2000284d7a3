//! The schemes of redirect URIs that are not http or https: which of them may be an app's that somebody connects.
//!
//! Registration is open, so a redirect URI could be the scheme of a protocol, of a part of an operating system or of a
//! browser: the consent page would then start a program that nobody means, with parameters of a stranger's choice. Such
//! schemes are refused as kinds: by the registries and lists of [`refused`] and by the rules of their families below.
//! What is left is an app's own (RFC 8252 section 7.1).

mod known;
mod refused;

use known::KNOWN_CLIENTS;
pub use known::KnownClient;
use refused::{BROWSER, PROTOCOL, SYSTEM};

/// Families of schemes that start parts of Windows, macOS and iOS.
const SYSTEM_PREFIXES: [&str; 9] =
    ["com.apple.", "explorer.", "facetime", "itms", "microsoft-", "microsoft.", "ms-", "windows.", "x-apple"];
/// Families of schemes that browsers load themselves, or that web pages (`web+`) and extensions (`ext+`) take.
const BROWSER_PREFIXES: [&str; 6] = ["chrome-", "ext+", "javascript.", "moz-", "vbscript.", "web+"];
/// A browser's extensions.
const EXTENSION_SUFFIX: &str = "-extension";

/// Whose a scheme is that may be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppScheme {
    /// A known client's.
    Known(&'static KnownClient),
    /// Made of a domain name, whose owner it belongs to (RFC 8252 section 7.1).
    Dotted,
    /// Nobody knows whose.
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

    /// Whether a page may open a link of this scheme without a click. Any program can take a scheme that nobody knows.
    pub const fn opens_by_itself(self) -> bool {
        matches!(self, Self::Known(_) | Self::Dotted)
    }
}

fn refused(scheme: &str) -> Option<RefusedScheme> {
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

/// At least two labels, none empty, as a domain name turned around has them.
fn is_dotted(scheme: &str) -> bool {
    scheme.contains('.') && scheme.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests;
