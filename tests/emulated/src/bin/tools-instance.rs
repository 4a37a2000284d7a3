//! An instance of the tools cache over AWS's services, as its program for Lambda builds it, but for three things: it
//! reaches MCP servers on this machine, it is a server itself and takes many requests at once, and its clock is ahead by
//! the seconds that it reads from standard input, a number a line. It prints its URL, and ends with standard input.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use outbound::{GuardPolicy, GuardedClient, SystemResolver};
use primitives::clock::{Clock, SharedClock, SystemClock, Timestamp};
use primitives::random::{SharedRandom, SystemRandom};
use shared::aws::Aws;
use shared::config::Config;
use shared::servers::{HeaderVault, OwnTokens, ServerAccess, ServerCallers, ToolCache};
use shared::upstream;
use tokio::net::TcpListener;
use tool_cache::{Deps, router};

/// The machine's clock, ahead by these seconds.
#[derive(Default)]
struct Ahead(AtomicU64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(Duration::from_secs(self.0.load(Ordering::SeqCst)))
    }
}

/// The main thread only waits for standard input.
#[tokio::main(worker_threads = 1)]
async fn main() {
    let ahead = Arc::new(Ahead::default());
    let times: (SharedClock, SharedRandom) = (ahead.clone(), Arc::new(SystemRandom));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let router = router(deps(&Config::of_process(), &times));
    tokio::spawn(async move { axum::serve(listener, router).await });
    for line in std::io::stdin().lines() {
        ahead.0.fetch_add(line.unwrap().parse().unwrap(), Ordering::SeqCst);
    }
}

fn deps(config: &Config, times: &(SharedClock, SharedRandom)) -> Deps {
    let clock = times.0.clone();
    let langsmith = upstream::langsmith(config, clock.clone(), times.1.clone()).unwrap();
    let aws = Aws::new(config).unwrap();
    let store = aws.store(config).unwrap();
    let vault = aws.workspace_vault(config, &store, times.clone()).unwrap();
    let own_tokens = OwnTokens::new(&store, &config.public_url().unwrap(), clock.clone());
    let policy = GuardPolicy::PrivateAllowed;
    Deps {
        callers: Arc::new(ServerCallers::new(&langsmith, own_tokens, clock)),
        cache: ToolCache::new(store.tool_lists.clone(), times.clone()),
        servers: ServerAccess {
            servers: store.mcp_servers.clone(),
            headers: HeaderVault::new(vault),
            client: GuardedClient::new(policy, &(Arc::new(SystemResolver) as _)).unwrap(),
            policy,
        },
        store,
        policy,
    }
}
