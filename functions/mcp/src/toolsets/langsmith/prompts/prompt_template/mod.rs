//! The languages of prompt templates, understood as far as their variables require.

mod fstring;
mod mustache;

use std::collections::BTreeSet;

/// The language of a template, by its mark of variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// `{name}`, as in Python.
    FString,
    /// `{{name}}`.
    Mustache,
}

/// The flaw of a text that is no template, worded to complete "the template …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flaw(pub(crate) &'static str);

impl Language {
    /// The names on the wire.
    pub(crate) const NAMES: [&'static str; 2] = ["f-string", "mustache"];

    /// The language of this name. There is one more, `jinja2`, whose templates are programs.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "f-string" => Some(Self::FString),
            "mustache" => Some(Self::Mustache),
            _ => None,
        }
    }

    /// The name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FString => "f-string",
            Self::Mustache => "mustache",
        }
    }

    /// The required variables, sorted.
    pub(crate) fn variables(self, template: &str) -> Result<BTreeSet<String>, Flaw> {
        match self {
            Self::FString => fstring::variables(template),
            Self::Mustache => mustache::variables(template),
        }
    }
}
