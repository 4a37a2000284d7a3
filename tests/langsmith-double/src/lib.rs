//! A stateful LangSmith on loopback: what the integration tests, the benchmarks and `cargo run -- --demo` talk to
//! in place of the hosted platform.
//!
//! It answers on the platform's real paths (with and without `/api/v1`) in the shapes of the platform's `OpenAPI`
//! description, keeps its own OAuth server (RFC 6749, 7009, 7591, 7636, 8414, 8707, 9207), and can be told to
//! misbehave through a [`Handle`] or over HTTP under `/_double`.
//!
//! All data is sample data with ids that never change between runs; only times move, relative to the start.

mod admin;
mod attachment;
mod auth;
mod clock;
pub mod data;
mod data_plane;
mod datasets;
mod deployments;
mod faults;
mod fql;
mod handle;
mod json;
mod modes;
mod multipart;
mod oauth;
mod params;
mod payload;
mod projects;
mod prompts;
mod record;
mod reply;
mod review;
mod routes;
mod server;
mod service;
mod share;
mod state;

pub use data_plane::start_byoc;
pub use deployments::{DEPLOYMENTS, Deployment};
pub use faults::{Fault, FaultKind};
pub use handle::Handle;
pub use modes::{Modes, SelfRegistered};
pub use oauth::{CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID};
pub use record::{AuthKind, Recorded};
pub use server::{Double, start};
pub use service::{Queries, Service};

/// What the double serves and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system choose a free one.
    pub port: u16,
    /// Whether the OAuth endpoints exist. Without them the metadata document answers 404, as a self-hosted
    /// platform without OAuth does.
    pub oauth: bool,
    /// Life of the access tokens that the double issues, in seconds.
    pub access_ttl_secs: u64,
    /// How logins are treated.
    pub modes: Modes,
    /// In what else it is like one deployment or another.
    pub service: Service,
    /// Further redirect URIs of the clients that the organization registered, [`CLIENT_ID`] and [`PUBLIC_CLIENT_ID`]: on
    /// this machine they may be sent to `http://localhost/authorize/callback` at any port.
    pub redirect_uris: Vec<String>,
    /// The sample data.
    pub data: Dataset,
    /// Whether `POST /runs/query` exists.
    pub runs_v1: bool,
    /// Whether `POST /v2/runs/query` exists.
    pub runs_v2: bool,
    /// The double whose data plane this one is: it knows who calls, and everything that belongs to the organization is
    /// there.
    pub control_plane: Option<Handle>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            oauth: true,
            access_ttl_secs: 3600,
            modes: Modes::LENIENT,
            service: Service::LENIENT,
            redirect_uris: Vec::new(),
            data: Dataset::Demo,
            runs_v1: true,
            runs_v2: true,
            control_plane: None,
        }
    }
}

impl Options {
    /// Logins as the hosted platform treats them, as far as that is known.
    pub fn realistic() -> Self {
        Self { access_ttl_secs: Modes::REALISTIC_TTL_SECS, modes: Modes::REALISTIC, ..Self::default() }
    }
}

/// The sample data to serve. Users, keys and workspaces are the same in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dataset {
    /// A small, varied workspace for people and tests: about 350 runs over the last days.
    Demo,
    /// An even load for measuring: project `bench` with 1000 runs of about 2 kB each, and 50 more projects.
    Bench,
    /// More than one answer can carry: dataset `large` with 2000 examples, a thread of 1100 turns, project `large` with
    /// 10 000 runs, and projects `heavy`, `heaviest` and `odd` with runs of 2 MB, of 10 MB and of unusual content.
    Large,
}
