//! Resolves the names of data planes. The check is made on the resolved addresses, and the connection uses the same
//! ones, so that a name that changes in between (DNS rebinding) gains nothing.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use super::reach::Reach;

/// The name has addresses, but none of them is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no address of the name may be used")]
pub(crate) struct RefusedAddress;

/// The system's resolver, without the addresses that a data plane may not have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver(pub(super) Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(RefusedAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::UpstreamError;
    use crate::transport::client::resolving_client;
    use crate::transport::unreachable::{Host, transport_error};

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_told_from_one_that_leads_nowhere() {
        for (loopback, expected) in
            [(false, UpstreamError::PrivateAddress), (true, UpstreamError::Unreachable)]
        {
            let reach = Reach { loopback, private: true };
            let client = resolving_client(None, Arc::new(Resolver(reach))).unwrap();
            // Nothing listens on port 1; no connection is made if the name is refused.
            let request = client.get("https://localhost:1/").build().unwrap();
            let host = Host::of(request.url());
            let error = client.execute(request).await.unwrap_err();
            assert_eq!(transport_error(&host, &error), expected);
        }
    }
}
