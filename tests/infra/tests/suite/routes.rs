//! The template routes exactly what the functions serve.

use std::collections::{BTreeMap, BTreeSet};

use infra::Method;

use crate::stacks;

const SERVED: [(&str, &[&str]); 7] = [
    ("metadata", &metadata::ROUTES),
    ("register", &register::ROUTES),
    ("authorize", &authorize::ROUTES),
    ("token", &token::ROUTES),
    ("mcp", &mcp::ROUTES),
    ("registry", &registry::ROUTES),
    ("tool-cache", &tool_cache::ROUTES),
];

/// The part of a path that stands for an Agent Server.
const SERVER: &str = "/agents/{server}";

/// The routes that the functions serve for a resource path, and the function of each. A REST API drops a final slash.
fn served(resource: &str) -> BTreeMap<String, &'static str> {
    let mut routes = BTreeMap::new();
    for (function, paths) in SERVED {
        for path in paths {
            let plain = Some(path.trim_end_matches('/')).filter(|path| !path.is_empty()).unwrap_or(path);
            // The endpoints of Agent Servers do not move.
            let start = plain.strip_suffix("/mcp").filter(|start| !start.ends_with(SERVER));
            let moved = start.map(|start| format!("{start}{resource}"));
            routes.insert(moved.unwrap_or_else(|| plain.to_owned()), function);
        }
    }
    routes
}

#[test]
fn this_list_is_that_of_one_machine() {
    let here: BTreeSet<_> = SERVED.iter().flat_map(|(_, paths)| *paths).collect();
    let there: BTreeSet<_> = local::ROUTES.into_iter().flatten().collect();
    assert_eq!(here, there);
}

#[test]
fn every_route_has_its_one_function_and_takes_any_method() {
    for (name, stack) in stacks() {
        let resource = &stack.variables("mcp")["RESOURCE_PATH"];
        let mut found = BTreeMap::new();
        for (path, methods) in stack.gateway().routes() {
            assert!(methods.contains_key("ANY"), "{name}: {path}");
            let functions: BTreeSet<_> = methods.values().map(|method| method.function.clone()).collect();
            assert_eq!(functions.len(), 1, "{name}: {path}");
            found.extend(functions.into_iter().map(|function| (path.to_owned(), function)));
        }
        let is_on = |path: &str| stack.variables("mcp")["AGENTS"] == "on" || !path.contains(SERVER);
        let served = served(resource).into_iter().filter(|(path, _)| is_on(path));
        let served = served.map(|(path, function)| (path, function.to_owned()));
        assert_eq!(found, served.collect(), "{name}");
    }
}

#[test]
fn the_resource_alone_is_behind_the_authorizer_and_its_preflight_is_not() {
    for (name, stack) in stacks() {
        let gateway = stack.gateway();
        assert_eq!(gateway.authorizer_function(), "authorizer", "{name}");
        let resource = &stack.variables("mcp")["RESOURCE_PATH"];
        for (path, methods) in gateway.routes() {
            for (verb, Method { authorized, .. }) in methods {
                let is_resource = path == resource.as_str() || path == format!("{SERVER}/mcp");
                let expected = is_resource && verb != "OPTIONS";
                assert_eq!(authorized, expected, "{name}: {verb} {path}");
            }
        }
        assert!(gateway.routes()[resource.as_str()].contains_key("OPTIONS"), "{name}");
    }
}

#[test]
fn a_throttle_is_for_a_method_that_is_routed() {
    for (name, stack) in stacks() {
        let gateway = stack.gateway();
        let routes = gateway.routes();
        let settings = stack.only("AWS::ApiGateway::Stage").property("/MethodSettings").as_array().unwrap();
        let (mut throttled, mut limited) = (BTreeSet::new(), BTreeSet::new());
        for setting in settings {
            let path = setting["ResourcePath"].as_str().unwrap().replacen('/', "", 1).replace("~1", "/");
            let verb = setting["HttpMethod"].as_str().unwrap();
            assert!(setting["ThrottlingRateLimit"].is_string(), "{name}: {path}");
            assert!(setting["ThrottlingBurstLimit"].is_string(), "{name}: {path}");
            if path != "*" {
                // API Gateway accepts no settings for ANY.
                assert!(routes[path.as_str()].contains_key(verb) && verb != "ANY", "{name}: {verb} {path}");
            }
            limited.insert((path.clone(), verb.to_owned()));
            throttled.insert(path);
        }
        let named = routes.iter().flat_map(|(path, methods)| {
            let methods = methods.keys().filter(|verb| !["ANY", "OPTIONS"].contains(&verb.as_str()));
            methods.map(|verb| ((*path).to_owned(), verb.clone()))
        });
        limited.remove(&("*".to_owned(), "*".to_owned()));
        assert_eq!(limited, named.collect(), "{name}: a method is named for its throttle");
        let resource = stack.variables("mcp")["RESOURCE_PATH"].clone();
        let open = ["*", "/register", "/token", "/authorize/login/key", "/authorize/login/langsmith"];
        // The description of the API is a document like the metadata.
        let registry = registry::ROUTES.into_iter().chain(tool_cache::ROUTES);
        let registry = registry.filter(|path| *path != "/v1/deepagents/openapi.json");
        let open = open.into_iter().chain(registry).map(str::to_owned);
        let agents = (stack.variables("mcp")["AGENTS"] == "on").then(|| format!("{SERVER}/mcp"));
        assert_eq!(throttled, open.chain([resource]).chain(agents).collect(), "{name}");
    }
}

#[test]
fn the_gateway_may_call_each_function_that_it_routes_to_and_no_other() {
    for (name, stack) in stacks() {
        let gateway = stack.gateway();
        let mut called: BTreeSet<_> = gateway
            .routes()
            .into_values()
            .flat_map(BTreeMap::into_values)
            .map(|method| method.function)
            .collect();
        called.insert(gateway.authorizer_function());
        let functions = stack.functions();
        let mut allowed = BTreeSet::new();
        for permission in stack.of_kind("AWS::Lambda::Permission") {
            if permission.text("/Principal") == "apigateway.amazonaws.com" {
                let source = permission.text("/SourceArn");
                let target = permission.text("/FunctionName").trim_matches(['<', '>']);
                let target = functions.iter().find(|(_, function)| function.name == target).unwrap().0;
                let part = if *target == "authorizer" { "authorizers/*" } else { "live/*" };
                assert!(source.ends_with(&format!(":<Api>/{part}")), "{name}: {source}");
                allowed.insert((*target).to_owned());
            }
        }
        assert_eq!(allowed, called, "{name}");
    }
}

#[test]
fn the_api_answers_at_the_root_of_its_own_domain_only() {
    const ENDPOINT: &str = "x-amazon-apigateway-endpoint-configuration";
    for (name, stack) in stacks() {
        let body = stack.gateway().body();
        // In OpenAPI 3 the extension is valid only in a server; at the top level it is ignored.
        assert!(body["openapi"].as_str().unwrap().starts_with("3.0"), "{name}");
        assert!(body.get(ENDPOINT).is_none(), "{name}");
        let [server] = body["servers"].as_array().unwrap().as_slice() else { panic!("{name}: one server") };
        assert_eq!(server[ENDPOINT]["disableExecuteApiEndpoint"], true, "{name}");
        assert_eq!(server["url"], stack.variables("mcp")["PUBLIC_URL"], "{name}");
        let mapping = stack.only("AWS::ApiGateway::BasePathMapping");
        assert!(mapping.property("/BasePath").is_null(), "{name}");
        let domain = stack.only("AWS::ApiGateway::DomainName");
        let public = format!("https://{}", domain.text("/DomainName"));
        assert_eq!(
            domain.property("/EndpointConfiguration/Types"),
            &serde_json::json!(["REGIONAL"]),
            "{name}"
        );
        for function in stack.functions().into_keys() {
            assert_eq!(stack.variables(function)["PUBLIC_URL"], public, "{name}: {function}");
        }
        assert_eq!(
            stack.outputs["McpUrl"],
            format!("{public}{}", stack.variables("mcp")["RESOURCE_PATH"]),
            "{name}"
        );
    }
}
