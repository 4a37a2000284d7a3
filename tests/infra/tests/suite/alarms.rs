//! Alarms and the dashboard refer to existing resources, and to log lines that are written.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use infra::{Stack, environment};
use serde_json::Value;

use crate::stacks;

/// The dimensions of all metrics: the names of the observed resources.
fn subjects(value: &Value, found: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(map) => {
            if let (Some(Value::String(name)), Some(Value::String(value)), 2) =
                (map.get("Name"), map.get("Value"), map.len())
            {
                found.insert((name.clone(), value.clone()));
            }
            map.values().for_each(|value| subjects(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| subjects(item, found)),
        _ => {}
    }
}

fn exists(stack: &Stack, dimension: &str, value: &str) -> bool {
    let named = |kind, property: &str| stack.of_kind(kind).iter().any(|it| it.property(property) == value);
    match dimension {
        "ApiName" => named("AWS::ApiGateway::RestApi", "/Name"),
        "Stage" => named("AWS::ApiGateway::Stage", "/StageName"),
        "FunctionName" => named("AWS::Lambda::Function", "/FunctionName"),
        "TableName" => named("AWS::DynamoDB::Table", "/TableName"),
        _ => false,
    }
}

#[test]
fn every_alarm_is_told_to_somebody_and_watches_what_exists() {
    for (name, stack) in stacks() {
        let alarms = stack.of_kind("AWS::CloudWatch::Alarm");
        let suffixes: BTreeSet<_> = alarms
            .iter()
            .map(|alarm| alarm.text("/AlarmName").replacen(&stack.variables("token")["TABLE_PREFIX"], "", 1))
            .collect();
        let expected = [
            "-5xx",
            "-altered-client",
            "-authorizer",
            "-credential-endings",
            "-forks",
            "-function-errors",
            "-function-throttles",
            "-janitor",
            "-key-age",
            "-latency",
            "-replay",
            "-throttles-clients",
            "-throttles-grants",
            "-throttles-keys",
            "-throttles-mcp-servers",
            "-throttles-sessions",
            "-throttles-tool-cache",
            "-throttles-vault",
            "-unusual-traffic",
        ];
        assert_eq!(suffixes, expected.map(str::to_owned).into(), "{name}");
        for alarm in alarms {
            assert_eq!(alarm.property("/AlarmActions"), &serde_json::json!(["<Alarms/Topic>"]), "{name}");
            assert!(alarm.property("/AlarmDescription").is_string(), "{name}: {}", alarm.name);
            let mut found = BTreeSet::new();
            subjects(&alarm.body, &mut found);
            for (dimension, value) in found {
                assert!(exists(&stack, &dimension, &value), "{name}: {} watches {value}", alarm.name);
            }
        }
    }
}

/// The maximum of CloudWatch for one expression.
#[test]
fn no_alarm_is_made_of_more_than_ten_metrics() {
    for alarm in environment("us").stack().of_kind("AWS::CloudWatch::Alarm") {
        let metrics = alarm.property("/Metrics").as_array().into_iter().flatten();
        let read = metrics.filter(|metric| metric.get("MetricStat").is_some()).count();
        assert!(read < 10, "{}: {read}", alarm.name);
    }
}

#[test]
fn functions_and_tables_are_watched_without_exception() {
    let stack = environment("us").stack();
    let watched = |alarm: &str| {
        let mut found = BTreeSet::new();
        subjects(&stack.resource(&format!("Alarms/{alarm}")).body, &mut found);
        found.into_iter().map(|(_, value)| value).collect::<BTreeSet<_>>()
    };
    let named = |kind, property: &str| {
        stack.of_kind(kind).iter().map(|it| it.text(property).to_owned()).collect::<BTreeSet<_>>()
    };
    let mut functions = named("AWS::Lambda::Function", "/FunctionName");
    assert_eq!(watched("FunctionThrottles"), functions);
    // Every 401 is an error of the authorizer, so the alarm uses its own log lines and Lambda's.
    assert!(functions.remove("langsmith-mcp-us-authorizer"));
    assert!(functions.remove("langsmith-mcp-us-janitor"));
    assert_eq!(watched("FunctionErrors"), functions);
    assert_eq!(watched("JanitorErrors"), ["langsmith-mcp-us-janitor".to_owned()].into());
    let filters = stack.of_kind("AWS::Logs::MetricFilter").into_iter();
    let filters: BTreeSet<_> = filters
        .filter(|filter| filter.text("/MetricTransformations/0/MetricName") == "AuthorizerFailures")
        .map(|filter| {
            assert_eq!(filter.text("/LogGroupName"), "<Roles/AuthorizerLogs>");
            filter.text("/FilterPattern")
        })
        .collect();
    let decided = "{ $.message = \"the public keys cannot be read\" }";
    assert_eq!(filters, [decided, "?\"Task timed out\" ?\"Runtime exited\""].into());
    let tables = ["Clients", "Grants", "Keys", "McpServers", "Sessions", "ToolCache", "Vault"];
    let tables = tables.into_iter().flat_map(|table| watched(&format!("{table}Throttles")));
    assert_eq!(tables.collect::<BTreeSet<_>>(), named("AWS::DynamoDB::Table", "/TableName"));
}

/// The janitor runs once an hour, so alarms on many failures in a short time would miss it.
#[test]
fn a_janitor_that_fails_for_ever_is_heard_of_within_hours() {
    let stack = environment("us").stack();
    let alarm = stack.resource("Alarms/JanitorErrors");
    let rules = stack.of_kind("AWS::Events::Rule");
    assert!(rules.iter().any(|rule| rule.property("/ScheduleExpression") == "rate(1 hour)"));
    let expected = [
        ("/MetricName", Value::from("Errors")),
        ("/Statistic", "Sum".into()),
        ("/Period", 3600.into()),
        ("/EvaluationPeriods", 3.into()),
        ("/DatapointsToAlarm", Value::Null),
        ("/Threshold", 1.into()),
        ("/ComparisonOperator", "GreaterThanOrEqualToThreshold".into()),
    ];
    for (property, value) in expected {
        assert_eq!(*alarm.property(property), value, "{property}");
    }
}

/// A filter for a line that no code writes would never match.
#[test]
fn every_filter_looks_for_a_line_that_the_code_writes() {
    let mut code = String::new();
    for folder in ["functions", "agent-server", "langsmith", "oauth", "shared"] {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder), &mut code);
    }
    // `$.field` is a top-level field of the line.
    assert!(code.contains(".flatten_event(true)"), "fields lie deeper than the filters look");
    let stack = environment("us").stack();
    let mut looked_for = 0;
    for filter in stack.of_kind("AWS::Logs::MetricFilter") {
        let pattern = filter.text("/FilterPattern");
        // Without a brace, the filter is for Lambda's own lines.
        let of_lambda = ["?\"Task timed out\" ?\"Runtime exited\""].contains(&pattern);
        assert!(of_lambda || pattern.starts_with("{ ") && pattern.ends_with(" }"), "{pattern}");
        // `$.field = "value"`, as in the log macros, or `"value"` alone if it is the message.
        for term in pattern.split("$.").skip(1) {
            let field: String = term.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
            if let Some((_, value)) = term.split_once("= \"") {
                let value = value.split('"').next().unwrap();
                let line = if field == "message" {
                    format!(", \"{value}\")")
                } else {
                    format!("{field} = \"{value}\"")
                };
                assert!(code.contains(&line), "no code writes {line}");
                looked_for += 1;
            }
        }
        let metric = filter.text("/MetricTransformations/0/MetricName");
        let namespace = filter.text("/MetricTransformations/0/MetricNamespace");
        let alarms = stack.of_kind("AWS::CloudWatch::Alarm");
        let heard = alarms.iter().any(|alarm| {
            alarm.property("/MetricName") == metric && alarm.property("/Namespace") == namespace
        });
        assert!(heard, "nobody hears of {metric}");
    }
    assert_eq!(looked_for, 7);
}

fn read(path: &Path, code: &mut String) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            read(&entry.unwrap().path(), code);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        code.push_str(&fs::read_to_string(path).unwrap());
    }
}

#[test]
fn the_dashboard_shows_what_exists() {
    for (name, stack) in stacks() {
        let dashboard = stack.only("AWS::CloudWatch::Dashboard");
        let body: Value = serde_json::from_str(dashboard.text("/DashboardBody")).expect(&name);
        let widgets = body["widgets"].as_array().unwrap();
        assert_eq!(widgets.len(), 9, "{name}");
        for metric in widgets.iter().flat_map(|widget| widget["properties"]["metrics"].as_array().unwrap()) {
            let words: Vec<_> = metric.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(
                words[1] != "Errors"
                    || words[3] != format!("{}-authorizer", stack.variables("token")["TABLE_PREFIX"])
            );
            // Namespace and metric, then pairs of a dimension and its value.
            for pair in words[2..].chunks(2) {
                assert!(exists(&stack, pair[0], pair[1]), "{name}: {metric}");
            }
        }
    }
}

#[test]
fn a_budget_needs_somebody_to_tell() {
    let us = environment("us");
    assert!(us.stack().of_kind("AWS::Budgets::Budget").is_empty());
    assert!(us.stack_with(&[("MonthlyBudget", "100")]).of_kind("AWS::Budgets::Budget").is_empty());
    let stack = us.stack_with(&[("MonthlyBudget", "100"), ("AlarmEmail", "ops@example.com")]);
    let budget = stack.only("AWS::Budgets::Budget");
    assert_eq!(budget.text("/Budget/BudgetLimit/Amount"), "100");
    let tag = budget.text("/Budget/CostFilters/TagKeyValue/0");
    // The tag of samconfig.toml, in the format of a bill.
    let (key, value) = us.settings["deploy"]["tags"].as_str().unwrap().split_once('=').unwrap();
    assert_eq!(tag, format!("user:{key}${value}"));
    assert_eq!(stack.only("AWS::SNS::Subscription").text("/Endpoint"), "ops@example.com");
}
