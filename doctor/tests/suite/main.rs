//! Examinations of healthy servers, and of servers with one fault each.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed step is a failed test, and answers of our own server need no bound"
)]

mod certificates;
mod fault_cases;
mod faults;
mod healthy;
mod program;
mod proxy;
mod tls;

use std::sync::Arc;

use doctor::{Finding, Options, Report, Target, Verdict, examine};
use e2e::{Browser, Choice, Login, OAuthClient};
use langsmith::http_client;
use langsmith_double::data;
use primitives::clock::{SteppedClock, Timestamp};
use primitives::secret::Secret;

/// The time that every proxy of these tests reports.
const NOW: (Timestamp, &str) = (Timestamp::from_secs(2_000_000_000), "Wed, 18 May 2033 03:33:20 GMT");

/// Options of a machine with a correct clock.
fn options() -> Options {
    let clock = Arc::new(SteppedClock::new(NOW.0));
    Options { http: http_client(None).unwrap(), clock, key: None, token: None }
}

fn with_key(key: &str) -> Options {
    Options { key: Some(Secret::new(key)), ..options() }
}

/// An access token limited to reading the bill.
async fn narrow_token(url: &str) -> Secret {
    let choice = Choice { scopes: Some(vec!["billing:read".to_owned()]), ..Choice::default() };
    let client = OAuthClient::register(url, "http://127.0.0.1:7777/callback").await;
    let redirect = client.authorize(&Browser::new(url), Login::Key(data::ADA_KEY), &choice).await;
    Secret::new(client.exchange(&client.code(&redirect)).await.tokens().access)
}

async fn report(url: &str, options: &Options) -> Report {
    let target: Target = url.parse().unwrap();
    examine(&target, options).await
}

fn finding<'r>(report: &'r Report, check: &str) -> &'r Finding {
    report.findings.iter().find(|finding| finding.check == check).unwrap_or_else(|| panic!("no {check}"))
}

/// All findings but the successes, by name.
fn remarkable(report: &Report) -> Vec<(&'static str, Verdict)> {
    let remarkable = report.findings.iter().filter(|finding| finding.verdict != Verdict::Ok);
    remarkable.map(|finding| (finding.check, finding.verdict)).collect()
}
