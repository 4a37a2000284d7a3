//! API Gateway's own responses. A client must not be able to tell them from a function's answers.

use std::collections::BTreeMap;

use http::header::ACCESS_CONTROL_EXPOSE_HEADERS;
use infra::{Stack, environment};
use oauth::public_url::{PublicUrl, Spelling};
use oauth::scope::ScopeSet;
use serde_json::Value;
use shared::web::challenge::{Challenge, challenge_header};
use shared::web::cors;
use shared::web::outer_layers::HSTS;

use crate::stacks;

/// The status of each response (`None` keeps API Gateway's own), and whether the client should retry.
const TABLE: [(&str, Option<&str>, bool); 17] = [
    ("ACCESS_DENIED", Some("403"), false),
    ("API_CONFIGURATION_ERROR", Some("503"), true),
    ("AUTHORIZER_CONFIGURATION_ERROR", Some("503"), true),
    ("AUTHORIZER_FAILURE", Some("503"), true),
    ("DEFAULT_4XX", None, false),
    ("DEFAULT_5XX", Some("503"), true),
    ("EXPIRED_TOKEN", Some("404"), false),
    ("INTEGRATION_FAILURE", Some("503"), true),
    ("INTEGRATION_TIMEOUT", Some("504"), true),
    ("INVALID_SIGNATURE", Some("404"), false),
    ("MISSING_AUTHENTICATION_TOKEN", Some("404"), false),
    ("QUOTA_EXCEEDED", Some("429"), true),
    ("REQUEST_TOO_LARGE", Some("413"), false),
    ("RESOURCE_NOT_FOUND", Some("404"), false),
    ("THROTTLED", Some("429"), true),
    ("UNAUTHORIZED", Some("401"), false),
    ("WAF_FILTERED", Some("403"), false),
];

/// The headers of a response; static values without their quotes.
fn headers(response: &Value) -> BTreeMap<String, String> {
    let parameters = response["responseParameters"].as_object().unwrap().iter();
    parameters
        .map(|(name, value)| {
            let name = name.strip_prefix("gatewayresponse.header.").unwrap();
            let value = value.as_str().unwrap();
            let fixed = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
            (name.to_owned(), fixed.unwrap_or(value).to_owned())
        })
        .collect()
}

fn public(stack: &Stack) -> PublicUrl {
    let variables = stack.variables("mcp");
    let public: PublicUrl = variables["PUBLIC_URL"].parse().unwrap();
    public.with_resource_path(&variables["RESOURCE_PATH"]).unwrap()
}

fn challenge(stack: &Stack, challenge: Challenge) -> String {
    challenge_header(&public(stack), Spelling::PLAIN, challenge).to_str().unwrap().to_owned()
}

#[test]
fn the_table_is_complete_and_every_row_is_json_that_any_origin_may_read() {
    let preflight = cors::preflight();
    let exposed = preflight.headers()[ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap();
    for (name, stack) in stacks() {
        let gateway = stack.gateway();
        assert_eq!(gateway.responses().len(), TABLE.len(), "{name}");
        for (kind, status, again) in TABLE {
            let response = gateway.response(kind);
            let what = format!("{name}: {kind}");
            assert_eq!(response["statusCode"].as_str(), status, "{what}");
            let headers = headers(response);
            assert_eq!(headers["Access-Control-Allow-Origin"], "*", "{what}");
            assert_eq!(headers["Access-Control-Expose-Headers"], exposed, "{what}");
            assert_eq!(headers["Cache-Control"], "no-store", "{what}");
            assert_eq!(headers["X-Content-Type-Options"], "nosniff", "{what}");
            assert_eq!(headers["Strict-Transport-Security"], HSTS, "{what}");
            assert_eq!(headers["X-Request-Id"], "context.requestId", "{what}");
            assert_eq!(headers.get("Retry-After").map(String::as_str), again.then_some("2"), "{what}");
            let body: Value =
                serde_json::from_str(response["responseTemplates"]["application/json"].as_str().unwrap())
                    .unwrap_or_else(|error| panic!("{what}: {error}"));
            let code = body.pointer("/error/code").map(ToString::to_string);
            assert!(code.is_none() || code.as_deref() == status, "{what}");
            assert!(
                code.is_some() || body["error"].is_string() && body["error_description"].is_string(),
                "{what}"
            );
        }
    }
}

/// Clients delete their credentials on 401 and on `invalid_grant`. Only the refusal of a token may look like that.
#[test]
fn nothing_but_a_refusal_looks_like_one() {
    for (name, stack) in stacks() {
        for (kind, response) in stack.gateway().responses() {
            let refused = response["statusCode"] == "401";
            assert_eq!(refused, kind == "UNAUTHORIZED", "{name}: {kind}");
            let challenged = headers(response).contains_key("WWW-Authenticate");
            assert_eq!(
                challenged,
                ["UNAUTHORIZED", "ACCESS_DENIED"].contains(&kind.as_str()),
                "{name}: {kind}"
            );
            assert!(!response.to_string().contains("invalid_grant"), "{name}: {kind}");
        }
    }
}

#[test]
fn the_challenge_of_a_401_is_word_for_word_the_functions() {
    for (name, stack) in stacks() {
        let response = stack.gateway().response("UNAUTHORIZED");
        let header =
            response["responseParameters"]["gatewayresponse.header.WWW-Authenticate"].as_str().unwrap();
        assert_eq!(header, format!("'{}'", challenge(&stack, Challenge::Missing)), "{name}");
    }
}

#[test]
fn the_challenge_of_a_401_leaves_the_metadata_to_the_path_on_request() {
    let stack = environment("us").stack_with(&[("MetadataInChallenge", "off")]);
    let header = headers(stack.gateway().response("UNAUTHORIZED"))["WWW-Authenticate"].clone();
    let named = challenge(&stack, Challenge::Missing);
    let (scheme, scope) = (named.split_once(' ').unwrap().0, named.split_once("scope=").unwrap().1);
    assert_eq!(header, format!("{scheme} scope={scope}"));
}

#[test]
fn the_challenge_of_a_403_comes_from_the_authorizer_or_names_every_scope() {
    let us = environment("us");
    let header =
        |stack: &Stack| headers(stack.gateway().response("ACCESS_DENIED"))["WWW-Authenticate"].clone();
    assert_eq!(header(&us.stack()), "context.authorizer.challenge");
    for path in ["/mcp", "/api/mcp"] {
        let fixed = us.stack_with(&[("StepUpChallenge", "all-scopes"), ("ResourcePath", path)]);
        assert_eq!(header(&fixed), challenge(&fixed, Challenge::InsufficientScope(ScopeSet::all())));
    }
}

#[test]
fn the_authorizer_is_asked_each_time_and_for_every_caller_unless_keys_are_off() {
    let us = environment("us");
    let stack = us.stack();
    let settings = stack.gateway().authorizer().clone();
    assert_eq!(settings["type"], "request");
    // Must be a number, so it cannot be a parameter.
    assert_eq!(settings["authorizerResultTtlInSeconds"], 0);
    assert_eq!(settings.get("identitySource"), None);

    let off = us.stack_with(&[("ApiKeyHeader", "off"), ("AuthorizerCacheSeconds", "60")]);
    let settings = off.gateway().authorizer().clone();
    assert_eq!(settings["identitySource"], "method.request.header.Authorization");
    assert_eq!(settings["authorizerResultTtlInSeconds"], "60");
    for function in ["mcp", "authorizer"] {
        assert_eq!(off.variables(function)["API_KEY_HEADER"], "off");
    }

    let refusal = us.refusal(&[("AuthorizerCacheSeconds", "60")]);
    assert_eq!(refusal, "AuthorizerCacheSeconds needs ApiKeyHeader=off");
}
