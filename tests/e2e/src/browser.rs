//! A browser without JavaScript: cookies, redirects and forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use langsmith_double::data::TEAM_WORKSPACE;
use reqwest::StatusCode;
use reqwest::cookie::Jar;
use reqwest::header::LOCATION;
use url::Url;
use uuid::Uuid;

use crate::client::plain;

/// A browser with its cookies.
#[derive(Clone)]
pub struct Browser {
    origin: String,
    http: reqwest::Client,
}

/// A page of the two servers.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its URL.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its HTML.
    pub html: String,
}

/// The person's choices on the consent page.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The workspace to choose; by default the team's or else the first one, since the page preselects none.
    pub workspace: Option<String>,
    /// The scopes to tick; by default those ticked on the page.
    pub scopes: Option<Vec<String>>,
    /// Whether to press Deny.
    pub deny: bool,
}

impl Browser {
    /// A browser for the server at `origin`.
    pub fn new(origin: &str) -> Self {
        let http = plain().cookie_provider(Arc::new(Jar::default())).build().unwrap();
        Self { origin: origin.to_owned(), http }
    }

    /// Opens a URL, following redirects within the two servers. `Err` is a URL outside of them.
    pub async fn open(&self, url: &str) -> Result<Page, Url> {
        let response = self.http.get(url).send().await.unwrap();
        self.follow(response).await
    }

    /// Posts a form of a page.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Result<Page, Url> {
        let response = self.http.post(url).form(fields).send().await.unwrap();
        self.follow(response).await
    }

    /// Posts a form of a page, without following redirects.
    pub async fn post_once(&self, url: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        self.http.post(url).form(fields).send().await.unwrap()
    }

    async fn follow(&self, mut response: reqwest::Response) -> Result<Page, Url> {
        for _ in 0..10 {
            if !response.status().is_redirection() {
                return Ok(page(response).await);
            }
            let location = response.headers()[LOCATION].to_str().unwrap();
            let next = response.url().join(location).unwrap();
            // A client's redirect URI is not served here: the caller takes it from there.
            let ours = next.as_str().starts_with(&self.origin)
                || next.scheme() == "http" && next.path().starts_with("/oauth/");
            if !ours {
                return Err(next);
            }
            response = self.http.get(next).send().await.unwrap();
        }
        panic!("redirected in circles");
    }

    /// Logs in with an API key on the login page, and returns the next page.
    pub async fn use_key(&self, login: &Page, key: &str) -> Result<Page, Url> {
        let ticket = login.field("/authorize/login/key", "ticket");
        self.post(&format!("{}/authorize/login/key", self.origin), &[("ticket", &ticket), ("api_key", key)])
            .await
    }

    /// Logs in at the double as the user, starting on the login page, and returns the next page.
    pub async fn continue_with_langsmith(&self, login: &Page, user: Uuid) -> Result<Page, Url> {
        let theirs = self.leave_for_langsmith(login).await?;
        self.approve(&theirs, user).await
    }

    /// Goes from the login page to the double's.
    pub async fn leave_for_langsmith(&self, login: &Page) -> Result<Page, Url> {
        let ticket = login.field("/authorize/login/langsmith", "ticket");
        self.post(&format!("{}/authorize/login/langsmith", self.origin), &[("ticket", &ticket)]).await
    }

    /// Approves on the double's page as the user, and returns the next page.
    pub async fn approve(&self, theirs: &Page, user: Uuid) -> Result<Page, Url> {
        let mut fields = theirs.fields("/oauth/authorize/approve");
        fields.insert("user".into(), user.to_string());
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(theirs.url.join("/oauth/authorize/approve").unwrap().as_str(), &fields).await
    }

    /// Submits the consent page.
    pub async fn consent(&self, consent: &Page, choice: &Choice) -> Result<Page, Url> {
        let ticket = consent.field("/authorize/consent", "ticket");
        let workspace = choice.workspace.clone().unwrap_or_else(|| consent.usual_workspace());
        let mut fields = vec![("ticket", ticket.as_str()), ("workspace", workspace.as_str())];
        let scopes = choice.scopes.clone().unwrap_or_else(|| consent.ticked_scopes());
        fields.extend(scopes.iter().map(|scope| ("scope", scope.as_str())));
        fields.push(("decision", if choice.deny { "deny" } else { "allow" }));
        self.post(&format!("{}/authorize/consent", self.origin), &fields).await
    }

    /// Submits the consent page, and returns its destination: the redirect, or for an app the link on the last page.
    pub async fn decide(&self, consent: &Page, choice: &Choice) -> Url {
        match self.consent(consent, choice).await {
            Err(redirect) => redirect,
            Ok(last) => last.link().parse().expect("the address of the app"),
        }
    }
}

async fn page(response: reqwest::Response) -> Page {
    let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
    Page { url, status, headers, html: response.text().await.unwrap() }
}

impl Page {
    /// Whether the page has a form with this action.
    pub fn has_form(&self, action: &str) -> bool {
        self.forms().any(|form| attribute(form, "action").as_deref() == Some(action))
    }

    /// A field of the form with this action.
    pub fn field(&self, action: &str, name: &str) -> String {
        let fields = self.fields(action);
        fields.get(name).unwrap_or_else(|| panic!("no field {name} for {action} in {}", self.html)).clone()
    }

    fn forms(&self) -> impl Iterator<Item = &str> {
        self.html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap())
    }

    /// The hidden fields of the form with this action.
    pub fn fields(&self, action: &str) -> BTreeMap<String, String> {
        let form = self
            .forms()
            .find(|form| attribute(form, "action").is_some_and(|found| found.ends_with(action)))
            .unwrap_or_else(|| {
                panic!("no form for {action} at {} ({}): {}", self.url, self.status, self.html)
            });
        inputs(form)
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .filter_map(|input| {
                Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default()))
            })
            .collect()
    }

    /// The URL of the page's link that looks like a button.
    pub fn link(&self) -> String {
        let link =
            self.html.split("<a class=\"button\"").nth(1).unwrap_or_else(|| panic!("no link: {}", self.html));
        attribute(link, "href").expect("an address")
    }

    /// The scopes on the consent page.
    pub fn scopes(&self) -> Vec<String> {
        self.values("scope")
    }

    /// The workspaces on the consent page.
    pub fn workspaces(&self) -> Vec<String> {
        self.values("workspace")
    }

    /// The scopes ticked on the consent page.
    pub fn ticked_scopes(&self) -> Vec<String> {
        self.checked("scope")
    }

    /// The workspaces selected on the consent page.
    pub fn chosen_workspaces(&self) -> Vec<String> {
        self.checked("workspace")
    }

    fn usual_workspace(&self) -> String {
        let (team, offered) = (TEAM_WORKSPACE.to_string(), self.workspaces());
        let first = offered.iter().find(|id| *id != "*").expect("a workspace is offered");
        if offered.contains(&team) { team } else { first.clone() }
    }

    fn checked(&self, name: &str) -> Vec<String> {
        self.named(name).filter(|input| input.contains(" checked")).filter_map(value).collect()
    }

    fn values(&self, name: &str) -> Vec<String> {
        self.named(name).filter_map(value).collect()
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &str> {
        inputs(&self.html).filter(move |input| attribute(input, "name").as_deref() == Some(name))
    }
}

fn value(input: &str) -> Option<String> {
    attribute(input, "value")
}

fn inputs(html: &str) -> impl Iterator<Item = &str> {
    html.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
    let value = tag[start..].split('"').next()?;
    let written =
        [("&#38;", "&"), ("&amp;", "&"), ("&#34;", "\""), ("&quot;", "\""), ("&#60;", "<"), ("&#62;", ">")];
    Some(written.iter().fold(value.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain)))
}
