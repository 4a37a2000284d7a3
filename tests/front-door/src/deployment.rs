//! The template's resources on this machine: functions with their variables, roles, secrets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use infra::Stack;
use primitives::clock::SteppedClock;
use primitives::random::{SystemRandom, bytes};
use serde_json::Value;

use crate::aws::ACCOUNT;
use crate::bootstraps::bootstrap;
use crate::function::Function;
use crate::gateway::RestApi;
use crate::guard::Guard;
use crate::instance::Program;
use crate::log::Log;
use crate::role::Role;

const SECRET: &str = "AWS::SecretsManager::Secret";

/// The local setup of the template's functions.
pub(crate) struct Deployment<'a> {
    pub(crate) stack: &'a Stack,
    /// Placeholders of the template, with this machine's values for them.
    pub(crate) replace: Vec<(String, String)>,
    pub(crate) common: Vec<(&'static str, &'a str)>,
    pub(crate) changed: &'a [(&'static str, &'static str, Option<String>)],
    pub(crate) log: Log,
}

impl Deployment<'_> {
    /// The API with all functions.
    pub(crate) fn api(&self, clock: Arc<SteppedClock>) -> RestApi {
        let gateway = self.stack.gateway();
        let routes = gateway.routes().into_iter().map(|(path, methods)| (path.to_owned(), methods));
        let routes: BTreeMap<_, _> = routes.collect();
        let guard = gateway.authorizer_function();
        // Functions without a route are invoked directly.
        let names = self.stack.functions().into_keys().filter(|name| *name != guard);
        let functions = names.map(|name| (name.to_owned(), self.function(name))).collect();
        let responses = self.here(&Value::Object(gateway.responses().clone()));
        let responses = responses.as_object().expect("responses").clone();
        let guard = Guard::new(self.function(&guard), gateway.authorizer(), clock);
        RestApi { routes, functions, guard, responses }
    }

    fn function(&self, name: &str) -> Function {
        let variables = serde_json::to_value(self.stack.variables(name)).expect("texts");
        let mut variables: BTreeMap<String, String> =
            serde_json::from_value(self.here(&variables)).expect("texts");
        variables.extend(self.common.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        variables.insert("AWS_LAMBDA_FUNCTION_NAME".to_owned(), name.to_owned());
        variables.insert("AWS_ACCESS_KEY_ID".to_owned(), name.to_owned());
        for (function, variable, value) in self.changed {
            match value {
                Some(value) if *function == name => variables.insert((*variable).to_owned(), value.clone()),
                None if *function == name => variables.remove(*variable),
                _ => None,
            };
        }
        let seconds = self.stack.functions()[name].property("/Timeout").as_u64().expect("seconds");
        let (function, path) = (name.to_owned(), bootstrap(name));
        let program = Program { function, path, arguments: Vec::new(), variables };
        Function::new(program, Duration::from_secs(seconds), self.log.clone())
    }

    /// The roles of all functions.
    pub(crate) fn roles(&self) -> BTreeMap<String, Role> {
        let functions = self.stack.functions().into_iter();
        functions
            .map(|(name, function)| {
                let arn = function.text("/Role");
                let role =
                    arn.strip_prefix('<').and_then(|rest| rest.strip_suffix(".Arn>")).expect("a role's ARN");
                (name.to_owned(), Role::new(&self.here(self.stack.resource(role).property(""))))
            })
            .collect()
    }

    /// The event of a completed deployment that the template's rule matches.
    pub(crate) fn deployed(&self) -> Value {
        let rules = self.stack.of_kind("AWS::Events::Rule");
        let mut rules = rules.into_iter().filter(|rule| rule.property("/EventPattern").is_object());
        let (Some(rule), None) = (rules.next(), rules.next()) else { panic!("one rule with a pattern") };
        assert_eq!(rule.text("/Targets/0/Arn"), infra::placeholder("Janitor.Arn"));
        fitting(rule.property("/EventPattern"))
    }

    fn here(&self, value: &Value) -> Value {
        let mut text = value.to_string();
        for (there, here) in &self.replace {
            text = text.replace(there, here);
        }
        serde_json::from_str(&text).expect("JSON")
    }
}

/// An event that matches a pattern: each member has the first of its permitted values.
fn fitting(pattern: &Value) -> Value {
    match pattern {
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), fitting(member))).collect()
        }
        values => values[0].clone(),
    }
}

/// The template's placeholders for ARNs, and their values here.
pub(crate) fn arns(stack: &Stack, region: &str, name: &str) -> Vec<(String, String)> {
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}");
    stack
        .of_kind("AWS::KMS::Key")
        .into_iter()
        .map(|key| (infra::placeholder(&format!("{}.Arn", key.name)), arn("kms", &format!("key/{name}"))))
        .collect()
}

/// The stack's own secrets by name. Those that the template does not generate have no value yet.
pub(crate) fn secrets(stack: &Stack) -> BTreeMap<String, Option<String>> {
    let secrets = stack.of_kind(SECRET).into_iter();
    secrets
        .map(|secret| {
            let length = secret.property("/GenerateSecretString/PasswordLength").as_u64();
            (secret.text("/Name").to_owned(), length.map(letters))
        })
        .collect()
}

/// Random letters.
fn letters(length: u64) -> String {
    (0..length).map(|_| char::from(b'a' + bytes::<1>(&SystemRandom)[0] % 26)).collect()
}
