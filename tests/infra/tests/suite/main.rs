//! The properties of the translated template, in every environment.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

mod alarms;
mod environments;
mod functions;
mod gateway;
mod roles;
mod routes;
mod tables;

use infra::{Stack, environments};

/// The stacks of all environments, and of the variants that no environment uses, each with a name for messages.
fn stacks() -> Vec<(String, Stack)> {
    let of_environments =
        environments().iter().map(|environment| (environment.name.clone(), environment.stack()));
    let variants: [&[(&str, &str)]; 6] = [
        &[("VaultKind", "kms")],
        &[("LangSmithClientId", "lsc_1"), ("LangSmithClientSecret", "stored")],
        &[("LangSmithSelfRegistration", "on"), ("ClientIdMetadata", "off")],
        &[("ApiKeyHeader", "off"), ("AuthorizerCacheSeconds", "60"), ("StepUpChallenge", "all-scopes")],
        &[("Agents", "off"), ("AgentServers", "https://one.example.com")],
        &[
            ("CertificateArn", "arn:aws:acm:us-east-1:111122223333:certificate/1"),
            ("WebAclArn", "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1"),
            ("LangSmithCaLayerArn", "arn:aws:lambda:us-east-1:111122223333:layer:ca:1"),
            ("AlarmEmail", "ops@example.com"),
            ("MonthlyBudget", "100"),
            ("AgentServers", "https://one.example.com,https://two.example.com"),
            ("AgentDiscovery", "on"),
            ("AllowedOrigins", "https://app.example.com"),
            ("HostedZoneId", ""),
        ],
    ];
    let us = &environments().iter().find(|environment| environment.name == "us").unwrap();
    let variants = variants.map(|overrides| (format!("us with {overrides:?}"), us.stack_with(overrides)));
    of_environments.chain(variants).collect()
}
