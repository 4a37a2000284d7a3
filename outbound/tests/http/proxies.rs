//! The proxy variables of the environment. They are set for a second process of this test, because those of a running
//! process are never written.

use std::env;
use std::process::Command;

use crate::server::{Server, failure, wide};

/// Set only in the second process.
const INNER: &str = "OUTBOUND_TEST_INNER";

#[tokio::test]
async fn proxies_of_the_environment_are_ignored() {
    if env::var_os(INNER).is_some() {
        let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(failure(&server.url(), wide()).await, None);
        assert_eq!(server.connections(), 1);
        return;
    }
    let proxy = Server::answering("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 9999999\r\n\r\n").await;
    let mut inner = Command::new(env::current_exe().unwrap());
    inner.args(["--exact", "proxies::proxies_of_the_environment_are_ignored"]).env(INNER, "1");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        inner.env(name, proxy.url());
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        inner.env_remove(name);
    }
    let output = tokio::task::spawn_blocking(move || inner.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    assert_eq!(proxy.connections(), 0);
}
