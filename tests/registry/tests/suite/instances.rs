//! Several instances of the tools cache over one database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use e2e::World;
use futures_util::future::{BoxFuture, join_all};
use primitives::clock::Clock as _;
use primitives::deadline::Deadline;
use primitives::random::SystemRandom;
use serde_json::value::RawValue;
use shared::servers::{FetchTools, FetchedTools, ListSource, ToolCache, ToolsFailure, ToolsRequest};
use tokio::sync::Semaphore;

/// A server that answers when it is let.
struct Gated {
    fetches: AtomicUsize,
    gate: Semaphore,
}

impl FetchTools for Gated {
    fn fetch(&self, _: bool, _: Deadline) -> BoxFuture<'_, Result<FetchedTools, ToolsFailure>> {
        Box::pin(async move {
            self.fetches.fetch_add(1, Ordering::SeqCst);
            self.gate.acquire().await.unwrap().forget();
            let json = RawValue::from_string(r#"{"name":"a","inputSchema":{}}"#.to_owned()).unwrap();
            Ok(FetchedTools { tools: vec![("a".to_owned(), json)], source: ListSource::Handshake, ttl: None })
        })
    }
}

fn gated() -> Arc<Gated> {
    Arc::new(Gated { fetches: AtomicUsize::new(0), gate: Semaphore::new(0) })
}

fn request(world: &World) -> ToolsRequest {
    ToolsRequest {
        workspace: "w".to_owned(),
        url: "https://a.example".to_owned(),
        provider: None,
        person: None,
        revision: "r".to_owned(),
        refresh: false,
        arrived_at: world.clock.now(),
    }
}

fn instance(world: &World) -> ToolCache {
    ToolCache::new(world.way.store().tool_lists, (world.clock.clone(), Arc::new(SystemRandom)))
}

/// The lease in the table makes one of two instances fetch; the other one waits for its list.
#[tokio::test]
async fn two_instances_share_a_fetch() {
    let world = World::start().await;
    let (server, instances) = (gated(), [instance(&world), instance(&world)]);
    let request = request(&world);
    let asked = instances.iter().flat_map(|cache| {
        let (server, request) = (&server, &request);
        (0..50).map(move |_| cache.tools(request, None, server.clone()))
    });
    let (answers, ()) = tokio::join!(join_all(asked), async {
        while server.fetches.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        server.gate.add_permits(100);
    });
    assert!(answers.into_iter().all(|answer| answer.unwrap().list.tools.len() == 1));
    assert_eq!(server.fetches.load(Ordering::SeqCst), 1);
}

/// It has read the table before the list was stored, and comes when nobody fetches any more.
#[tokio::test]
async fn a_request_that_was_overtaken_by_a_list_is_served_it() {
    let world = World::start().await;
    let (server, cache, late) = (gated(), instance(&world), request(&world));
    server.gate.add_permits(2);
    world.pass(Duration::from_millis(5));
    let first = request(&world);
    cache.tools(&first, None, server.clone()).await.unwrap();
    world.pass(Duration::from_millis(5));
    for overtaken in [&late, &first] {
        assert!(cache.tools(overtaken, None, server.clone()).await.unwrap().cached);
    }
    assert_eq!(server.fetches.load(Ordering::SeqCst), 1);
    // One that arrives now and found nothing, because the list was deleted in between, is owed a new one.
    assert!(!cache.tools(&request(&world), None, server.clone()).await.unwrap().cached);
    assert_eq!(server.fetches.load(Ordering::SeqCst), 2);
}

/// A holder that dies leaves its lease behind. It ends by itself, and another instance fetches.
#[tokio::test]
async fn a_lease_outlives_its_holder_by_seconds_only() {
    let world = World::start().await;
    let (request, server, lists) = (request(&world), gated(), world.way.store().tool_lists);
    let now = world.clock.now();
    let times = (now, now, now.plus(Duration::from_secs(12)));
    assert!(lists.lease(&request.key(), ("a dead instance", "r"), times).await.unwrap());
    let cache = instance(&world);
    let waiting = cache.tools(&request, None, server.clone());
    let (answer, ()) = tokio::join!(waiting, async {
        world.pass(Duration::from_secs(12));
        server.gate.add_permits(1);
    });
    assert_eq!(answer.unwrap().list.tools.len(), 1);
    assert_eq!(server.fetches.load(Ordering::SeqCst), 1);
}

/// A caller that hangs up leaves no lease behind: the fetch goes on, and its list is stored.
#[tokio::test]
async fn a_caller_that_hangs_up_does_not_stop_the_fetch() {
    let world = World::start().await;
    let (request, server, cache) = (request(&world), gated(), instance(&world));
    let waiting = cache.tools(&request, None, server.clone());
    tokio::select! {
        _ = waiting => panic!("the server has not answered"),
        () = async {
            while server.fetches.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    server.gate.add_permits(1);
    let again = cache.tools(&request, None, server.clone()).await.unwrap();
    assert_eq!((again.list.tools.len(), server.fetches.load(Ordering::SeqCst)), (1, 1));
}
