//! What is sent, and which answers are taken.

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use outbound::{GuardPolicy, GuardedRequest, GuardedUrl, OutboundFailure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use crate::server::{Server, ask, client, failure, get, wide};

#[tokio::test]
async fn a_request_has_its_own_headers_and_ours() {
    let server = Server::start(|mut stream, head| async move {
        let mut body = [0; 4];
        stream.read_exact(&mut body).await.unwrap();
        assert_eq!(&body, b"ping");
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nx-kept: 1\r\n\r\n{head}", head.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
    })
    .await;
    let url = GuardedUrl::parse(&server.url(), GuardPolicy::PrivateAllowed).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer hunter2"));
    headers.insert(HOST, HeaderValue::from_static("evil.example"));
    let request = GuardedRequest::new(Method::POST, &url).headers(headers).body("ping");
    let answer = client(GuardPolicy::PrivateAllowed).send(request, wide()).await.unwrap();
    assert_eq!((answer.status, answer.headers["x-kept"].as_bytes()), (StatusCode::OK, &b"1"[..]));

    let head = String::from_utf8(answer.whole().await.unwrap().to_vec()).unwrap().to_ascii_lowercase();
    let mut lines: Vec<_> = head.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    let agent = concat!("user-agent: langsmith-remote-mcp/", env!("CARGO_PKG_VERSION"));
    let host = format!("host: {}", server.address);
    let expected = [
        "accept-encoding: identity",
        "accept: */*",
        "authorization: bearer hunter2",
        "content-length: 4",
        host.as_str(),
        "post /mcp http/1.1",
        agent,
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_body_is_read_whole_or_in_parts() {
    let server = Server::answering(
        "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
    )
    .await;
    let answer = ask(&server.url(), wide()).await.unwrap();
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.whole().await, Ok(Bytes::from_static(b"abcde")));

    let mut answer = ask(&server.url(), wide()).await.unwrap();
    let mut read = Vec::new();
    while let Some(chunk) = answer.next_chunk().await.unwrap() {
        read.extend_from_slice(&chunk);
    }
    assert_eq!(read, b"abcde");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Choices"]
    {
        let server =
            Server::answering(format!("HTTP/1.1 {status}\r\nlocation: /mcp\r\ncontent-length: 0\r\n\r\n"))
                .await;
        assert_eq!(failure(&server.url(), wide()).await, Some(OutboundFailure::Redirected), "{status}");
        assert_eq!(server.connections(), 1, "{status}");
    }
    let unchanged = Server::answering("HTTP/1.1 304 Not Modified\r\n\r\n").await;
    assert_eq!(failure(&unchanged.url(), wide()).await, None);
}

#[tokio::test]
async fn a_compressed_body_is_refused_unread() {
    for encoding in ["gzip", "GZIP", "br", "zstd", "deflate", "identity, gzip", "x"] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: 9\r\n\r\n");
        let server = Server::answering(head).await;
        assert_eq!(failure(&server.url(), wide()).await, Some(OutboundFailure::Encoding), "{encoding}");
    }
    for encoding in ["identity", "Identity", ""] {
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: 1\r\n\r\nx");
        let server = Server::answering(answer).await;
        assert_eq!(failure(&server.url(), wide()).await, None, "{encoding}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_a_broken_connection() {
    for answer in [
        "",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    ] {
        let server = Server::answering(answer).await;
        assert_eq!(failure(&server.url(), wide()).await, Some(OutboundFailure::Broken), "{answer}");
    }
}

#[tokio::test]
async fn a_port_on_which_nothing_listens_is_named() {
    // Bound and not listening: no other program can take the port meanwhile.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    assert_eq!(failure(&url, wide()).await, Some(OutboundFailure::Connect));
}

#[tokio::test]
async fn nothing_of_the_answer_is_in_debug() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\nset-cookie: hunter2\r\ncontent-length: 7\r\n\r\nhunter2").await;
    let answer = client(GuardPolicy::PrivateAllowed).send(get(&server.url()), wide()).await.unwrap();
    assert_eq!(format!("{answer:?}"), "GuardedResponse(200 OK)");
}
