//! A resolved stack.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::gateway::Gateway;

/// A resource with all expressions resolved.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its logical name, prefixed with those of the nested stacks around it.
    pub name: String,
    /// The complete resource.
    pub body: Value,
}

impl Resource {
    /// Its type.
    pub fn kind(&self) -> &str {
        self.body["Type"].as_str().expect("a type")
    }

    /// One of its properties; null if absent.
    pub fn property(&self, pointer: &str) -> &Value {
        const NONE: &Value = &Value::Null;
        self.body["Properties"].pointer(pointer).unwrap_or(NONE)
    }

    /// A property that is text.
    pub fn text(&self, pointer: &str) -> &str {
        self.property(pointer).as_str().unwrap_or_else(|| panic!("{}{pointer} is not text", self.name))
    }
}

/// A stack with its nested stacks.
#[derive(Clone, Debug)]
pub struct Stack {
    pub(crate) name: String,
    pub(crate) resources: BTreeMap<String, Resource>,
    pub(crate) nested: BTreeMap<String, Self>,
    /// Its outputs.
    pub outputs: BTreeMap<String, Value>,
}

impl Stack {
    /// All resources, nested ones included.
    pub fn resources(&self) -> Vec<&Resource> {
        self.resources.values().chain(self.nested.values().flat_map(Self::resources)).collect()
    }

    /// All resources of a type.
    pub fn of_kind(&self, kind: &str) -> Vec<&Resource> {
        self.resources().into_iter().filter(|resource| resource.kind() == kind).collect()
    }

    /// The only resource of a type.
    pub fn only(&self, kind: &str) -> &Resource {
        match self.of_kind(kind)[..] {
            [only] => only,
            ref found => panic!("{} of {kind}", found.len()),
        }
    }

    /// A resource by its name as in placeholders: `Token` or `Roles/Token`.
    pub fn resource(&self, name: &str) -> &Resource {
        let found = self.resources().into_iter().find(|resource| resource.name == name);
        found.unwrap_or_else(|| panic!("no {name}"))
    }

    /// The functions by the name of their crate, which follows the stack's in the function's own name.
    pub fn functions(&self) -> BTreeMap<&str, &Resource> {
        let functions = self.of_kind("AWS::Lambda::Function").into_iter();
        functions
            .map(|function| {
                let name = function.text("/FunctionName").strip_prefix(&self.name);
                (name.and_then(|name| name.strip_prefix('-')).expect("the stack's name first"), function)
            })
            .collect()
    }

    /// The environment variables of a function.
    pub fn variables(&self, function: &str) -> BTreeMap<String, String> {
        let variables = self.functions()[function].property("/Environment/Variables");
        serde_json::from_value(variables.clone()).expect("texts by name")
    }

    /// The REST API.
    pub fn gateway(&self) -> Gateway<'_> {
        Gateway::new(self)
    }
}
