//! The REST API: the function behind each path, the authorizer, and the gateway responses.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::stack::Stack;

/// The name for `x-amazon-apigateway-any-method`.
const ANY: &str = "ANY";

/// The REST API of a stack.
#[derive(Debug)]
pub struct Gateway<'a> {
    stack: &'a Stack,
    body: &'a Value,
}

/// A method of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The crate of its function.
    pub function: String,
    /// Whether it requires the authorizer.
    pub authorized: bool,
}

impl<'a> Gateway<'a> {
    pub(crate) fn new(stack: &'a Stack) -> Self {
        Self { stack, body: stack.only("AWS::ApiGateway::RestApi").property("/Body") }
    }

    /// The OpenAPI document.
    pub const fn body(&self) -> &'a Value {
        self.body
    }

    /// All paths with their methods; `ANY` stands for the remaining ones.
    pub fn routes(&self) -> BTreeMap<&'a str, BTreeMap<String, Method>> {
        let paths = self.body["paths"].as_object().expect("paths");
        paths.iter().map(|(path, methods)| (path.as_str(), self.methods(methods))).collect()
    }

    fn methods(&self, methods: &Value) -> BTreeMap<String, Method> {
        let methods = methods.as_object().expect("methods").iter();
        methods
            .map(|(name, method)| {
                let any = name == "x-amazon-apigateway-any-method";
                let name = if any { ANY.to_owned() } else { name.to_uppercase() };
                let integration = &method["x-amazon-apigateway-integration"];
                assert_eq!(integration["type"], "aws_proxy");
                let function = self.function_of(integration["uri"].as_str().expect("a function"));
                (name, Method { function, authorized: method.get("security").is_some() })
            })
            .collect()
    }

    /// The settings of the authorizer.
    pub fn authorizer(&self) -> &'a Value {
        &self.body["components"]["securitySchemes"]["Authorizer"]["x-amazon-apigateway-authorizer"]
    }

    /// The crate of the authorizer.
    pub fn authorizer_function(&self) -> String {
        self.function_of(self.authorizer()["authorizerUri"].as_str().expect("a function"))
    }

    /// A gateway response.
    pub fn response(&self, kind: &str) -> &'a Value {
        &self.responses()[kind]
    }

    /// All gateway responses.
    pub fn responses(&self) -> &'a serde_json::Map<String, Value> {
        self.body["x-amazon-apigateway-gateway-responses"].as_object().expect("responses")
    }

    /// The crate behind an integration's URI.
    fn function_of(&self, uri: &str) -> String {
        let (_, rest) = uri.split_once(":lambda:path/2015-03-31/functions/<").expect("a Lambda integration");
        let name = rest.strip_suffix(".Arn>/invocations").expect("a function's ARN");
        let resource = self.stack.resource(name);
        let functions = self.stack.functions();
        let found = functions.into_iter().find(|(_, function)| function.name == resource.name);
        found.expect("a function").0.to_owned()
    }
}
