//! Listening, and graceful shutdown.

mod answer;
mod connection;
mod connection_limit;
mod timeouts;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use langsmith::LangSmith;
use langsmith_double::Double;
use oauth::public_url::PublicUrl;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::lock::DataDirLock;
use crate::{Settings, StartError};

use connection::Acceptor;
use connection_limit::ConnectionLimit;

pub use timeouts::Limits;

/// How long open requests may take to finish after shutdown is requested.
const LAST_CALL: Duration = Duration::from_secs(5);

/// A running server. Dropping it ends it immediately.
pub struct Running {
    pub(crate) public: PublicUrl,
    pub(crate) langsmith: LangSmith,
    pub(crate) signs_in: bool,
    pub(crate) servers: JoinSet<()>,
    pub(crate) end: watch::Sender<bool>,
    pub(crate) double: Option<Double>,
    pub(crate) lock: Option<DataDirLock>,
}

impl Running {
    /// The public URL for clients, without a final slash; MCP is at `/mcp`.
    pub fn public_url(&self) -> &str {
        self.public.issuer()
    }

    /// Probes a public endpoint of LangSmith in the background. A missing answer is logged and no reason to end:
    /// LangSmith may come up later.
    pub(crate) fn probe(&mut self) {
        let (langsmith, mut end) = (self.langsmith.clone(), self.end.subscribe());
        self.servers.spawn(async move {
            tokio::select! {
                _told = langsmith.warm() => {}
                _ended = end.wait_for(|end| *end) => {}
            }
        });
    }

    /// Shuts down: open requests may finish, for a few seconds.
    pub async fn stop(mut self) {
        let _nobody_listens = self.end.send(true);
        let all = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_CALL, all).await.is_err() {
            self.servers.shutdown().await;
        }
        if let Some(double) = self.double.take() {
            double.stop().await;
        }
        drop(self.lock.take());
    }
}

/// The listeners. Clients resolve `localhost` to either loopback address, so without `--host` both are used; a machine
/// without IPv6 has only the first.
pub(crate) async fn listen(settings: &Settings) -> Result<Vec<TcpListener>, StartError> {
    if settings.host.is_empty() {
        return both_loopbacks(settings.port).await;
    }
    let mut listeners = Vec::with_capacity(settings.host.len());
    let mut port = settings.port;
    for host in &settings.host {
        let listener = bind(*host, port).await?;
        port = local_port(&listener)?;
        listeners.push(listener);
    }
    Ok(listeners)
}

async fn both_loopbacks(port: u16) -> Result<Vec<TcpListener>, StartError> {
    const ATTEMPTS: usize = 20;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let four = bind(Ipv4Addr::LOCALHOST.into(), port).await?;
        match bind(Ipv6Addr::LOCALHOST.into(), local_port(&four)?).await {
            Ok(six) => return Ok(vec![four, six]),
            // A free port that the system chose for one address family may be taken in the other.
            Err(StartError::Listen { cause, .. })
                if port == 0 && cause.kind() == ErrorKind::AddrInUse && attempt < ATTEMPTS => {}
            Err(StartError::Listen { cause, .. }) if cause.kind() != ErrorKind::AddrInUse => {
                tracing::info!("listening on IPv4 only: {cause}");
                return Ok(vec![four]);
            }
            Err(error) => return Err(error),
        }
    }
}

async fn bind(host: IpAddr, port: u16) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(host, port);
    TcpListener::bind(address).await.map_err(|cause| StartError::Listen { address, cause })
}

/// The port of a listener.
pub(crate) fn local_port(listener: &TcpListener) -> Result<u16, StartError> {
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| StartError::Internal(error.to_string()))
}

/// Serves a router on every listener until shutdown is requested, with a limited number of connections.
pub(crate) fn serve(
    listeners: Vec<TcpListener>,
    router: &Router,
    limits: Limits,
    connections: usize,
    end: &watch::Sender<bool>,
) -> JoinSet<()> {
    let acceptor = Acceptor {
        router: router.clone(),
        limits,
        limit: ConnectionLimit::new(connections),
        end: end.subscribe(),
    };
    listeners.into_iter().map(|listener| acceptor.clone().open(listener)).collect()
}
