//! Clients of a double.

use std::sync::Arc;
use std::time::Duration;

use langsmith::{Credential, LangSmith, http_client};
use langsmith_double::{Double, Fault, FaultKind, Options};
use primitives::clock::{SharedClock, SystemClock};
use primitives::random::SystemRandom;
use primitives::secret::Secret;

pub(crate) async fn double() -> Double {
    langsmith_double::start(Options::default()).await.unwrap()
}

/// A client of `double`, with `suffix` appended to its URL.
pub(crate) fn client(double: &Double, suffix: &str) -> LangSmith {
    client_at(double, suffix, Arc::new(SystemClock))
}

/// The same with a clock.
pub(crate) fn client_at(double: &Double, suffix: &str, clock: SharedClock) -> LangSmith {
    let endpoint = format!("{}{suffix}", double.url()).parse().unwrap();
    LangSmith::new(endpoint, http_client(None).unwrap(), clock, Arc::new(SystemRandom))
        .with_budget(Duration::from_secs(5))
        .with_flags_timeout(Duration::from_secs(5))
}

pub(crate) fn key(key: &str) -> Credential {
    Credential::ApiKey(Secret::new(key))
}

pub(crate) fn inject(double: &Double, path: &str, kind: FaultKind, times: Option<u32>) {
    double.handle().inject(Fault { method: None, path_contains: path.into(), kind, times });
}
