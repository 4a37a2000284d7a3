//! How host names become addresses.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;

use tokio::net::lookup_host;

/// The addresses of a name, when they are known.
pub type Resolution = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Resolves host names. A parameter, so that tests decide what a name means.
pub trait Resolver: Send + Sync + 'static {
    /// All addresses of `name`, in the order in which they are tried. None is an error, too.
    fn resolve(&self, name: &str) -> Resolution;
}

/// The resolver of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, name: &str) -> Resolution {
        let name = name.to_owned();
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
