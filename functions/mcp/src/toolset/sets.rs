//! Several sources of tools as one: the fixed tools, and named sets, which may depend on the caller, have pages and
//! need the network.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use oauth::scope::{Scope, ScopeSet};
use serde_json::value::RawValue;
use shared::mcp::prefix::JOINT;
use shared::mcp::scopes::OF_SETS;
use shared::mcp::selection::{SwitchedOff, ToolSelection};

use super::page::is_name;
use super::{
    Context, Descriptor, FixedTools, Output, Prefix, Subject, TaskAnswer, TaskRequest, Tool, ToolError,
    ToolPage,
};

/// The time limit of a named set's list.
const PATIENCE: Duration = Duration::from_secs(3);

/// A source of tools that are known only on request. Its backend is its own affair: it cannot report that LangSmith
/// refuses a credential, so a set never ends a login.
pub trait Toolset: Send + Sync + 'static {
    /// A page of the caller's tools; the first one without a `cursor`. A cursor comes from the client, which may have
    /// modified it or obtained it from another caller.
    fn list<'a>(
        &'a self,
        context: &'a Context<'a>,
        cursor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ToolPage, ListError>>;

    /// The scope that a call of `tool` requires. The authorizer in front asks for it only where it can tell the scope
    /// by the name alone: for agents.
    fn scope(&self, _tool: &str) -> Scope {
        OF_SETS
    }

    /// The scope that requests about tasks require, if the set knows tasks: its own, and those of other sets' calls.
    fn task_scope(&self) -> Option<Scope> {
        None
    }

    /// Answers a client's request about the task `id`, which comes from the client.
    fn task<'a>(
        &'a self,
        _context: &'a Context<'a>,
        _id: &'a str,
        _request: TaskRequest<'a>,
    ) -> BoxFuture<'a, Result<TaskAnswer, SetError>> {
        Box::pin(async { Err(SetError::UnknownTask) })
    }

    /// Runs `tool`, named as within the set, until the context's deadline at the latest.
    fn call<'a>(
        &'a self,
        context: &'a Context<'a>,
        tool: &'a str,
        arguments: Option<&'a RawValue>,
    ) -> BoxFuture<'a, Result<Output, SetError>>;
}

/// The failure of a set's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListError {
    /// The cursor is invalid.
    Cursor,
    /// The tools are missing for now.
    Missing {
        /// The reason, worded for people.
        reason: String,
        /// A page where the person can resolve it.
        url: Option<String>,
    },
}

/// The failure of a call of a set's tool.
#[derive(Clone, Debug)]
pub enum SetError {
    /// The set has no such tool.
    UnknownTool,
    /// The request state was not issued to this caller for this call, or it is too old. A JSON-RPC error (MCP
    /// 2026-07-28, "Multi Round-Trip Requests"): a client that keeps to the protocol never causes it in time.
    RequestState,
    /// The set has no such task for the caller.
    UnknownTask,
    /// Reported to the model, as a result with `isError`.
    Tool(ToolError),
    /// The set's backend refuses the caller's credential for it.
    Credential {
        /// The page where the person reconnects it.
        url: Option<String>,
    },
}

impl From<ToolError> for SetError {
    fn from(error: ToolError) -> Self {
        Self::Tool(error)
    }
}

/// A set, with its name.
#[derive(Clone)]
pub(crate) struct NamedSet {
    /// Its name, which is the prefix of its tools unless it owns other names.
    pub(crate) prefix: Prefix,
    owned: Owned,
    pub(crate) set: Arc<dyn Toolset>,
}

/// The names of tools that a set owns.
#[derive(Clone, Copy)]
enum Owned {
    /// Those with its prefix.
    Prefixed,
    /// These, without a prefix.
    Plain(&'static [&'static str]),
    /// Those with any prefix that is not the name of a set: which ones there are depends on the caller. Within the set, a
    /// tool has its whole name.
    Unclaimed,
    /// Every name that the set gives its tools, except plain names of other sets: for a set that has an endpoint almost to
    /// itself.
    Own,
}

impl NamedSet {
    /// The tool's name within the set, if this set owns `name`.
    fn owned<'n>(&self, name: &'n str) -> Option<&'n str> {
        match self.owned {
            Owned::Prefixed => self.prefix.strip(name).filter(|tool| is_name(tool) && is_name(name)),
            Owned::Plain(plain) => plain.contains(&name).then_some(name),
            Owned::Own => Some(name).filter(|name| is_name(name)),
            Owned::Unclaimed => {
                let (prefix, tool) = name.split_once(JOINT)?;
                (prefix.parse::<Prefix>().is_ok() && is_name(tool) && is_name(name)).then_some(name)
            }
        }
    }

    /// What answers for `tool`, in the words of errors: the set, or the part of it that the tool's prefix names.
    pub(crate) fn answering<'n>(&'n self, tool: &'n str) -> &'n str {
        match (self.owned, tool.split_once(JOINT)) {
            (Owned::Unclaimed, Some((prefix, _))) => prefix,
            _ => self.prefix.as_str(),
        }
    }
}

/// All tools of a server.
#[derive(Clone)]
pub struct Toolsets {
    fixed: FixedTools,
    named: Vec<NamedSet>,
    patience: Duration,
    alone: BTreeMap<String, Alone>,
}

/// The toolsets of an endpoint of its own, for one Agent Server alone.
#[derive(Clone)]
pub(crate) struct Alone {
    pub(crate) toolsets: Toolsets,
    pub(crate) subject: Subject,
}

/// Another source already has this name, or a tool of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two sources of tools have the name {0}")]
pub struct NameTaken(pub String);

/// A tool and its source.
pub(crate) enum FoundTool<'a> {
    Fixed(&'a dyn Tool),
    Named { named: &'a NamedSet, tool: &'a str },
}

impl From<FixedTools> for Toolsets {
    fn from(fixed: FixedTools) -> Self {
        Self { fixed, named: Vec::new(), patience: PATIENCE, alone: BTreeMap::new() }
    }
}

impl Toolsets {
    /// The same toolsets plus one set, whose tools are listed last.
    pub fn with(self, prefix: Prefix, set: impl Toolset) -> Result<Self, NameTaken> {
        let fixed = self.fixed.descriptors();
        if let Some(taken) = fixed.iter().find(|tool| prefix.strip(&tool.name).is_some()) {
            return Err(NameTaken(taken.name.to_string()));
        }
        self.and(NamedSet { prefix, owned: Owned::Prefixed, set: Arc::new(set) })
    }

    /// The same toolsets plus a set whose tools have these names, without a prefix: one that belongs to several others.
    pub fn with_plain(
        self,
        name: Prefix,
        tools: &'static [&'static str],
        set: impl Toolset,
    ) -> Result<Self, NameTaken> {
        let taken = tools.iter().find(|tool| tool.contains(JOINT) || self.find(tool).is_some());
        if let Some(taken) = taken {
            return Err(NameTaken((*taken).to_owned()));
        }
        self.and(NamedSet { prefix: name, owned: Owned::Plain(tools), set: Arc::new(set) })
    }

    /// The same toolsets plus a set with prefixes of its own for each caller: it owns every name with a prefix that is
    /// not the name of another set. Its tools have their whole names. There can be one such set.
    pub fn with_unclaimed(self, name: Prefix, set: impl Toolset) -> Result<Self, NameTaken> {
        if self.named.iter().any(|named| matches!(named.owned, Owned::Unclaimed)) {
            return Err(NameTaken(name.to_string()));
        }
        let fixed = self.fixed.descriptors();
        if let Some(taken) = fixed.iter().find(|tool| tool.name.contains(JOINT)) {
            return Err(NameTaken(taken.name.to_string()));
        }
        self.and(NamedSet { prefix: name, owned: Owned::Unclaimed, set: Arc::new(set) })
    }

    /// The same toolsets plus a set whose tools have any names except those of the others.
    pub(crate) fn and_own(self, name: Prefix, set: impl Toolset) -> Result<Self, NameTaken> {
        self.and(NamedSet { prefix: name, owned: Owned::Own, set: Arc::new(set) })
    }

    /// The same toolsets, and beside them those of an endpoint for the Agent Server of this name alone.
    #[must_use]
    pub(crate) fn beside(mut self, server: &Prefix, alone: Alone) -> Self {
        self.alone.insert(server.as_str().to_owned(), alone);
        self
    }

    /// The toolsets of the endpoints for one Agent Server alone, by its name.
    pub(crate) fn take_alone(&mut self) -> BTreeMap<String, Alone> {
        std::mem::take(&mut self.alone)
    }

    fn and(mut self, set: NamedSet) -> Result<Self, NameTaken> {
        if self.named.iter().any(|named| named.prefix == set.prefix) {
            return Err(NameTaken(set.prefix.to_string()));
        }
        self.named.push(set);
        Ok(self)
    }

    /// The same toolsets, with another time limit for a named set's list.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// The `tools/list` entries of the fixed tools.
    pub(crate) fn descriptors(&self) -> Vec<&Descriptor> {
        self.fixed.descriptors()
    }

    /// The names of the sets.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Prefix> {
        self.named.iter().map(|named| &named.prefix)
    }

    /// The named sets, in the order of the list.
    pub(crate) fn named_sets(&self) -> &[NamedSet] {
        &self.named
    }

    /// The set that knows tasks, with the scope of requests about them; none where no call becomes a task.
    pub(crate) fn tasks(&self) -> Option<(&NamedSet, Scope)> {
        self.named.iter().find_map(|named| Some((named, named.set.task_scope()?)))
    }

    /// The tool of this name. Only the set itself knows whether a tool of a named set exists.
    pub(crate) fn find<'a>(&'a self, name: &'a str) -> Option<FoundTool<'a>> {
        let of_set = |named: &'a NamedSet| {
            let tool = named.owned(name)?;
            Some(FoundTool::Named { named, tool })
        };
        self.claimant(name).and_then(of_set).or_else(|| self.fixed.find(name).map(FoundTool::Fixed))
    }

    /// The set that owns `name`, if it is the name of a set's tool. A name with the prefix of a set is never another's,
    /// even if that set cannot have a tool of this name.
    fn claimant(&self, name: &str) -> Option<&NamedSet> {
        let is_claimed = |named: &&NamedSet| match named.owned {
            Owned::Own => false,
            Owned::Prefixed | Owned::Unclaimed => named.prefix.strip(name).is_some(),
            Owned::Plain(plain) => plain.contains(&name) || named.prefix.strip(name).is_some(),
        };
        let unclaimed = |named: &&NamedSet| matches!(named.owned, Owned::Unclaimed | Owned::Own);
        self.named.iter().find(is_claimed).or_else(|| self.named.iter().find(unclaimed))
    }

    /// The name in lists of a set's `tool`, which a call of that name finds again; `None` if it would find something else.
    pub(crate) fn listed(&self, named: &NamedSet, tool: &str) -> Option<String> {
        let name = match named.owned {
            Owned::Prefixed => named.prefix.name(tool),
            Owned::Plain(_) | Owned::Unclaimed | Owned::Own => tool.to_owned(),
        };
        let owner = self.claimant(&name).filter(|owner| owner.prefix == named.prefix)?;
        (owner.owned(&name) == Some(tool)).then_some(name)
    }
}

impl FoundTool<'_> {
    /// Why the selection excludes the tool, which is called `name`; `None` if it does not.
    pub(crate) fn switched_off(&self, selection: &ToolSelection, name: &str) -> Option<SwitchedOff> {
        match self {
            Self::Fixed(_) => selection.switched_off(name),
            Self::Named { .. } => selection.sets_switched_off(),
        }
    }

    /// The scopes that a call with these arguments requires.
    pub(crate) fn scopes(&self, arguments: Option<&RawValue>) -> ScopeSet {
        match self {
            Self::Fixed(tool) => tool.scopes(arguments),
            Self::Named { named, tool } => named.set.scope(tool).into(),
        }
    }
}
