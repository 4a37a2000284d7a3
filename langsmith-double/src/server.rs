//! Starting and stopping the double.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::serve::ListenerExt;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::handle::Handle;
use crate::oauth::registered::Registry;
use crate::oauth::tokens::Tokens;
use crate::state::{App, Parts};
use crate::{Options, admin, clock, data, layers, oauth, reply, routes};

/// A running double. Dropping it stops it: idle connections are closed, hanging requests end, and the port is released.
pub struct Double {
    app: Arc<App>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

/// Starts a double on 127.0.0.1.
///
/// Fails if the port cannot be bound.
pub async fn start(options: Options) -> std::io::Result<Double> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let (stop, stopping) = watch::channel(false);
    let world = data::world(options.data, clock::now());
    world.projects.write(|ledger| ledger.serve_from(&base));
    let app = Arc::new(App::new(base, world, parts(&options), stopping));
    let service = router(&app, &options);
    let until = Arc::clone(&app);
    let server = tokio::spawn(async move {
        let stopped = async move { until.stopped().await };
        // `serve` never returns an error.
        let _ = axum::serve(listener.tap_io(at_once), service).with_graceful_shutdown(stopped).await;
    });
    Ok(Double { app, stop, server })
}

/// Starts LangSmith itself and the data plane of one workspace, both with these options.
///
/// Fails if a port cannot be bound.
pub async fn start_byoc(options: Options, workspace: Uuid) -> std::io::Result<(Double, Double)> {
    let control = start(options.clone()).await?;
    let own = Options { port: 0, oauth: false, control_plane: Some(control.handle()), ..options };
    let data_plane = start(own).await?;
    control.handle().set_data_plane(workspace, Some(&data_plane.url()));
    Ok((control, data_plane))
}

fn parts(options: &Options) -> Parts {
    Parts {
        modes: options.modes,
        service: options.service,
        clients: Registry::new(&options.redirect_uris),
        tokens: Tokens::new(options.access_ttl_secs),
        control_plane: options.control_plane.as_ref().map(|control| Arc::clone(&control.0)),
    }
}

impl Double {
    /// The base URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.app.base.clone()
    }

    /// The current time of every double, in seconds since the Unix epoch.
    pub fn now() -> u64 {
        u64::try_from(clock::now().unix_timestamp()).unwrap_or_default()
    }

    /// The control handle of this double.
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.app))
    }

    /// Stops the double and waits until its connections are closed.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // The task may have ended already; there is nothing to wait for then.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

fn router(app: &Arc<App>, options: &Options) -> Router {
    let mut platform = routes::router(options);
    if options.oauth {
        platform = platform.merge(oauth::router());
    }
    platform
        .fallback(not_found)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(app), layers::data_plane::apply))
        .layer(from_fn_with_state(Arc::clone(app), layers::faults::apply))
        .layer(from_fn_with_state(Arc::clone(app), layers::record::keep))
        .merge(admin::router())
        .with_state(Arc::clone(app))
}

/// Sets `TCP_NODELAY`: Nagle's algorithm would add its delay to the answers that benchmarks measure.
fn at_once(stream: &mut TcpStream) {
    // Best effort: the connection works without the option.
    let _ = stream.set_nodelay(true);
}

async fn not_found() -> Response {
    reply::value(StatusCode::NOT_FOUND, &json!({"detail": "Not Found"}))
}
