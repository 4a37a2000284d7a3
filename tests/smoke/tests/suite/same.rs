//! Against a double equal to the one of the comparison.

use std::fs;
use std::future::pending;
use std::path::Path;

use langsmith_double::data::TEAM_WORKSPACE;
use smoke::{Options, hosted, smoke};

use crate::{asked, assert_clean_up, options};

#[tokio::test]
async fn nothing_differs_and_what_was_made_is_deleted() {
    let (double, recordings) =
        (langsmith_double::start(hosted()).await.unwrap(), tempfile::tempdir().unwrap());
    let report = smoke(options(&double.url(), recordings.path()), pending()).await.unwrap();
    assert_eq!(report.failures(), [""; 0], "{}", report.text(true));
    assert_eq!(
        (report.differences.as_slice(), report.surprises()),
        (&[][..], vec![]),
        "{}",
        report.text(true)
    );
    assert_clean_up(&double, (2, 1));
    let clean_up = report.clean_up.as_ref().unwrap();
    assert_eq!((clean_up.deleted.len(), clean_up.left.len()), (4, 0), "{clean_up:?}");
    assert_eq!(report.exit_code(), 0, "{}", report.text(true));
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/live-smoke.md")).unwrap();
    let numbers = format!("{} calls of tools and {} requests", report.calls(), report.requests);
    assert!(page.contains(&numbers), "docs/live-smoke.md should say: {numbers}");
}

#[tokio::test]
async fn what_is_to_be_kept_is_not_deleted() {
    let (double, recordings) =
        (langsmith_double::start(hosted()).await.unwrap(), tempfile::tempdir().unwrap());
    let options = Options { keeps: true, ..options(&double.url(), recordings.path()) };
    let name = options.names.base.clone();
    let report = smoke(options, pending()).await.unwrap();
    assert_eq!(report.exit_code(), 0, "{}", report.text(true));
    assert_eq!(asked(&double, "DELETE"), [""; 0]);
    assert!(report.text(true).contains(&format!("kept: everything that is called {name}")));
}

#[tokio::test]
async fn a_workspace_is_named_in_every_write() {
    let (double, recordings) =
        (langsmith_double::start(hosted()).await.unwrap(), tempfile::tempdir().unwrap());
    let workspace = Some(TEAM_WORKSPACE.to_string());
    let options =
        Options { workspace: workspace.clone(), keeps: true, ..options(&double.url(), recordings.path()) };
    let report = smoke(options, pending()).await.unwrap();
    assert_eq!(report.exit_code(), 0, "{}", report.text(true));
    let requests = double.handle().requests();
    let writes: Vec<_> = requests.iter().filter(|request| request.method != "GET").collect();
    assert!(writes.len() > 20);
    assert!(writes.iter().all(|request| request.x_tenant_id == workspace));
}
