//! Names and their addresses.

use outbound::{GuardPolicy, OutboundFailure, UrlRefused};

use crate::server::{Answers, Server, client, get, resolving, wide};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

fn named(server: &Server) -> String {
    format!("http://mcp.example.com:{}/mcp", server.address.port())
}

#[tokio::test]
async fn the_connection_goes_to_the_address_that_was_checked() {
    let server = Server::answering(OK).await;
    // The second answer is another network: a client that resolved twice for one request would see it.
    let resolver = Answers::new(&[&["127.0.0.1"], &["8.8.8.8"]]);
    let client = resolving(GuardPolicy::PrivateAllowed, resolver.clone());
    client.send(get(&named(&server)), wide()).await.unwrap();
    assert_eq!((resolver.asked(), server.connections()), (1, 1));

    let failure = client.send(get(&named(&server)), wide()).await.unwrap_err();
    assert_eq!(failure, OutboundFailure::PrivateAddress);
    assert_eq!((resolver.asked(), server.connections()), (2, 1));
}

#[tokio::test]
async fn one_bad_address_refuses_the_name() {
    let server = Server::answering(OK).await;
    for answer in
        [&["127.0.0.1", "8.8.8.8"][..], &["8.8.8.8", "127.0.0.1"], &["127.0.0.1", "169.254.169.254"]]
    {
        let client = resolving(GuardPolicy::PrivateAllowed, Answers::new(&[answer]));
        let failure = client.send(get(&named(&server)), wide()).await.unwrap_err();
        assert_eq!(failure, OutboundFailure::PrivateAddress, "{answer:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_public_name_does_not_lead_into_the_network() {
    let server = Server::answering(OK).await;
    let url = format!("https://mcp.example.com:{}/mcp", server.address.port());
    for answer in [&["127.0.0.1"][..], &["::ffff:127.0.0.1"], &["8.8.8.8", "127.0.0.1"]] {
        let client = resolving(GuardPolicy::PublicHttps, Answers::new(&[answer]));
        let failure = client.send(get(&url), wide()).await.unwrap_err();
        assert_eq!(failure, OutboundFailure::PrivateAddress, "{answer:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_without_address_does_not_resolve() {
    let unknown = Answers::new(&[]);
    let empty = Answers::new(&[&[]]);
    for resolver in [unknown, empty] {
        for policy in [GuardPolicy::PublicHttps, GuardPolicy::PrivateAllowed] {
            let client = resolving(policy, resolver.clone());
            let failure = client.send(get("https://mcp.example.com"), wide()).await.unwrap_err();
            assert_eq!(failure, OutboundFailure::Resolve);
        }
    }
}

#[tokio::test]
async fn a_url_is_checked_again_under_the_policy_of_the_client() {
    let server = Server::answering(OK).await;
    let port = server.address.port();
    for (url, expected) in [
        (format!("https://127.0.0.1:{port}"), UrlRefused::PrivateAddress),
        (format!("https://localhost:{port}"), UrlRefused::LocalName),
        (format!("http://127.0.0.1:{port}"), UrlRefused::NotHttps),
    ] {
        let failure = client(GuardPolicy::PublicHttps).send(get(&url), wide()).await.unwrap_err();
        assert_eq!(failure, OutboundFailure::Refused(expected), "{url}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_system_resolves_localhost() {
    let server = Server::answering(OK).await;
    // Both loopback addresses are tried; the server listens on one.
    let url = format!("http://localhost:{}", server.address.port());
    client(GuardPolicy::PrivateAllowed).send(get(&url), wide()).await.unwrap();
}
