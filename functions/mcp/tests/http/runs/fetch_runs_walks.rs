//! Walks through all runs by cursor: every run comes exactly once and in order, whatever the sizes, and while new runs
//! arrive.

use std::time::Duration;

use langsmith_double::{Handle, Options};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{count, each};
use crate::deployment::Need;
use crate::support::Server;

/// The outcome of a complete walk.
pub(crate) struct Walked {
    /// The ids in the order of arrival.
    pub(crate) runs: Vec<String>,
    /// The number of queries for each page.
    pub(crate) queries: Vec<usize>,
}

pub(crate) fn ids(page: &Value) -> Vec<String> {
    each(page, "runs", "id").into_iter().map(str::to_owned).collect()
}

/// Follows the cursors to the end.
pub(crate) async fn walk(server: &Server, arguments: &Value) -> Walked {
    walk_while(server, arguments, |_| {}).await
}

/// The same, with `meanwhile` called between the pages.
async fn walk_while(server: &Server, arguments: &Value, mut meanwhile: impl FnMut(usize)) -> Walked {
    let mut arguments = arguments.clone();
    let (mut runs, mut queries) = (Vec::new(), Vec::new());
    loop {
        let before = count(server, "/runs/query");
        let page = server.call("fetch_runs", arguments.clone()).await;
        queries.push(count(server, "/runs/query") - before);
        runs.extend(ids(&page));
        let Some(next) = page.get("next_cursor") else { return Walked { runs, queries } };
        arguments["cursor"] = next.clone();
        meanwhile(queries.len());
        assert!(queries.len() < 2000, "the walk does not end");
    }
}

/// The API that lists a project's runs.
#[derive(Clone, Copy, Debug)]
enum Version {
    First,
    Second,
}

impl Version {
    fn options(self) -> Options {
        Options { runs_v1: matches!(self, Self::First), ..Options::default() }
    }
}

async fn expected(server: &Server, order: &str) -> Vec<String> {
    let arguments = json!({"project_name": "support-bot", "limit": 100, "detail": "ids", "order_by": order,
        "max_chars_per_page": 30_000});
    ids(&server.call("fetch_runs", arguments).await)
}

#[derive(Clone, Debug)]
struct Sizes {
    limit: usize,
    budget: i64,
    preview: i64,
    detail: &'static str,
}

impl Sizes {
    fn arguments(&self, order: &str) -> Value {
        let mut arguments = json!({"project_name": "support-bot", "limit": self.limit, "order_by": order,
            "max_chars_per_page": self.budget, "detail": self.detail});
        if self.detail != "full" {
            arguments["preview_chars"] = json!(self.preview);
        }
        arguments
    }
}

fn any_sizes() -> impl Strategy<Value = Sizes> {
    let detail = prop_oneof![Just("ids"), Just("preview"), Just("full")];
    let budget = prop_oneof![1_i64..4000, 4000_i64..40_000];
    (1_usize..30, budget, 0_i64..200, detail).prop_map(|(limit, budget, preview, detail)| Sizes {
        limit,
        budget,
        preview,
        detail,
    })
}

/// Arrivals between two pages: runs that start now, and runs that started some hours ago.
fn any_arrivals() -> impl Strategy<Value = Vec<Vec<u64>>> {
    prop::collection::vec(prop::collection::vec(prop_oneof![Just(0), 1_u64..100], 0..3), 0..20)
}

fn arrive(langsmith: &Handle, arrivals: &[u64]) -> Vec<String> {
    let added = arrivals.iter().map(|hours| {
        langsmith.add_run("support-bot", Duration::from_secs(hours * 3600)).unwrap().to_string()
    });
    added.collect()
}

fn run_walk(
    version: Version,
    sizes: &Sizes,
    order: &str,
    arrivals: &[Vec<u64>],
) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::with_langsmith(version.options()).await;
        let expected = expected(&server, order).await;
        let (langsmith, mut added) = (server.langsmith(), Vec::new());
        let walked = walk_while(&server, &sizes.arguments(order), |page| {
            added.extend(arrivals.get(page).map(|now| arrive(&langsmith, now)).unwrap_or_default());
        })
        .await;
        let (late, old): (Vec<String>, Vec<String>) =
            walked.runs.into_iter().partition(|id| added.contains(id));
        prop_assert_eq!(old, expected);
        let mut once = late.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), late.len());
        prop_assert!(walked.queries.iter().skip(1).all(|queries| *queries == 1), "{:?}", walked.queries);
        Ok(())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn newest_first(sizes in any_sizes(), arrivals in any_arrivals()) {
        run_walk(Version::First, &sizes, "-start_time", &arrivals)?;
    }

    #[test]
    fn oldest_first(sizes in any_sizes(), arrivals in any_arrivals()) {
        run_walk(Version::First, &sizes, "start_time", &arrivals)?;
    }

    #[test]
    fn on_the_second_backend(sizes in any_sizes(), arrivals in any_arrivals()) {
        run_walk(Version::Second, &sizes, "-start_time", &arrivals)?;
    }
}

#[tokio::test]
async fn a_run_that_starts_now_is_not_part_of_a_walk_that_began() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let (before, langsmith) = (expected(&server, "-start_time").await, server.langsmith());
    let arguments =
        json!({"project_name": "support-bot", "limit": 9, "detail": "ids", "max_chars_per_page": 700});
    let walked = walk_while(&server, &arguments, |_| {
        langsmith.add_run("support-bot", Duration::ZERO).unwrap();
    })
    .await;
    assert_eq!(walked.runs, before);
    let oldest =
        json!({"project_name": "support-bot", "limit": 50, "detail": "ids", "order_by": "start_time"});
    let mut last = None;
    let walked = walk_while(&server, &oldest, |page| {
        if page == 1 {
            last = langsmith.add_run("support-bot", Duration::ZERO);
        }
    })
    .await;
    assert_eq!(walked.runs.last().cloned(), last.map(|id| id.to_string()));
}

#[tokio::test]
async fn runs_stored_late_push_nothing_into_a_walk_again() {
    let server = Server::needing(&[Need::FirstApi]).await;
    let (before, langsmith) = (expected(&server, "start_time").await, server.langsmith());
    let arguments = json!({"project_name": "support-bot", "limit": 4, "detail": "ids", "order_by": "start_time",
        "max_chars_per_page": 1});
    let walked = walk_while(&server, &arguments, |page| {
        if page == 3 {
            arrive(&langsmith, &[5000; 9]);
        }
    })
    .await;
    assert_eq!(walked.runs, before, "the runs before the third one push it two pages on");
}
