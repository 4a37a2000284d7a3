//! The environments of `samconfig.toml`: each is a complete deployment, independent of the others.

use std::collections::{BTreeMap, BTreeSet};

use infra::{Stack, environment, environments};

/// Region and LangSmith of each environment.
const EXPECTED: [(&str, &str, &str); 5] = [
    ("apac", "ap-southeast-2", "https://apac.api.smith.langchain.com"),
    ("aws-us", "us-west-2", "https://aws.api.smith.langchain.com"),
    ("eu", "eu-west-1", "https://eu.api.smith.langchain.com"),
    ("self-hosted", "us-east-1", "https://langsmith.example.net/api"),
    ("us", "us-east-1", "https://api.smith.langchain.com"),
];

#[test]
fn each_serves_its_langsmith_from_its_region() {
    let mut found: Vec<_> = environments()
        .iter()
        .map(|environment| {
            let endpoint = environment.stack().variables("mcp")["LANGSMITH_ENDPOINT"].clone();
            (environment.name.as_str(), environment.global("region"), endpoint)
        })
        .collect();
    found.sort_unstable();
    assert_eq!(found, EXPECTED.map(|(name, region, endpoint)| (name, region, endpoint.to_owned())));
}

#[test]
fn each_gives_parameters_that_the_template_takes() {
    for environment in environments() {
        assert!(environment.unfit.is_empty(), "{}: {:?}", environment.name, environment.unfit);
        assert!(!environment.stack().resources().is_empty());
    }
}

/// Deploying without editing gives an error message, not a stack that hangs at its certificate and then cannot be
/// removed.
#[test]
fn none_is_deployed_with_the_examples_of_its_file() {
    for environment in environments() {
        let examples = environment.examples();
        assert!(examples.contains(&"DomainName"), "{}: {examples:?}", environment.name);
        for example in examples {
            let refusal = environment.refusal_unless_filled_in(&[example]);
            let expected = format!("{example} is the example of samconfig.toml; give your own");
            assert_eq!(refusal, expected, "{}", environment.name);
        }
    }
    let examples = environment("self-hosted").examples();
    assert_eq!(examples, ["CertificateArn", "DomainName", "LangSmithEndpoint"]);
}

const GUIDE: &str = include_str!("../../../../docs/deploy.md");

#[test]
fn the_guide_asks_for_the_tools_that_are_needed() {
    for tool in
        [concat!("Rust ", env!("CARGO_PKG_RUST_VERSION"), " or newer"), "rustup", "AWS CLI in version 2"]
    {
        assert!(GUIDE.contains(tool), "{tool}");
    }
}

/// Without a region the CLI uses another one, or none; and it shows a long answer in a pager.
#[test]
fn commands_of_the_guide_say_their_region() {
    // Services with one endpoint for all regions.
    let everywhere = ["aws ce ", "aws route53 "];
    let mut checked = false;
    for section in GUIDE.split("\n## ") {
        let mut exported = false;
        for block in section.split("```\n").skip(1).step_by(2) {
            exported |= block.contains("export AWS_REGION=");
            let mut exports = block.lines().filter(|line| line.starts_with("export AWS_REGION="));
            assert!(exports.all(|line| line.ends_with(" AWS_PAGER=")), "{block}");
            for line in block.lines().filter(|line| line.contains("aws ")) {
                let told = line.contains("--region") || everywhere.iter().any(|one| line.contains(one));
                assert!(exported || told, "{line}");
                checked = true;
            }
        }
    }
    assert!(checked);
}

#[test]
fn the_guide_names_every_parameter_and_every_alarm() {
    let us = environment("us");
    for parameter in us.declared() {
        assert!(GUIDE.contains(&format!("`{parameter}`")), "{parameter}");
    }
    for alarm in us.stack().of_kind("AWS::CloudWatch::Alarm") {
        let name = alarm.text("/AlarmName").replacen("langsmith-mcp-us-", "", 1);
        assert!(GUIDE.contains(&format!("`{name}`")), "{name}");
    }
    for expected in EXPECTED {
        assert!(GUIDE.contains(&format!("`{}`", expected.0)) && GUIDE.contains(expected.1), "{expected:?}");
    }
}

/// `sam build --config-env X && sam deploy --config-env X` works without questions and flags.
#[test]
fn each_is_deployed_by_two_commands() {
    for environment in environments() {
        let settings = &environment.settings;
        assert_eq!(settings["build"]["template_file"], "infra/template.yaml", "{}", environment.name);
        // The parameters that the build needs, too, are in the section that both commands read.
        assert!(settings["global"]["parameter_overrides"].is_array(), "{}", environment.name);
        assert_eq!(settings["deploy"]["resolve_s3"], true, "{}", environment.name);
        // Roles without names, and nested and included parts.
        assert_eq!(
            settings["deploy"]["capabilities"], "CAPABILITY_IAM CAPABILITY_AUTO_EXPAND",
            "{}",
            environment.name
        );
        // Nested stacks inherit it, and costs are separated by it.
        let tag = format!("langsmith-mcp={}", environment.global("stack_name"));
        assert_eq!(settings["deploy"]["tags"], tag, "{}", environment.name);
        // The cache checks a function's own folder only, and would deploy old code.
        assert!(settings["build"].get("cached").is_none(), "{}", environment.name);
    }
}

#[test]
fn self_hosted_moves_the_resource_and_nothing_else() {
    let (usual, moved) = (environment("us").stack(), environment("self-hosted").stack());
    let paths =
        |stack: &Stack| stack.gateway().routes().into_keys().map(str::to_owned).collect::<BTreeSet<_>>();
    let (usual, moved) = (paths(&usual), paths(&moved));
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| one - other;
    let wellknown = ["/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource", ""];
    assert_eq!(only(&usual, &moved), wellknown.map(|start| format!("{start}/mcp")).into());
    assert_eq!(only(&moved, &usual), wellknown.map(|start| format!("{start}/api/mcp")).into());
}

#[test]
fn a_certificate_is_issued_or_given() {
    let us = environment("us");
    let domain =
        |stack: &Stack| stack.only("AWS::ApiGateway::DomainName").text("/RegionalCertificateArn").to_owned();
    assert_eq!(domain(&us.stack()), "<Domain/Certificate>");
    assert_eq!(us.stack().only("AWS::Route53::RecordSet").text("/Name"), "us.mcp.example.net");

    let arn = "arn:aws:acm:us-east-1:111122223333:certificate/1";
    let given = us.stack_with(&[("CertificateArn", arn), ("HostedZoneId", "")]);
    assert_eq!(domain(&given), arn);
    assert!(given.of_kind("AWS::CertificateManager::Certificate").is_empty());
    assert!(given.of_kind("AWS::Route53::RecordSet").is_empty());

    let refusal = us.refusal(&[("HostedZoneId", "")]);
    assert_eq!(refusal, "Give CertificateArn, or HostedZoneId to have a certificate issued");
}

#[test]
fn a_firewall_stands_in_front_if_one_is_given() {
    let us = environment("us");
    assert!(us.stack().of_kind("AWS::WAFv2::WebACLAssociation").is_empty());
    let arn = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1";
    let stack = us.stack_with(&[("WebAclArn", arn)]);
    let association = stack.only("AWS::WAFv2::WebACLAssociation");
    assert_eq!(association.text("/WebACLArn"), arn);
    assert_eq!(
        association.text("/ResourceArn"),
        "arn:aws:apigateway:us-east-1::/restapis/<Api>/stages/<ApiliveStage>"
    );
}

/// Two stacks may share an account and a region: every name starts with the stack's.
#[test]
fn no_two_stacks_share_a_name() {
    const NAMES: [&str; 9] = [
        "AlarmName",
        "BudgetName",
        "DashboardName",
        "DomainName",
        "FunctionName",
        "LogGroupName",
        "Name",
        "TableName",
        "TopicName",
    ];
    let named = |stack: &Stack| {
        let mut names = BTreeMap::new();
        for resource in stack.resources() {
            for property in NAMES {
                let name = resource.property(&format!("/{property}")).as_str();
                // Permissions and mappings refer to names that other resources define.
                if let Some(name) = name.filter(|name| !name.starts_with('<')) {
                    names.insert((resource.kind().to_owned(), name.to_owned()), resource.name.clone());
                }
            }
        }
        names
    };
    let [one, other] = ["us", "self-hosted"].map(|name| named(&environment(name).stack()));
    assert!(one.len() > 30, "{one:?}");
    let shared: Vec<_> = one.keys().filter(|name| other.contains_key(*name)).collect();
    assert!(shared.is_empty(), "{shared:?}");
}
