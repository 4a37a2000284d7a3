//! The languages of prompt templates, as far as finding the variables in them.

mod fstring;
mod mustache;

use std::collections::BTreeSet;

/// How a template marks its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// `{name}`, as in Python.
    FString,
    /// `{{name}}`.
    Mustache,
}

/// Why a text is no template, in words that complete "the template …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flaw(pub(crate) &'static str);

impl Language {
    /// The names on the wire.
    pub(crate) const NAMES: [&'static str; 2] = ["f-string", "mustache"];

    /// The language of this name; there is one more, whose templates are programs (`jinja2`).
    pub(crate) fn named(name: &str) -> Option<Self> {
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

    /// The variables that somebody has to give, sorted.
    pub(crate) fn variables(self, template: &str) -> Result<BTreeSet<String>, Flaw> {
        match self {
            Self::FString => fstring::variables(template),
            Self::Mustache => mustache::variables(template),
        }
    }
}
