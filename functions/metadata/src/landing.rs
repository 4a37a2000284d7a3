//! The page at `/`: describes this server, and how to connect the common clients to it.

use askama::Template;
use oauth::public_url::PublicUrl;
use oauth::scope::Scope;
use primitives::authority::authority;
use shared::mcp::scopes::TOOL_SCOPES;
use shared::web::page::Page;
use url::Url;

use crate::clients::{ClientSetup, client_setups};

/// The properties of a deployment that the page and the documents show, besides its address.
#[derive(Debug, Clone)]
pub struct About {
    /// The LangSmith that it serves.
    pub langsmith: Url,
    /// Whether it accepts a LangSmith key in a header in place of a login.
    pub api_keys: bool,
    /// Whether a client may identify itself by the URL of a document.
    pub client_documents: bool,
    /// The key of the sample data, if there is no real LangSmith.
    pub demo_key: Option<&'static str>,
}

/// The landing page of one deployment.
#[derive(Debug, Clone, Template)]
#[template(path = "landing.html")]
pub(crate) struct LandingPage {
    mcp_url: Url,
    /// Whether it is reachable from this computer only.
    loopback: bool,
    langsmith_host: String,
    about: About,
    setups: [ClientSetup; 4],
}

/// The tools of one permission.
struct Permission {
    title: &'static str,
    tools: Vec<&'static str>,
}

impl LandingPage {
    /// The page of the server at `public`. Fails if the URL of its resource is invalid.
    pub(crate) fn new(public: &PublicUrl, about: About) -> Result<Self, url::ParseError> {
        let mcp_url = Url::parse(&public.resource())?;
        let setups = client_setups(&mcp_url);
        let langsmith_host = authority(&about.langsmith).to_owned();
        Ok(Self { mcp_url, loopback: public.is_loopback(), langsmith_host, about, setups })
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn permissions(&self) -> impl Iterator<Item = Permission> {
        Scope::ALL.into_iter().filter_map(|scope| {
            let title = match scope {
                Scope::LangsmithRead => "Read",
                Scope::LangsmithWrite => "Write",
                Scope::BillingRead => "See usage",
                // The first one only extends what a tool above may do, and what the others allow depends on the
                // person.
                Scope::LangsmithPublish | Scope::AgentsRun | Scope::ServersUse | Scope::ServersManage => {
                    return None;
                }
            };
            let tools = TOOL_SCOPES.iter().filter(|(_, needed)| *needed == scope).map(|(tool, _)| *tool);
            Some(Permission { title, tools: tools.collect() })
        })
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn tool_count(&self) -> usize {
        TOOL_SCOPES.len()
    }

    fn key(&self) -> &'static str {
        self.about.demo_key.unwrap_or("YOUR_LANGSMITH_KEY")
    }
}

impl Page for LandingPage {
    fn title(&self) -> &'static str {
        "Connect your app"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(public: &str, api_keys: bool, demo_key: Option<&'static str>) -> String {
        let langsmith = "https://api.smith.langchain.com".parse().unwrap();
        let about = About { langsmith, api_keys, client_documents: true, demo_key };
        LandingPage::new(&public.parse().unwrap(), about).unwrap().render().unwrap()
    }

    #[test]
    fn everything_that_connects_is_there() {
        let page = page("https://mcp.example.com", true, None);
        for part in [
            "https://mcp.example.com/mcp",
            "Claude Code",
            "Cursor",
            "VS Code",
            "Codex",
            "ChatGPT",
            "claude.ai",
            "href=\"cursor://anysphere.cursor-deeplink/mcp/install?",
            "href=\"vscode:mcp/install?",
            "href=\"/connections\"",
            "<bdi>api.smith.langchain.com</bdi>",
            "X-Api-Key: YOUR_LANGSMITH_KEY",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("<script") && !page.contains("on this computer"));
    }

    #[test]
    fn every_tool_is_named_once() {
        let page = page("https://mcp.example.com", false, None);
        for (tool, _) in TOOL_SCOPES {
            assert_eq!(page.matches(&format!("<code>{tool}</code>")).count(), 1, "{tool}");
        }
    }

    #[test]
    fn only_the_demo_shows_a_key() {
        assert!(
            page("http://localhost:8484", true, Some("lsv2_pt_demo")).contains("X-Api-Key: lsv2_pt_demo")
        );
        assert!(!page("http://localhost:8484", true, None).contains("lsv2_"));
    }

    #[test]
    fn the_header_shows_where_it_is_taken() {
        assert!(!page("https://mcp.example.com", false, None).contains("X-Api-Key"));
    }

    #[test]
    fn hosted_clients_are_told_that_they_do_not_reach_this_computer() {
        assert!(page("http://localhost:8484", true, None).contains("only from this computer"));
    }
}
