//! The configuration of each function.

use std::collections::{BTreeMap, BTreeSet};

use infra::placeholder;
use primitives::secret::Secret;
use shared::config::Config;

use crate::stacks;

const ALL: [&str; 6] =
    ["AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "STAGE", "PUBLIC_URL", "RESOURCE_PATH", "AGENTS", "LOG_LEVEL"];

/// The additional variables of each function, and nothing else: what it lacks cannot leak.
const OWN: [(&str, &[&str]); 9] = [
    ("metadata", &["LANGSMITH_ENDPOINT", "API_KEY_HEADER", "CLIENT_ID_METADATA"]),
    ("register", &["TABLE_PREFIX"]),
    (
        "authorize",
        &[
            "TABLE_PREFIX",
            "LANGSMITH_ENDPOINT",
            "LANGSMITH_CLIENT_ID",
            "LANGSMITH_SCOPES",
            "LANGSMITH_RESOURCE",
            "LANGSMITH_SELF_REGISTRATION",
            "AGENT_SERVERS",
            "AGENT_DISCOVERY",
            "CLIENT_ID_METADATA",
            "ROOT_KEY_SECRET",
            "VAULT",
            "SECRET_PREFIX",
        ],
    ),
    ("token", &["TABLE_PREFIX", "ROOT_KEY_SECRET", "SIGNING_KEYS_SECRET"]),
    (
        "mcp",
        &[
            "TABLE_PREFIX",
            "LANGSMITH_ENDPOINT",
            "LANGSMITH_CLIENT_ID",
            "LANGSMITH_SCOPES",
            "LANGSMITH_RESOURCE",
            "LANGSMITH_SELF_REGISTRATION",
            "AGENT_SERVERS",
            "AGENT_DISCOVERY",
            "AGENT_KEY_SECRET",
            "VAULT",
            "SECRET_PREFIX",
            "ALLOWED_ORIGINS",
            "API_KEY_HEADER",
        ],
    ),
    ("registry", &["TABLE_PREFIX", "LANGSMITH_ENDPOINT", "VAULT", "SECRET_PREFIX"]),
    ("tool-cache", &["TABLE_PREFIX", "LANGSMITH_ENDPOINT", "VAULT", "SECRET_PREFIX"]),
    ("authorizer", &["TABLE_PREFIX", "API_KEY_HEADER", "AGENT_SERVERS", "AGENT_DISCOVERY"]),
    ("janitor", &["TABLE_PREFIX", "SIGNING_KEYS_SECRET", "VAULT", "SECRET_PREFIX"]),
];

#[test]
fn each_has_the_variables_that_it_reads() {
    for (name, stack) in stacks() {
        assert_eq!(stack.functions().len(), OWN.len(), "{name}");
        let kms = !stack.of_kind("AWS::KMS::Key").is_empty();
        for (function, own) in OWN {
            // The metadata function shows LangSmith's address without sending requests there.
            let upstream = own.contains(&"LANGSMITH_ENDPOINT") && function != "metadata";
            let mut expected: BTreeSet<_> = ALL.iter().chain(own).copied().collect();
            if kms && upstream {
                expected.insert("KMS_KEY");
            }
            // Stacks of the tests have a client with a secret, or none at all.
            let with_client =
                stack.variables(function).get("LANGSMITH_CLIENT_ID").is_some_and(|id| !id.is_empty());
            if with_client {
                expected.insert("LANGSMITH_CLIENT_SECRET_NAME");
            }
            let layered = stack.functions()[function].property("/Layers").is_array();
            if layered {
                expected.insert("LANGSMITH_CA_FILE");
            }
            assert!(upstream || !layered, "{name}: {function}");
            let variables = stack.variables(function);
            let found: BTreeSet<_> = variables.keys().map(String::as_str).collect();
            assert_eq!(found, expected, "{name}: {function}");
        }
    }
}

#[test]
fn the_code_takes_every_value() {
    for (name, stack) in stacks() {
        for (function, own) in OWN {
            let variables = stack.variables(function);
            let what = format!("{name}: {function}");
            let config = Config::new(move |variable| variables.get(variable).cloned());
            config.stage().expect(&what);
            config.log_level().expect(&what);
            config.public_url().expect(&what);
            for variable in own {
                match *variable {
                    "TABLE_PREFIX" => drop(config.table_prefix().expect(&what)),
                    "LANGSMITH_ENDPOINT" => drop(config.langsmith_endpoint().expect(&what)),
                    "ALLOWED_ORIGINS" => drop(config.allowed_origins().expect(&what)),
                    "LANGSMITH_CLIENT_ID" => {
                        let secret = config.get("LANGSMITH_CLIENT_SECRET_NAME").map(Secret::new);
                        drop(config.langsmith_client(secret).expect(&what));
                    }
                    "AGENT_SERVERS" => drop(config.agent_servers().expect(&what)),
                    "AGENT_DISCOVERY" => drop(config.agent_discovery().expect(&what)),
                    "API_KEY_HEADER" => drop(config.api_key_header().expect(&what)),
                    "CLIENT_ID_METADATA" => drop(config.client_id_metadata().expect(&what)),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn all_run_alike() {
    for (name, stack) in stacks() {
        for (function, resource) in stack.functions() {
            let what = format!("{name}: {function}");
            assert_eq!(resource.text("/Runtime"), "provided.al2023", "{what}");
            assert_eq!(resource.text("/Handler"), "bootstrap", "{what}");
            assert_eq!(resource.property("/Architectures"), &serde_json::json!(["arm64"]), "{what}");
            assert_eq!(resource.text("/TracingConfig/Mode"), "Active", "{what}");
            assert_eq!(resource.body["Metadata"]["BuildMethod"], "rust-cargolambda", "{what}");
            assert_eq!(resource.body["Metadata"]["BuildProperties"]["Binary"], function, "{what}");
            let timeout = resource.property("/Timeout").as_u64().unwrap();
            // Running longer than the gateway waits costs money for nothing.
            assert!(function == "janitor" || timeout <= 29, "{what}");
        }
    }
}

#[test]
fn each_writes_to_a_log_group_that_forgets() {
    for (name, stack) in stacks() {
        let groups: BTreeMap<_, _> = stack
            .of_kind("AWS::Logs::LogGroup")
            .into_iter()
            .map(|group| (placeholder(&group.name), group))
            .collect();
        assert_eq!(groups.len(), OWN.len(), "{name}");
        for (function, resource) in stack.functions() {
            let group = groups[resource.text("/LoggingConfig/LogGroup")];
            let expected = format!("/aws/lambda/{}", resource.text("/FunctionName"));
            assert_eq!(group.text("/LogGroupName"), expected, "{name}: {function}");
            assert_eq!(group.text("/RetentionInDays"), "90", "{name}: {function}");
        }
    }
}

#[test]
fn no_secret_stands_in_the_template() {
    for (name, stack) in stacks() {
        let secrets = stack.of_kind("AWS::SecretsManager::Secret");
        assert_eq!(secrets.len(), 3, "{name}");
        for secret in secrets {
            assert!(secret.property("/SecretString").is_null(), "{name}: {}", secret.name);
        }
        for secret in ["RootKey", "AgentKey"] {
            let secret = stack.resource(&format!("Secrets/{secret}"));
            // The requirements of `RootKey::from_random_text`: letters and digits, more than 256 bits.
            assert_eq!(secret.property("/GenerateSecretString/PasswordLength"), 64, "{name}");
            assert_eq!(secret.property("/GenerateSecretString/ExcludePunctuation"), true, "{name}");
        }
        for resource in stack.resources() {
            assert!(!resource.body.to_string().contains("{{resolve:"), "{name}: {}", resource.name);
        }
        for function in stack.functions().into_keys() {
            let variables = stack.variables(function);
            // Names, never values; and no ARN, which would change when a secret is recreated under its name.
            for (variable, secret) in [
                ("ROOT_KEY_SECRET", "RootKey"),
                ("SIGNING_KEYS_SECRET", "SigningKeys"),
                ("AGENT_KEY_SECRET", "AgentKey"),
            ] {
                if let Some(value) = variables.get(variable) {
                    let secret = stack.resource(&format!("Secrets/{secret}"));
                    assert_eq!(value, secret.text("/Name"), "{name}: {function}");
                }
            }
        }
    }
}

/// A fresh stack has no signing key until the janitor has run, so it runs when a deployment is complete, and every
/// hour.
#[test]
fn the_janitor_runs_after_a_deployment_and_every_hour() {
    for (name, stack) in stacks() {
        let rules = stack.of_kind("AWS::Events::Rule");
        let janitor = placeholder("Janitor.Arn");
        assert!(rules.iter().all(|rule| rule.text("/Targets/0/Arn") == janitor), "{name}");
        assert!(rules.iter().any(|rule| rule.property("/ScheduleExpression") == "rate(1 hour)"), "{name}");
        let pattern =
            rules.iter().find_map(|rule| Some(rule.property("/EventPattern")).filter(|it| it.is_object()));
        let pattern = pattern.unwrap();
        assert_eq!(pattern["source"], serde_json::json!(["aws.cloudformation"]), "{name}");
        assert_eq!(pattern["detail"]["stack-id"], serde_json::json!(["<AWS::StackId>"]), "{name}");
        let statuses = &pattern["detail"]["status-details"]["status"];
        assert_eq!(*statuses, serde_json::json!(["CREATE_COMPLETE", "UPDATE_COMPLETE"]), "{name}");
    }
}
