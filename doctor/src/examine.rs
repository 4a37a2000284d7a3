//! The examination, in the order of a client's requests.

use crate::checks::{because, clock, connection, resource};
use crate::options::Options;
use crate::report::Report;
use crate::target::Target;
use crate::visitor::{Answer, Visitor};
use crate::walk::Walk;

/// All checks, in this order.
const CHECKS: [&str; 26] = [
    "address",
    "connection",
    "clock",
    "resource document",
    "resource document at root",
    "issuer document",
    "issuer document at path",
    "issuer equality",
    "endpoints",
    "OAuth features",
    "documents in a browser",
    "challenge",
    "challenge of a GET",
    "challenge of a bad token",
    "challenge in a browser",
    "preflights",
    "signing keys",
    "registration",
    "login page",
    "unknown clients",
    "token endpoint",
    "revocation",
    "legacy era",
    "modern era",
    "step-up challenge",
    "unknown path",
];

/// Examines the deployment at `target`.
pub async fn examine(target: &Target, options: &Options) -> Report {
    let mut report = Report::new(target);
    let visitor = Visitor::new(options.http.clone(), target.origin());
    match arrive(&visitor, target, options, &mut report).await {
        Ok(root) => {
            let path = resource::path(target, &root);
            let metadata = visitor.url(&resource::document_path(&path));
            let mut walk = Walk { visitor: &visitor, options, path, metadata, report: &mut report };
            walk.documents(&root).await;
        }
        Err(failed) => {
            for check in CHECKS {
                if report.findings.iter().all(|finding| finding.check != check) {
                    report.note(check, Err(because(failed)));
                }
            }
        }
    }
    report
}

/// Reaches the host, and returns its first answer: the resource's document at the root. `Err` names the failed check.
async fn arrive(
    visitor: &Visitor,
    target: &Target,
    options: &Options,
    report: &mut Report,
) -> Result<Answer, &'static str> {
    if let Err(trouble) = connection::scheme(target) {
        report.note("connection", Err(trouble));
        return Err("connection");
    }
    if !report.note("address", connection::address(target).await) {
        return Err("address");
    }
    match connection::connect(visitor, resource::ROOT).await {
        Ok(answer) => {
            let received = options.clock.now();
            report.note("connection", Ok(connection::describe(target, &answer)));
            report.note("clock", clock::check(&answer, received));
            Ok(answer)
        }
        Err(trouble) => {
            report.note("connection", Err(trouble));
            Err("connection")
        }
    }
}
