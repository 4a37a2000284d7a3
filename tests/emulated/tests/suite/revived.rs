//! The steps of docs/deploy.md for a restored `grants`: ended logins are ended again, or everything stops.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::{Browser, Login, OAuthClient};
use emulated::{Deployment, turn};
use langsmith_double::data;
use serde_json::{Value, json};

use crate::logs::{Logs, row};
use crate::page::{Shell, block};
use crate::restore::{LOST, dynamodb};

const LOGS: &str = "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS";

/// The claims of an access token.
fn claims(token: &str) -> Value {
    let body = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_was_revived_is_ended_again() {
    let _turn = turn().await;
    let stack = Deployment::start().await;
    let client = OAuthClient::register(&stack.url, "http://127.0.0.1:7777/callback").await;
    let [revoked, kept] = [
        client.connect(&Browser::new(&stack.url), Login::Key(data::ADA_KEY)).await,
        client.connect(&Browser::new(&stack.url), Login::LangSmith(data::GRACE)).await,
    ];
    let claims = claims(&revoked.access);
    let [user, grant] = ["sub", "grant"].map(|name| claims[name].as_str().unwrap().to_owned());
    let rows = [
        row(&[("user", &user), ("grant", &grant)]),
        // Fields in the query's order and in another; a duplicate login; a login that is no longer in the table.
        row(&[("grant", &grant), ("user", &user)]),
        row(&[("user", &user), ("grant", "unknown")]),
    ];
    let logs = Logs::start(&["Scheduled", "Running", "Complete"], &rows).await;
    let text = Shell::new(&stack.name)
        .variable(LOGS, &logs.url)
        .paste(&block(LOST, "restore-table-to-point-in-time"))
        .paste(&block(LOST, "start-query"))
        .paste("cat ended")
        .paste(&block(LOST, "while read"))
        .paste(&block(LOST, "create-backup"))
        .succeed();
    // Sorted: a random id comes before the other one or after it.
    let [ended, unknown] = [format!("{user}\t{grant}\n"), format!("{user}\tunknown\n")];
    let lists = [format!("{ended}{unknown}"), format!("{unknown}{ended}")];
    assert!(
        lists.iter().any(|list| text.contains(&format!("{list}unknown is not in the table\n"))),
        "{text}"
    );

    let [query] = &logs.started()[..] else { panic!("one query") };
    // 2026-11-20T08:00:00Z, whatever the shell's time zone.
    assert_eq!(query["startTime"], 1_795_161_600);
    let groups =
        ["token", "mcp", "authorize"].map(|function| format!("/aws/lambda/{}-{function}", stack.name));
    assert_eq!(query["logGroupNames"], json!(groups));

    let item = dynamodb(&stack).get_item().table_name(format!("{}-grants", stack.name));
    let item = item.key("user_ref", AttributeValue::S(user)).key("grant_id", AttributeValue::S(grant));
    assert_eq!(item.send().await.unwrap().item.unwrap()["state"], AttributeValue::S("revoked".to_owned()));
    assert_eq!(client.refresh(&revoked.refresh).await.error(), "invalid_grant");
    client.refresh(&kept.refresh).await.tokens();
}

/// Each of these once looked like "nobody was ended".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_does_not_name_the_logins_stops_there() {
    let _turn = turn().await;
    let good = row(&[("user", "u"), ("grant", "g")]);
    let cases = [
        ("Complete", vec![], "nothing was found"),
        ("Complete", vec![good.clone(), row(&[("user", "u")])], "nothing was found"),
        ("Complete", vec![good.clone(); 10_000], "nothing was found"),
        ("Failed", vec![good], "the query ended: Failed"),
    ];
    for (status, rows, said) in cases {
        let logs = Logs::start(&[status], &rows).await;
        let ended = Shell::new("any-stack")
            .variable(LOGS, &logs.url)
            .variable("AT", "2026-11-20T08:00:00Z")
            .paste(&format!("{}\n", block(LOST, "start-query")))
            .paste("echo went on")
            .run();
        assert!(!ended.ok && ended.text.contains(said), "{status}: {}", ended.text);
        assert!(!ended.text.contains("went on"), "{status}: {}", ended.text);
    }
}

/// A missing table or a missing permission to write must not be mistaken for a login that is not in the table.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_cannot_be_ended_stops_there() {
    let _turn = turn().await;
    let ended = Shell::new("no-stack")
        .variable("T", "no-stack-grants")
        .paste("printf 'u\\tg\\n' > ended")
        .paste(&block(LOST, "while read"))
        .run();
    assert!(!ended.ok && ended.text.contains("ResourceNotFound"), "{}", ended.text);
    assert!(!ended.text.contains("all are ended"), "{}", ended.text);
}
