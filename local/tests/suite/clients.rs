//! Clients that keep the process waiting, exceed the connection limit, or speak something other than HTTP/1.1.

use std::net::SocketAddr;
use std::time::Duration;

use local::{Environment, Limits, MEMORY, Running, Settings};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::{Process, command};

const REQUEST: &[u8] = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";
const LONG: Duration = Duration::from_hours(1);

async fn started(limits: Limits) -> Running {
    let settings = Settings::for_tests("http://127.0.0.1:9", MEMORY.as_ref());
    local::start_in(settings, Environment { limits, ..Environment::default() }).await.unwrap()
}

async fn connect(url: &str) -> TcpStream {
    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).await.unwrap()
}

/// One answer of `/health`, with the body `ok`.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\nok") {
        let byte = stream.read_u8().await.unwrap_or_else(|error| panic!("{error} after {text}"));
        text.push(char::from(byte));
    }
    text
}

/// All bytes until the peer closes the connection.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _reset = stream.read_to_end(&mut bytes).await;
    bytes
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let running = started(Limits { head: Duration::from_millis(50), idle: LONG }).await;
    let mut whole = connect(running.public_url()).await;
    let mut half = connect(running.public_url()).await;
    half.write_all(&REQUEST[..20]).await.unwrap();
    assert_eq!(rest(half).await, b"");
    // An idle connection may wait, before its first request and after it.
    for _ in 0..2 {
        whole.write_all(REQUEST).await.unwrap();
        assert!(answer(&mut whole).await.starts_with("HTTP/1.1 200"));
        let mut half = connect(running.public_url()).await;
        half.write_all(&REQUEST[..20]).await.unwrap();
        assert_eq!(rest(half).await, b"");
    }
    whole.write_all(&REQUEST[..20]).await.unwrap();
    assert_eq!(rest(whole).await, b"");
    running.stop().await;
}

#[tokio::test]
async fn a_connection_without_requests_is_closed() {
    let running = started(Limits { head: LONG, idle: Duration::from_millis(500) }).await;
    let mut used = connect(running.public_url()).await;
    used.write_all(REQUEST).await.unwrap();
    assert!(answer(&mut used).await.starts_with("HTTP/1.1 200"));
    assert_eq!(rest(used).await, b"");
    let mut half = connect(running.public_url()).await;
    half.write_all(&REQUEST[..20]).await.unwrap();
    assert_eq!(rest(connect(running.public_url()).await).await, b"", "it never sends anything");
    // A started request has its own time limit.
    half.write_all(&REQUEST[20..]).await.unwrap();
    assert!(answer(&mut half).await.starts_with("HTTP/1.1 200"));
    running.stop().await;
}

#[tokio::test]
async fn one_connection_more_waits_and_the_log_says_so() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    let arguments = ["--port", "0", "--host", "127.0.0.1", "--data-dir", data, "--max-connections", "2"];
    let process = Process::start(command(arguments)).await;
    let url = process.url();
    let (mut first, mut second) = (connect(url).await, connect(url).await);
    for stream in [&mut first, &mut second] {
        stream.write_all(REQUEST).await.unwrap();
        answer(stream).await;
    }
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let mut third = connect(url).await;
        third.write_all(REQUEST).await.unwrap();
        waiting.push(third);
    }
    // Open connections are still served; the next one is served when one of them ends.
    first.write_all(REQUEST).await.unwrap();
    answer(&mut first).await;
    drop(first);
    answer(&mut waiting[0]).await;
    drop(second);
    answer(&mut waiting[1]).await;
    let ended = process.end("TERM").await;
    let lines = ended.stderr.lines().filter(|line| line.contains("no connection is free"));
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), 1, "{}", ended.stderr);
    assert!(lines[0].contains("WARN") && lines[0].contains("connections=2"), "{}", lines[0]);
    assert!(lines[0].contains("--max-connections"), "{}", lines[0]);
}

#[tokio::test]
async fn only_http_1_1_is_spoken() {
    let running = started(Limits::default()).await;
    let mut prior_knowledge = connect(running.public_url()).await;
    prior_knowledge.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let answered = String::from_utf8_lossy(&rest(prior_knowledge).await).into_owned();
    assert!(answered.starts_with("HTTP/1.1 400") || answered.is_empty(), "{answered}");
    let mut upgrade = connect(running.public_url()).await;
    let asks = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n";
    upgrade.write_all(asks).await.unwrap();
    assert!(answer(&mut upgrade).await.starts_with("HTTP/1.1 200"));
    running.stop().await;
}
