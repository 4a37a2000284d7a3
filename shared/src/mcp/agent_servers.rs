//! The Agent Servers that the operator names, in the variable `AGENT_SERVERS` and in the flag `--agent-server`:
//!
//! `NAME=URL[;auth=langsmith|own|none][;allow=GLOB|GLOB][;deny=GLOB|GLOB][;meta.KEY=VALUE][;recursion_limit=N]
//! [;project=NAME][;wait=SECONDS][;context.KEY=VALUE][;configurable.KEY=VALUE][;disable_mcp]`
//!
//! A URL alone takes its name from the first label of its host.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use glob::Pattern;
use primitives::authority::is_loopback;
use url::Url;

use super::prefix::Prefix;

/// An Agent Server, and the selection of its agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentServerSettings {
    /// The prefix of its agents' names.
    pub name: Prefix,
    /// Its address, below which its routes are.
    pub address: Url,
    /// The credential of requests to it.
    pub auth: AgentServerAuth,
    /// Assistants are listed if their metadata has all of these.
    pub metadata: BTreeMap<String, String>,
    /// The maximum number of steps of a run; the server's own limit if there is none.
    pub recursion_limit: Option<u32>,
    /// The LangSmith project that runs are traced to.
    pub project: Option<String>,
    /// How long a call waits for its run at most, if that is less than usual.
    pub wait: Option<Duration>,
    /// Whether its agents have no endpoint of their own.
    pub disable_mcp: bool,
    /// The configuration of graphs.
    pub configuration: Option<GraphConfiguration>,
    allow: Vec<Pattern>,
    deny: Vec<Pattern>,
}

/// Values for graphs, in one of the two forms that LangGraph has for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraphConfiguration {
    /// The runtime's `context`.
    Context(BTreeMap<String, String>),
    /// The older `configurable`.
    Configurable(BTreeMap<String, String>),
}

/// Whose credential requests to an Agent Server present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentServerAuth {
    /// The person's LangSmith credential, as LangSmith's deployments want it.
    #[default]
    LangSmith,
    /// The key or token with which the person has connected to the server here.
    Own,
    /// None.
    None,
}

/// Why a text is no Agent Server. The text is not quoted: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAgentServer {
    /// No URL with a host, or one with a user, a password, a query or a fragment.
    #[error("an Agent Server needs an absolute URL without user, query and fragment")]
    Address,
    /// http to another machine.
    #[error("an Agent Server needs https")]
    NotHttps,
    /// The name.
    #[error("an Agent Server's name has 1 to 32 of a-z, 0-9, - and _, no _ at an end and no two in a row")]
    Name,
    /// `auth`.
    #[error("the auth of an Agent Server is langsmith, own or none")]
    Auth,
    /// `allow` or `deny`.
    #[error("allow and deny of an Agent Server are patterns of graph ids, separated by |")]
    Pattern,
    /// `recursion_limit`.
    #[error("the recursion_limit of an Agent Server is a number of at least 1")]
    RecursionLimit,
    /// `wait`.
    #[error("the wait of an Agent Server is a number of seconds from 1 to 25")]
    Wait,
    /// `context.KEY` beside `configurable.KEY`.
    #[error("an Agent Server takes context.KEY or configurable.KEY, but refuses both")]
    Configuration,
    /// Another option.
    #[error(
        "the options of an Agent Server are auth, allow, deny, meta.KEY, recursion_limit, project, wait, context.KEY, \
         configurable.KEY and disable_mcp"
    )]
    Option,
    /// A name with a meaning of its own: of sets of our own, and in the address of a page.
    #[error(
        "agent-runs, discovered-agents and answer have a meaning of their own: name the Agent Server by NAME=URL"
    )]
    Reserved,
    /// Two servers of one name.
    #[error("two Agent Servers have the same name: name them by NAME=URL")]
    SameName,
}

/// The part of the address `/agents/answer/…` where a server's name stands in others.
const ANSWER: &str = "answer";

impl AgentServerSettings {
    /// The settings of a server without options.
    pub const fn new(name: Prefix, address: Url) -> Self {
        Self {
            name,
            address,
            auth: AgentServerAuth::LangSmith,
            metadata: BTreeMap::new(),
            recursion_limit: None,
            project: None,
            wait: None,
            disable_mcp: false,
            configuration: None,
            allow: Vec::new(),
            deny: Vec::new(),
        }
    }

    /// Whether the agents of this graph are tools.
    pub fn offers(&self, graph: &str) -> bool {
        let matches = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(graph));
        (self.allow.is_empty() || matches(&self.allow)) && !matches(&self.deny)
    }

    /// The servers in a list separated by commas.
    pub fn list(text: &str) -> Result<Vec<Self>, NotAnAgentServer> {
        let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        let servers: Vec<Self> = texts.map(str::parse).collect::<Result<_, _>>()?;
        let mut names: Vec<&Prefix> = servers.iter().map(|server| &server.name).collect();
        let own = [Prefix::of_agent_runs(), Prefix::of_discovered_agents()];
        if names.iter().any(|name| own.contains(name) || name.as_str() == ANSWER) {
            return Err(NotAnAgentServer::Reserved);
        }
        names.sort();
        let has_twins = names.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
        if has_twins { Err(NotAnAgentServer::SameName) } else { Ok(servers) }
    }
}

impl FromStr for AgentServerSettings {
    type Err = NotAnAgentServer;

    fn from_str(text: &str) -> Result<Self, NotAnAgentServer> {
        let mut parts = text.split(';').map(str::trim);
        let (name, address) = named_address(parts.next().unwrap_or_default())?;
        let mut settings = Self::new(name, address);
        for part in parts.filter(|part| !part.is_empty()) {
            if part == "disable_mcp" {
                settings.disable_mcp = true;
                continue;
            }
            let (option, value) = part.split_once('=').ok_or(NotAnAgentServer::Option)?;
            settings.set(option.trim(), value.trim())?;
        }
        Ok(settings)
    }
}

impl AgentServerSettings {
    fn set(&mut self, option: &str, value: &str) -> Result<(), NotAnAgentServer> {
        match (option, value) {
            ("auth", "langsmith") => self.auth = AgentServerAuth::LangSmith,
            ("auth", "own") => self.auth = AgentServerAuth::Own,
            ("auth", "none") => self.auth = AgentServerAuth::None,
            ("auth", _) => return Err(NotAnAgentServer::Auth),
            ("allow", value) => self.allow.extend(patterns(value)?),
            ("deny", value) => self.deny.extend(patterns(value)?),
            ("recursion_limit", value) => {
                let limit = value.parse().ok().filter(|limit| *limit > 0);
                self.recursion_limit = Some(limit.ok_or(NotAnAgentServer::RecursionLimit)?);
            }
            ("wait", value) => {
                let seconds = value.parse().ok().filter(|seconds| (1..=25).contains(seconds));
                self.wait = Some(Duration::from_secs(seconds.ok_or(NotAnAgentServer::Wait)?));
            }
            ("project", value) => self.project = Some(value.to_owned()).filter(|name| !name.is_empty()),
            (option, value) => {
                let (kind, key) = option
                    .split_once('.')
                    .filter(|(_, key)| !key.is_empty())
                    .ok_or(NotAnAgentServer::Option)?;
                let (key, value) = (key.to_owned(), value.to_owned());
                match kind {
                    "meta" => drop(self.metadata.insert(key, value)),
                    "context" => drop(self.context()?.insert(key, value)),
                    "configurable" => drop(self.configurable()?.insert(key, value)),
                    _ => return Err(NotAnAgentServer::Option),
                }
            }
        }
        Ok(())
    }

    fn context(&mut self) -> Result<&mut BTreeMap<String, String>, NotAnAgentServer> {
        let empty = || GraphConfiguration::Context(BTreeMap::new());
        match self.configuration.get_or_insert_with(empty) {
            GraphConfiguration::Context(values) => Ok(values),
            GraphConfiguration::Configurable(_) => Err(NotAnAgentServer::Configuration),
        }
    }

    fn configurable(&mut self) -> Result<&mut BTreeMap<String, String>, NotAnAgentServer> {
        let empty = || GraphConfiguration::Configurable(BTreeMap::new());
        match self.configuration.get_or_insert_with(empty) {
            GraphConfiguration::Configurable(values) => Ok(values),
            GraphConfiguration::Context(_) => Err(NotAnAgentServer::Configuration),
        }
    }
}

/// `NAME=URL`, or a URL. An `=` in a URL comes after its scheme.
fn named_address(text: &str) -> Result<(Prefix, Url), NotAnAgentServer> {
    let named = text.split_once('=').filter(|(name, _)| !name.contains(':'));
    let (name, address) = named.map_or((None, text), |(name, address)| (Some(name.trim()), address.trim()));
    let url = Url::parse(address).ok().filter(is_plain).ok_or(NotAnAgentServer::Address)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err(NotAnAgentServer::NotHttps),
        _ => return Err(NotAnAgentServer::Address),
    }
    let name = match name {
        Some(name) => name.parse(),
        None => host_label(&url).parse(),
    };
    Ok((name.map_err(|_| NotAnAgentServer::Name)?, url))
}

/// Without a password, and with a path that can be extended.
fn is_plain(url: &Url) -> bool {
    let is_bare = url.query().is_none() && url.fragment().is_none();
    url.has_host() && url.username().is_empty() && url.password().is_none() && is_bare
}

/// The first label of a host's name; of an address, the whole of it.
fn host_label(url: &Url) -> String {
    let label = match url.host() {
        Some(url::Host::Domain(name)) => name.split('.').next().unwrap_or_default().to_owned(),
        Some(address) => address.to_string().replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
        None => String::new(),
    };
    label.chars().take(Prefix::MAX).collect()
}

fn patterns(text: &str) -> Result<Vec<Pattern>, NotAnAgentServer> {
    text.split('|').map(|text| Pattern::new(text.trim()).map_err(|_| NotAnAgentServer::Pattern)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<AgentServerSettings, NotAnAgentServer> {
        text.parse()
    }

    #[test]
    fn a_url_alone_names_its_server() {
        for (text, name, address) in [
            (
                "https://my-agent-1a2b.us.langgraph.app",
                "my-agent-1a2b",
                "https://my-agent-1a2b.us.langgraph.app/",
            ),
            (
                "research=https://agents.example.com/mounted/",
                "research",
                "https://agents.example.com/mounted/",
            ),
            ("http://127.0.0.1:2024", "127-0-0-1", "http://127.0.0.1:2024/"),
            ("dev = http://localhost:2024", "dev", "http://localhost:2024/"),
            ("a=https://agents.example.com/x=y", "a", "https://agents.example.com/x=y"),
            ("https://agents.example.com/x=y", "agents", "https://agents.example.com/x=y"),
        ] {
            let server = parsed(text).unwrap();
            assert_eq!((server.name.as_str(), server.address.as_str()), (name, address), "{text}");
            assert_eq!(server.auth, AgentServerAuth::LangSmith);
        }
    }

    #[test]
    fn options_select_agents() {
        let server =
            parsed("a=https://x.example;auth=none;allow=team-*|shared;deny=*-draft;meta.team=red").unwrap();
        assert_eq!(server.auth, AgentServerAuth::None);
        assert_eq!(server.metadata, BTreeMap::from([("team".to_owned(), "red".to_owned())]));
        let offered = ["team-a", "shared", "team-a-draft", "other"].map(|graph| server.offers(graph));
        assert_eq!(offered, [true, true, false, false]);
        assert!(parsed("https://x.example").unwrap().offers("anything"));
        assert_eq!(parsed("https://x.example;auth=own").unwrap().auth, AgentServerAuth::Own);
    }

    #[test]
    fn options_apply_to_runs() {
        let server =
            parsed("a=https://x.example;recursion_limit=50;project=agents;wait=5;context.a=1;context.b=")
                .unwrap();
        assert_eq!((server.recursion_limit, server.project.as_deref()), (Some(50), Some("agents")));
        assert_eq!(server.wait, Some(Duration::from_secs(5)));
        let values = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), String::new())]);
        assert_eq!(server.configuration, Some(GraphConfiguration::Context(values)));
        assert!(!server.disable_mcp && parsed("a=https://x.example; disable_mcp ").unwrap().disable_mcp);
        let server = parsed("a=https://x.example;configurable.a=1").unwrap();
        let values = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        assert_eq!(server.configuration, Some(GraphConfiguration::Configurable(values)));
    }

    #[test]
    fn each_wrong_text_is_refused_for_its_reason() {
        use NotAnAgentServer as E;
        for (text, expected) in [
            ("", E::Address),
            ("x.example", E::Address),
            ("a=", E::Address),
            ("ftp://x.example", E::Address),
            ("https://user@x.example", E::Address),
            ("https://:word@x.example", E::Address),
            ("https://x.example?x=1", E::Address),
            ("https://x.example#y", E::Address),
            ("http://x.example", E::NotHttps),
            ("http://10.0.0.1", E::NotHttps),
            ("A=https://x.example", E::Name),
            ("a__b=https://x.example", E::Name),
            ("a=https://x.example;auth=mine", E::Auth),
            ("a=https://x.example;allow=a***", E::Pattern),
            ("a=https://x.example;deny=[", E::Pattern),
            ("a=https://x.example;color=red", E::Option),
            ("a=https://x.example;meta.=red", E::Option),
            ("a=https://x.example;auth", E::Option),
            ("a=https://x.example;disable_mcp=true", E::Option),
            ("a=https://x.example;context=red", E::Option),
            ("a=https://x.example;recursion_limit=0", E::RecursionLimit),
            ("a=https://x.example;recursion_limit=many", E::RecursionLimit),
            ("a=https://x.example;wait=0", E::Wait),
            ("a=https://x.example;wait=26", E::Wait),
            ("a=https://x.example;wait=soon", E::Wait),
            ("a=https://x.example;context.a=1;configurable.b=2", E::Configuration),
            ("a=https://x.example;configurable.b=2;context.a=1", E::Configuration),
        ] {
            assert_eq!(parsed(text), Err(expected), "{text}");
        }
        assert_eq!(
            AgentServerSettings::list("https://a.one.example, https://a.two.example"),
            Err(E::SameName)
        );
        for own in ["agent-runs=https://one", "discovered-agents=https://one", "https://answer"] {
            assert_eq!(AgentServerSettings::list(&format!("{own}.example")), Err(E::Reserved));
        }
        let two = AgentServerSettings::list(" b=https://one.example ,, https://two.example\n").unwrap();
        assert_eq!(two.iter().map(|server| server.name.as_str()).collect::<Vec<_>>(), ["b", "two"]);
        assert_eq!(AgentServerSettings::list(" "), Ok(Vec::new()));
    }
}
