//! AWS's part of a deployment: parameters, rules, conditions and intrinsic functions.
//!
//! Values known only after a deployment stay placeholders: `<Token.Arn>` is an attribute of the resource `Token`,
//! `<Token>` is the result of `Ref`, and `<Roles/Token.Arn>` is within the nested stack `Roles`. An unknown function
//! fails the test: nothing is skipped.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::stack::{Resource, Stack};

/// Parameters by name.
pub(crate) type Parameters = BTreeMap<String, Value>;

/// A translated template with its nested stacks.
#[derive(Debug)]
pub(crate) struct Template {
    document: Value,
    nested: BTreeMap<String, Value>,
}

/// The placeholder for a resource's attribute.
pub fn placeholder(name: &str) -> String {
    format!("<{name}>")
}

impl Template {
    pub(crate) fn new(document: Value, nested: Value) -> Self {
        Self { document, nested: serde_json::from_value(nested).expect("templates by name") }
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.document["Parameters"].as_object().expect("parameters").keys().map(String::as_str)
    }

    /// The stack with these parameters, or the rule that rejects them.
    pub(crate) fn deploy(&self, name: &str, region: &str, given: &Parameters) -> Result<Stack, String> {
        let pseudo = [("AWS::StackName", name), ("AWS::Region", region)];
        let pseudo = pseudo.map(|(name, value)| (name, value.to_owned()));
        let scope = Scope::new(&self.document, &self.nested, given, pseudo.into(), String::new());
        match scope.broken_rule() {
            Some(rule) => Err(rule),
            None => Ok(scope.stack()),
        }
    }
}

/// One template with everything that its expressions may refer to.
struct Scope<'a> {
    document: &'a Value,
    nested: &'a BTreeMap<String, Value>,
    parameters: Parameters,
    pseudo: BTreeMap<&'static str, String>,
    prefix: String,
    /// Nested stacks by name, resolved on first use.
    stacks: RefCell<BTreeMap<String, Stack>>,
}

impl<'a> Scope<'a> {
    fn new(
        document: &'a Value,
        nested: &'a BTreeMap<String, Value>,
        given: &Parameters,
        pseudo: BTreeMap<&'static str, String>,
        prefix: String,
    ) -> Self {
        let known = |name: &String| document["Parameters"].get(name).is_some();
        assert!(given.keys().all(known), "{prefix:?} knows only some of {:?}", given.keys());
        let mut parameters = Parameters::new();
        for (name, declared) in document["Parameters"].as_object().into_iter().flatten() {
            let value = given.get(name).or_else(|| declared.get("Default"));
            let value = text(value.unwrap_or_else(|| panic!("{prefix}{name} has no value")));
            let list = declared["Type"] == "CommaDelimitedList";
            let value = if list { value.split(',').map(str::trim).collect() } else { Value::String(value) };
            parameters.insert(name.clone(), value);
        }
        Self { document, nested, parameters, pseudo, prefix, stacks: RefCell::default() }
    }

    fn stack(&self) -> Stack {
        let mut resources = BTreeMap::new();
        for (name, resource) in self.document["Resources"].as_object().expect("resources") {
            if resource["Condition"].as_str().is_some_and(|condition| !self.condition(condition)) {
                continue;
            }
            if resource["Type"] == "AWS::CloudFormation::Stack" {
                self.with_nested(name, |_| ());
            }
            let body = self.value(resource).expect("a resource is not left out");
            resources.insert(name.clone(), Resource { name: format!("{}{name}", self.prefix), body });
        }
        let outputs = self.document["Outputs"].as_object().into_iter().flatten();
        let outputs = outputs
            .filter(|(_, output)| output["Condition"].as_str().is_none_or(|name| self.condition(name)))
            .filter_map(|(name, output)| Some((name.clone(), self.value(&output["Value"])?)));
        let name = self.pseudo["AWS::StackName"].clone();
        Stack { name, outputs: outputs.collect(), resources, nested: self.stacks.borrow().clone() }
    }

    fn with_nested<T>(&self, name: &str, read: impl FnOnce(&Stack) -> T) -> T {
        let known = self.stacks.borrow().contains_key(name);
        if !known {
            let properties = &self.document["Resources"][name]["Properties"];
            let given = self.value(&properties["Parameters"]);
            let given = given.and_then(|given| serde_json::from_value(given).ok()).unwrap_or_default();
            let mut pseudo = self.pseudo.clone();
            pseudo.insert("AWS::StackName", placeholder(name));
            let document = self.nested.get(name).unwrap_or_else(|| panic!("no template for {name}"));
            let none = BTreeMap::new();
            let prefix = format!("{}{name}/", self.prefix);
            let stack = Scope::new(document, &none, &given, pseudo, prefix).stack();
            self.stacks.borrow_mut().insert(name.to_owned(), stack);
        }
        read(&self.stacks.borrow()[name])
    }

    /// A value with its expressions resolved; `None` where `AWS::NoValue` removes it.
    fn value(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Object(map) => match map.iter().next() {
                Some((function, argument)) if map.len() == 1 && is_function(function) => {
                    self.call(function, argument)
                }
                _ => {
                    let members =
                        map.iter().filter_map(|(key, value)| Some((key.clone(), self.value(value)?)));
                    Some(Value::Object(members.collect::<Map<_, _>>()))
                }
            },
            Value::Array(items) => Some(items.iter().filter_map(|item| self.value(item)).collect()),
            plain => Some(plain.clone()),
        }
    }

    fn call(&self, function: &str, argument: &Value) -> Option<Value> {
        match function {
            "Ref" => self.named(argument.as_str().expect("a name")),
            "Fn::GetAtt" => self.attribute(argument),
            "Fn::Sub" => Some(Value::String(self.substituted(argument.as_str().expect("one text")))),
            "Fn::Join" => {
                let parts = self.value(&argument[1]).expect("a list");
                let parts: Vec<_> = parts.as_array().expect("a list").iter().map(text).collect();
                Some(Value::String(parts.join(argument[0].as_str().expect("a separator"))))
            }
            "Fn::If" => {
                let chosen = if self.condition(argument[0].as_str().expect("a name")) { 1 } else { 2 };
                self.value(&argument[chosen])
            }
            _ => Some(Value::Bool(self.holds(function, argument))),
        }
    }

    fn named(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.parameters.get(name) {
            return Some(value.clone());
        }
        let text = match name {
            "AWS::NoValue" => return None,
            "AWS::AccountId" => "111122223333".to_owned(),
            "AWS::Partition" => "aws".to_owned(),
            pseudo if pseudo.starts_with("AWS::") => {
                self.pseudo.get(pseudo).cloned().unwrap_or_else(|| placeholder(pseudo))
            }
            resource => self.of_resource(resource, resource),
        };
        Some(Value::String(text))
    }

    fn attribute(&self, argument: &Value) -> Option<Value> {
        let path = match argument {
            Value::String(path) => path.clone(),
            parts => parts.as_array().expect("a path").iter().map(text).collect::<Vec<_>>().join("."),
        };
        let (resource, attribute) = path.split_once('.').expect("a resource and its attribute");
        match attribute.strip_prefix("Outputs.") {
            Some(output) => self.with_nested(resource, |stack| {
                let value = stack.outputs.get(output);
                Some(value.unwrap_or_else(|| panic!("{resource} has no output {output}")).clone())
            }),
            None => Some(Value::String(self.of_resource(resource, &path))),
        }
    }

    fn of_resource(&self, resource: &str, path: &str) -> String {
        let declared = &self.document["Resources"][resource];
        assert!(declared.is_object(), "{path} names nothing in {:?}", self.prefix);
        let condition = declared["Condition"].as_str();
        assert!(condition.is_none_or(|name| self.condition(name)), "{path} is not there in this environment");
        placeholder(&format!("{}{path}", self.prefix))
    }

    fn substituted(&self, template: &str) -> String {
        let mut parts = template.split("${");
        let mut done = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').expect("a closing brace");
            let path = Value::String(name.to_owned());
            let dotted = name.contains('.') && !name.starts_with("AWS::");
            let value = if dotted { self.attribute(&path) } else { self.named(name) };
            done.push_str(&text(&value.expect("a value")));
            done.push_str(rest);
        }
        done
    }

    fn condition(&self, name: &str) -> bool {
        let body = &self.document["Conditions"][name];
        let (function, argument) = body.as_object().and_then(|map| map.iter().next()).expect(name);
        self.holds(function, argument)
    }

    fn holds(&self, function: &str, argument: &Value) -> bool {
        let each = || {
            argument.as_array().expect("a list").iter().map(|part| {
                let (function, argument) =
                    part.as_object().and_then(|map| map.iter().next()).expect("an expression");
                self.holds(function, argument)
            })
        };
        match function {
            "Condition" => self.condition(argument.as_str().expect("a name")),
            "Fn::Equals" => {
                let side = |index: usize| self.value(&argument[index]).map(|value| text(&value));
                side(0) == side(1)
            }
            "Fn::Contains" => {
                let (list, one) = (self.value(&argument[0]), self.value(&argument[1]));
                list.expect("a list").as_array().expect("a list").contains(&one.expect("a value"))
            }
            "Fn::Not" => !each().all(|holds| holds),
            "Fn::And" => each().all(|holds| holds),
            "Fn::Or" => each().any(|holds| holds),
            unknown => panic!("{unknown} is not known here"),
        }
    }

    fn broken_rule(&self) -> Option<String> {
        let rules = self.document["Rules"].as_object().into_iter().flatten();
        let mut assertions = rules.flat_map(|(_, rule)| rule["Assertions"].as_array().expect("assertions"));
        let broken =
            assertions.find(|assertion| self.value(&assertion["Assert"]) == Some(Value::Bool(false)));
        broken.map(|assertion| text(&assertion["AssertDescription"]))
    }
}

fn is_function(key: &str) -> bool {
    key == "Ref" || key == "Condition" || key.starts_with("Fn::")
}

/// A value as part of a text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
