//! The environments of `samconfig.toml`, translated once per process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::resolve::{Parameters, Template};
use crate::stack::Stack;

/// One environment: its settings, and the template translated by SAM.
#[derive(Debug)]
pub struct Environment {
    /// Its name for `--config-env`.
    pub name: String,
    /// Its settings by command.
    pub settings: Value,
    /// Its parameters that the template lacks or rejects.
    pub unfit: Vec<String>,
    /// The parameters in the file.
    shipped: Parameters,
    /// The same with an operator's own domain, zone, certificate and LangSmith.
    parameters: Parameters,
    template: Template,
}

impl Environment {
    /// A setting for all commands.
    pub fn global(&self, setting: &str) -> &str {
        self.settings["global"][setting].as_str().unwrap_or_else(|| panic!("{}: {setting}", self.name))
    }

    /// All parameters of the template.
    pub fn declared(&self) -> impl Iterator<Item = &str> {
        self.template.parameters()
    }

    /// The value of one of its parameters.
    pub fn parameter(&self, name: &str) -> String {
        let value = self.parameters.get(name).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("{} gives no {name}", self.name)).to_owned()
    }

    /// The stack that this environment deploys.
    pub fn stack(&self) -> Stack {
        self.stack_with(&[])
    }

    /// The stack with these parameters overridden.
    pub fn stack_with(&self, overrides: &[(&str, &str)]) -> Stack {
        self.deploy(overrides).unwrap_or_else(|broken| panic!("{}: {broken}", self.name))
    }

    /// The template's reason for rejecting these parameters.
    pub fn refusal(&self, overrides: &[(&str, &str)]) -> String {
        self.deploy(overrides).err().unwrap_or_else(|| panic!("{}: {overrides:?} are taken", self.name))
    }

    /// The template's reason for rejecting the shipped environment when all but these parameters are filled in.
    pub fn refusal_unless_filled_in(&self, parameters: &[&str]) -> String {
        let shipped = self.shipped.iter().filter(|(name, _)| parameters.contains(&name.as_str()));
        let overrides: Vec<_> =
            shipped.map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
        assert_eq!(overrides.len(), parameters.len(), "{} gives only some of {parameters:?}", self.name);
        self.refusal(&overrides)
    }

    /// The parameters that an operator must fill in.
    pub fn examples(&self) -> Vec<&str> {
        let differ = self.shipped.iter().filter(|(name, value)| self.parameters[*name] != **value);
        differ.map(|(name, _)| name.as_str()).collect()
    }

    fn deploy(&self, overrides: &[(&str, &str)]) -> Result<Stack, String> {
        let mut parameters = self.parameters.clone();
        parameters.extend(overrides.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
        self.template.deploy(self.global("stack_name"), self.global("region"), &parameters)
    }
}

/// All environments.
pub fn environments() -> &'static [Environment] {
    static ALL: OnceLock<Vec<Environment>> = OnceLock::new();
    ALL.get_or_init(|| translate().into_iter().map(|(name, made)| read(name, made)).collect())
}

/// The environment of this name.
pub fn environment(name: &str) -> &'static Environment {
    environments().iter().find(|environment| environment.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn read(name: String, mut made: Value) -> Environment {
    let shipped: Parameters = serde_json::from_value(made["parameters"].take()).expect("values by name");
    Environment {
        name,
        unfit: serde_json::from_value(made["unfit"].take()).expect("names"),
        parameters: shipped.iter().map(|(name, value)| (name.clone(), filled_in(value))).collect(),
        shipped,
        template: Template::new(made["template"].take(), made["nested"].take()),
        settings: made["settings"].take(),
    }
}

/// An operator's value in place of an example.
fn filled_in(value: &Value) -> Value {
    let text = value.as_str().expect("text");
    text.replace("example.com", "example.net").replace("0000", "1111").into()
}

fn translate() -> BTreeMap<String, Value> {
    let root = root();
    let python = root.join("target/test-env/python-sam/bin/python");
    assert!(python.exists(), "{} is missing: run cargo xtask setup", python.display());
    let output = Command::new(python)
        .arg(root.join("infra/translate.py"))
        .arg("translate")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("the translator runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the translator writes JSON")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}
