//! The destination of a redirect in human-readable form: the one fact about a client that it cannot make up.

use oauth::redirect::Destination;
use public_suffix::{DEFAULT_PROVIDER, EffectiveTLDProvider as _};

/// A destination as the consent page shows it: complete, with the part that identifies its owner set apart. The owner
/// of `attacker.example` may prefix it with `login.langsmith.com.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DisplayedDestination {
    /// The subdomains, a free choice of the domain's owner.
    pub(crate) before: String,
    /// The registrable domain (the public suffix and one more label), or its substitute.
    pub(crate) domain: String,
    /// The port of a web destination, with its colon; otherwise empty.
    pub(crate) after: String,
    /// Whether it is a program on the person's own computer.
    pub(crate) on_this_computer: bool,
}

impl DisplayedDestination {
    /// Splits a destination for display.
    pub(crate) fn of(destination: &Destination) -> Self {
        let on_this_computer = matches!(destination, Destination::Loopback(_) | Destination::App { .. });
        let Destination::Web(address) = destination else {
            let domain = name(destination);
            return Self { before: String::new(), domain, after: String::new(), on_this_computer };
        };
        let (host, after) = match address.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, format!(":{port}"))
            }
            _ => (address.as_str(), String::new()),
        };
        let (before, domain) = split(host);
        Self { before: before.to_owned(), domain: domain.to_owned(), after, on_this_computer }
    }
}

/// Splits a host before its registrable domain. A host without one (an IP address, a public suffix) stays whole.
fn split(host: &str) -> (&str, &str) {
    // A final dot names the same host, but would count as a label.
    let labels = host.trim_end_matches('.');
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    let owned = DEFAULT_PROVIDER.effective_tld_plus_one(labels).ok().filter(|_| !is_address);
    let start = owned.and_then(|domain| labels.len().checked_sub(domain.len()));
    start.and_then(|start| host.split_at_checked(start)).unwrap_or(("", host))
}

/// Host and port, or the app that handles the scheme.
pub(crate) fn name(destination: &Destination) -> String {
    match destination {
        Destination::Web(host) | Destination::Loopback(host) => host.clone(),
        Destination::App { scheme, .. } => format!("the app that opens {scheme}: links"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_domain_that_somebody_registered_stands_out() {
        for (host, before, domain) in [
            ("claude.ai", "", "claude.ai"),
            ("login.langsmith.com.evil.attacker.io", "login.langsmith.com.evil.", "attacker.io"),
            ("smith.langchain.com.co.uk", "smith.langchain.", "com.co.uk"),
            ("a.b.example.co.uk", "a.b.", "example.co.uk"),
            // Public suffixes under which anybody may register a name.
            ("langsmith.attacker.github.io", "langsmith.", "attacker.github.io"),
            ("login.attacker.pages.dev", "login.", "attacker.pages.dev"),
            ("login.xn--80ak6aa92e.com", "login.", "xn--80ak6aa92e.com"),
            ("www.example.com.", "www.", "example.com."),
            ("host.corp", "", "host.corp"),
            // Public suffixes themselves, which nobody registered.
            ("github.io", "", "github.io"),
            ("intranet", "", "intranet"),
            ("192.0.2.7", "", "192.0.2.7"),
            ("[2001:db8::1]", "", "[2001:db8::1]"),
        ] {
            assert_eq!(split(host), (before, domain), "{host}");
        }
    }

    #[test]
    fn a_port_is_shown_and_belongs_to_nobody() {
        let shown = DisplayedDestination::of(&Destination::Web("a.example.com:8443".to_owned()));
        assert_eq!(
            (shown.before.as_str(), shown.domain.as_str(), shown.after.as_str()),
            ("a.", "example.com", ":8443")
        );
        let shown = DisplayedDestination::of(&Destination::Web("[2001:db8::1]".to_owned()));
        assert_eq!((shown.domain.as_str(), shown.after.as_str()), ("[2001:db8::1]", ""));
        let shown = DisplayedDestination::of(&Destination::Loopback("127.0.0.1:33418".to_owned()));
        assert_eq!((shown.domain.as_str(), shown.on_this_computer), ("127.0.0.1:33418", true));
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole(address in "[a-z0-9.\\-]{1,40}(:[0-9]{1,5})?") {
            let shown = DisplayedDestination::of(&Destination::Web(address.clone()));
            prop_assert_eq!(format!("{}{}{}", shown.before, shown.domain, shown.after), address);
            prop_assert!(!shown.domain.is_empty());
        }
    }
}
