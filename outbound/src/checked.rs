//! The resolver that the connector asks: the addresses of a [`Resolver`], all of them checked.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Resolver;
use crate::policy::Reach;

/// The name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name has no address")]
pub(crate) struct NoAddress;

/// The name has an address that is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name has an address that is not allowed")]
pub(crate) struct RefusedAddress;

/// Hands on exactly the addresses that it has checked. There is no second resolution that could differ from the checked
/// one.
#[derive(Clone)]
pub(crate) struct CheckedResolver {
    pub(crate) inner: Arc<dyn Resolver>,
    pub(crate) reach: Reach,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, reach) = (self.inner.resolve(name.as_str()), self.reach);
        Box::pin(async move {
            let found = found.await.map_err(|_| NoAddress)?;
            if found.is_empty() {
                return Err(NoAddress.into());
            }
            // One bad address condemns the name: a mixture is how rebinding is prepared, and no honest server needs it.
            if !found.iter().all(|address| reach.allows(*address)) {
                return Err(RefusedAddress.into());
            }
            // The connector replaces port 0 with that of the URL.
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::str::FromStr;

    use super::*;
    use crate::Resolution;

    struct Fixed(Vec<&'static str>);

    impl Resolver for Fixed {
        fn resolve(&self, _: &str) -> Resolution {
            let found = self.0.iter().map(|text| text.parse().unwrap()).collect();
            Box::pin(async move { Ok(found) })
        }
    }

    async fn resolved(reach: Reach, addresses: &[&'static str]) -> Result<Vec<IpAddr>, String> {
        let resolver = CheckedResolver { inner: Arc::new(Fixed(addresses.to_vec())), reach };
        let found = resolver.resolve(Name::from_str("mcp.example.com").unwrap()).await;
        found.map(|found| found.map(|address| address.ip()).collect()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn one_address_that_is_not_allowed_refuses_the_name() {
        let refused = Err(RefusedAddress.to_string());
        for mixed in [
            &["8.8.8.8", "10.0.0.1"][..],
            &["10.0.0.1", "8.8.8.8"],
            &["2606:4700::1111", "::ffff:127.0.0.1"],
            &["169.254.169.254"],
        ] {
            assert_eq!(resolved(Reach::Public, mixed).await, refused, "{mixed:?}");
        }
        assert_eq!(resolved(Reach::Local, &["127.0.0.1", "8.8.8.8"]).await, refused);
        assert_eq!(resolved(Reach::Local, &["169.254.169.254"]).await, refused);
    }

    #[tokio::test]
    async fn exactly_the_checked_addresses_are_handed_on() {
        for (reach, addresses) in [
            (Reach::Public, &["8.8.8.8", "2606:4700::1111", "1.1.1.1"][..]),
            (Reach::Local, &["::1", "127.0.0.1", "192.168.0.9"]),
            (Reach::Any, &["10.0.0.1", "8.8.8.8"]),
        ] {
            let expected = addresses.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(resolved(reach, addresses).await, Ok(expected));
        }
    }

    #[tokio::test]
    async fn a_name_without_address_is_told_from_a_refused_one() {
        assert_eq!(resolved(Reach::Any, &[]).await, Err(NoAddress.to_string()));
    }
}
