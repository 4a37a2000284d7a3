//! What a client of this crate may reach.

use std::net::IpAddr;

use crate::address::{is_local, is_public};

/// The addresses and schemes that are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardPolicy {
    /// https to public addresses, for every server that people share.
    PublicHttps,
    /// For development on one's own machine: https to any address, and http to loopback and private addresses.
    PrivateAllowed,
}

/// The addresses that one scheme may reach under a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Public,
    Local,
    Any,
}

impl GuardPolicy {
    /// The addresses that https may reach.
    pub(crate) const fn https(self) -> Reach {
        match self {
            Self::PublicHttps => Reach::Public,
            Self::PrivateAllowed => Reach::Any,
        }
    }

    /// The addresses that http may reach, if it may be used at all. Without TLS, only a private network protects the
    /// credentials that are sent.
    pub(crate) const fn http(self) -> Option<Reach> {
        match self {
            Self::PublicHttps => None,
            Self::PrivateAllowed => Some(Reach::Local),
        }
    }
}

impl Reach {
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Local => is_local(address),
            Self::Any => true,
        }
    }
}
