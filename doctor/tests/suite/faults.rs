//! One fault at a time: it is named with its fix, and nothing else is blamed.

use std::sync::Arc;

use doctor::{Options, Verdict};
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use langsmith_double::data;
use primitives::clock::{SteppedClock, Timestamp};

use crate::fault_cases;
use crate::proxy::{Change, Proxy};
use crate::{finding, narrow_token, options, remarkable, report, with_key};

#[tokio::test]
async fn every_fault_is_named_and_nothing_else_is() {
    let proxy = Proxy::start().await;
    for case in fault_cases::all() {
        proxy.change(case.change);
        let options = if case.key { with_key(data::ADA_KEY) } else { options() };
        let report = report(&format!("{}/mcp", proxy.url), &options).await;
        let name = case.name;
        let found: Vec<_> =
            remarkable(&report).into_iter().filter(|(check, _)| *check != "step-up challenge").collect();
        let mut expected = case.expected.to_vec();
        let order = |found: &(&str, Verdict)| report.findings.iter().position(|f| f.check == found.0);
        expected.sort_by_key(order);
        assert_eq!(found, expected, "{name}\n{report}");
        let (check, _) = case.expected[0];
        let finding = finding(&report, check);
        assert!(finding.seen.contains(case.seen), "{name}: {}", finding.seen);
        let fix = finding.fix.as_deref().unwrap_or_default();
        assert!(fix.contains(case.fix), "{name}: {fix}");
        let faulty = expected.iter().any(|(_, verdict)| *verdict == Verdict::Fault);
        assert_eq!(report.exit_code(), u8::from(faulty), "{name}");
        let table = report.to_string();
        assert_eq!(table.contains("\nFAULT "), faulty, "{name}\n{table}");
        assert!(!table.contains(data::ADA_KEY), "{name}\n{table}");
    }
}

#[tokio::test]
async fn clocks_that_differ_are_told_by_how_much() {
    let proxy = Proxy::start().await;
    for (ours, verdict, seen) in [
        (1_999_999_971, Verdict::Ok, "29 s ahead of this machine's"),
        (2_000_000_031, Verdict::Warning, "31 s behind this machine's"),
        (2_000_000_300, Verdict::Warning, "300 s behind this machine's"),
        (2_000_000_301, Verdict::Fault, "301 s behind this machine's: tokens look expired or not yet valid"),
        (
            1_999_999_000,
            Verdict::Fault,
            "1000 s ahead of this machine's: tokens look expired or not yet valid",
        ),
    ] {
        let clock = Arc::new(SteppedClock::new(Timestamp::from_secs(ours)));
        let report = report(&proxy.url, &Options { clock, ..options() }).await;
        let clock = finding(&report, "clock");
        assert_eq!((clock.verdict, clock.seen.as_str()), (verdict, seen), "{report}");
        assert_eq!(report.exit_code(), u8::from(verdict == Verdict::Fault));
    }
}

#[tokio::test]
async fn a_step_up_challenge_that_does_not_arrive_is_told() {
    let proxy = Proxy::start().await;
    let cases: [(Change, Verdict, &str, &str); 3] = [
        (
            |_, answer| drop(answer.headers_mut().remove(WWW_AUTHENTICATE)),
            Verdict::Fault,
            "403 without WWW-Authenticate",
            "ACCESS_DENIED",
        ),
        (
            |_, answer| {
                if let Some(challenge) = answer.headers().get(WWW_AUTHENTICATE) {
                    let challenge = challenge.to_str().unwrap().replace("langsmith:read", "");
                    answer.headers_mut().insert(WWW_AUTHENTICATE, challenge.parse().unwrap());
                }
            },
            Verdict::Fault,
            "403, but the challenge is Bearer error=\"insufficient_scope\"",
            "StepUpChallenge=all-scopes",
        ),
        (
            |_, answer| *answer.status_mut() = StatusCode::BAD_GATEWAY,
            Verdict::Fault,
            "status 502",
            "function mcp",
        ),
    ];
    let token = Some(narrow_token(&proxy.url).await);
    let options = Options { token, ..options() };
    for (change, verdict, seen, fix) in cases {
        proxy.change(change);
        let report = report(&proxy.url, &options).await;
        let found = finding(&report, "step-up challenge");
        assert_eq!(found.verdict, verdict, "{report}");
        assert!(found.seen.starts_with(seen), "{report}");
        assert!(found.fix.as_ref().unwrap().contains(fix), "{report}");
        assert_eq!(report.exit_code(), 1);
    }
}
