//! Where a redirect leads, in words for the person who is asked: the one thing about a client that it cannot make up.

use shared::oauth::redirect::Destination;

/// Host and port, or the app that takes the address.
pub(crate) fn name(destination: &Destination) -> String {
    match destination {
        Destination::Web(host) | Destination::Loopback(host) => host.clone(),
        Destination::App { scheme, .. } => format!("the app that opens {scheme}: links"),
    }
}

/// Whether it is a program on the person's own computer.
pub(crate) const fn is_on_this_computer(destination: &Destination) -> bool {
    matches!(destination, Destination::Loopback(_) | Destination::App { .. })
}
