//! Whether the host is reachable, and the connection encrypted.

use std::collections::BTreeSet;

use http::Version;
use tokio::net::lookup_host;

use crate::sight::{Sight, Trouble};
use crate::target::Target;
use crate::visitor::{Answer, Silence, Visitor};

/// Plain HTTP is for loopback only. Judged by the URL alone, without a request.
pub(crate) fn scheme(target: &Target) -> Result<(), Trouble> {
    if target.is_https() || target.is_loopback() {
        return Ok(());
    }
    Err(Trouble::fault(
        "plain http to a public host; nothing was sent",
        "clients refuse it, and credentials would be readable on the way: use https (a server of your own: a reverse \
         proxy with TLS, docs/run-locally.md, On a public URL)",
    ))
}

/// The host's addresses.
pub(crate) async fn address(target: &Target) -> Sight {
    let fix = "the DNS record of DomainName must point at the output DnsTarget: with HostedZoneId the stack makes it, \
               without you do; a new record takes some minutes";
    let found = lookup_host((target.host(), target.port())).await;
    let found =
        found.map_err(|error| Trouble::fault(format!("{} does not resolve: {error}", target.host()), fix))?;
    let addresses: BTreeSet<_> = found.map(|address| address.ip().to_string()).collect();
    if addresses.is_empty() {
        return Err(Trouble::fault(format!("{} has no address", target.host()), fix));
    }
    Ok(addresses.into_iter().collect::<Vec<_>>().join(", "))
}

/// A first request, with any answer.
pub(crate) async fn connect(visitor: &Visitor, path: &str) -> Result<Answer, Trouble> {
    visitor.try_ask(visitor.get(path)).await.map_err(|silence| {
        let seen = silence.to_string();
        Trouble::fault(seen.clone(), fix(&silence, &seen))
    })
}

/// A description of the connection.
pub(crate) fn describe(target: &Target, answer: &Answer) -> String {
    if !target.is_https() {
        return "plain http, on this machine".to_owned();
    }
    let version = if answer.version == Version::HTTP_2 { "HTTP/2" } else { "HTTP/1.1" };
    format!("{version}; the certificate is valid for the host and trusted here")
}

fn fix(silence: &Silence, seen: &str) -> String {
    match silence {
        Silence::Connect(_) if seen.contains("certificate") => {
            "the certificate must name DomainName, be within its validity period, and come from an authority \
             that clients trust: leave CertificateArn empty to have one issued, or give one of ACM in the \
             stack's region; for an authority of your own, --ca-file"
        }
        Silence::Connect(_) => {
            "nothing accepts the connection: does the DNS record of DomainName point to the output \
             DnsTarget, and is the port open? A local server must be running"
        }
        Silence::Slow | Silence::Broken(_) | Silence::TooLarge => {
            "something other than API Gateway accepts the connection: check where the DNS record of \
             DomainName points"
        }
    }
    .to_owned()
}
