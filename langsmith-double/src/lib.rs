//! A stateful LangSmith on loopback: the stand-in for the hosted platform in the integration tests, the benchmarks and
//! `cargo run -- --demo`.
//!
//! It serves the platform's real paths (with and without `/api/v1`) in the schemas of the platform's `OpenAPI`
//! description, has its own OAuth server (RFC 6749, 7009, 7591, 7636, 8414, 8707, 9207), and misbehaves on demand
//! through a [`Handle`] or over HTTP under `/_double`.
//!
//! All data is sample data. Its ids are the same in every run; its times are relative to the start.

mod admin;
mod agent_deployments;
mod attachment;
mod auth;
mod clock;
mod credential;
pub mod data;
mod data_plane;
mod datasets;
mod deployments;
mod faults;
mod fql;
mod handle;
mod json;
mod layers;
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
mod shelf;
mod state;

pub use agent_deployments::AgentDeployment;
pub use deployments::{DEPLOYMENTS, Deployment};
pub use faults::{Fault, FaultKind};
pub use handle::Handle;
pub use modes::{Modes, SelfRegistered};
pub use oauth::{CLIENT_ID, CLIENT_SECRET, PUBLIC_CLIENT_ID};
pub use record::{AuthKind, Recorded};
pub use server::{Double, start, start_byoc};
pub use service::{Queries, Service};

/// The options of a double.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system choose a free one.
    pub port: u16,
    /// Whether the OAuth endpoints exist. Without them the metadata document answers 404, as on a self-hosted platform
    /// without OAuth.
    pub oauth: bool,
    /// The lifetime of the access tokens that the double issues, in seconds.
    pub access_ttl_secs: u64,
    /// The behaviour of logins.
    pub modes: Modes,
    /// The other differences between deployments.
    pub service: Service,
    /// Further redirect URIs of the clients registered by the organization, [`CLIENT_ID`] and [`PUBLIC_CLIENT_ID`];
    /// `http://localhost/authorize/callback` at any port is always allowed.
    pub redirect_uris: Vec<String>,
    /// The sample data.
    pub data: Dataset,
    /// Whether `POST /runs/query` exists.
    pub runs_v1: bool,
    /// Whether `POST /v2/runs/query` exists.
    pub runs_v2: bool,
    /// The double whose data plane this one is: it has the credentials and all resources of the organization.
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
    /// The logins of the hosted platform, as far as its behaviour is known.
    pub fn realistic() -> Self {
        Self { access_ttl_secs: Modes::REALISTIC_TTL_SECS, modes: Modes::REALISTIC, ..Self::default() }
    }
}

/// The sample data to serve. Users, keys and workspaces are the same in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dataset {
    /// A small, varied workspace for people and tests: about 350 runs over the last days.
    Demo,
    /// A uniform load for measurements: project `bench` with 1000 runs of about 2 kB each, and 50 more projects.
    Bench,
    /// Data that exceeds one answer: dataset `large` with 2000 examples, a thread of 1100 turns, project `large` with
    /// 10 000 runs, and projects `heavy`, `heaviest` and `odd` with runs of 2 MB, of 10 MB and of unusual content.
    Large,
}
