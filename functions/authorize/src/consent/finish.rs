//! How a decision reaches the client: by a redirect or, for a redirect URI with a private-use scheme, by a link on a
//! page of ours. When a redirect opens an app, the browser keeps showing the old page, and the person would press Allow
//! again.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use oauth::redirect::scheme::AppScheme;
use oauth::redirect::{Destination, RedirectUri};
use shared::web::page::{self, Page};

use crate::redirect;

/// The response to the consent form. `url` is `to` with the response parameters added.
pub(super) fn answer(to: &RedirectUri, url: &str, decided: Decided) -> Response {
    match to.destination() {
        Destination::Web(_) | Destination::Loopback(_) => redirect::see_other(url),
        Destination::App { scheme, owner } => {
            let app = match owner {
                AppScheme::Known(client) => Opened::Known(client.name),
                AppScheme::Dotted => Opened::Owned(&scheme),
                AppScheme::Other => Opened::Unknown(&scheme),
            };
            page::html(StatusCode::OK, &FinishPage { decided, app, url })
        }
    }
}

/// The person's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    /// The app gets access.
    Allowed,
    /// The app gets no access.
    Denied,
}

/// The app that the link opens, as far as its scheme identifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened<'a> {
    /// A known client, by its name.
    Known(&'a str),
    /// The owner of the domain in the scheme (RFC 8252 section 7.1).
    Owned(&'a str),
    /// Whichever program on this computer has registered the scheme. Only a click opens the link.
    Unknown(&'a str),
}

/// The page that leads to the app. Its link holds the code, so it is never stored, framed or sent as a referrer.
#[derive(Debug, Clone, Template)]
#[template(path = "finish.html")]
pub(crate) struct FinishPage<'a> {
    /// The person's decision.
    pub decided: Decided,
    /// The app that the link opens.
    pub app: Opened<'a>,
    /// The client's redirect URI with the response parameters.
    pub url: &'a str,
}

impl FinishPage<'_> {
    fn is_allowed(&self) -> bool {
        self.decided == Decided::Allowed
    }

    /// After Deny no program is started automatically: the person may not even know the app.
    fn opens_by_itself(&self) -> bool {
        self.is_allowed() && !self.is_unknown()
    }

    fn is_unknown(&self) -> bool {
        matches!(self.app, Opened::Unknown(_))
    }

    /// The text after "Open".
    fn name(&self) -> String {
        match self.app {
            Opened::Known(name) => name.to_owned(),
            Opened::Owned(_) | Opened::Unknown(_) => "your app".to_owned(),
        }
    }

    /// The scheme, where nothing else is known about the app.
    fn scheme(&self) -> Option<&str> {
        match self.app {
            Opened::Known(_) => None,
            Opened::Owned(scheme) | Opened::Unknown(scheme) => Some(scheme),
        }
    }
}

impl Page for FinishPage<'_> {
    fn title(&self) -> &'static str {
        if self.is_allowed() { "Connected" } else { "Denied" }
    }

    fn opens(&self) -> Option<&str> {
        self.opens_by_itself().then_some(self.url)
    }
}

#[cfg(test)]
mod tests {
    use shared::web::page::Forms;

    use super::*;

    const LINK: &str = "app.example:/cb?code=\"c&state=s";

    fn finish(decided: Decided, app: Opened<'static>) -> FinishPage<'static> {
        FinishPage { decided, app, url: LINK }
    }

    #[test]
    fn the_last_page_opens_what_is_known_and_links_the_rest() {
        for decided in [Decided::Allowed, Decided::Denied] {
            for (app, is_known) in [
                (Opened::Known("Cursor"), true),
                (Opened::Owned("com.example.app"), true),
                (Opened::Unknown("claude-code"), false),
            ] {
                let page = finish(decided, app);
                let opens = is_known && decided == Decided::Allowed;
                assert_eq!(page.opens(), opens.then_some(LINK), "{app:?}");
                assert_eq!(page.title() == "Connected", decided == Decided::Allowed);
                let page = page.render().unwrap();
                assert!(page.contains("href=\"app.example:/cb?code=&#34;c&#38;state=s\""), "{page}");
                assert_eq!(page.contains("class=\"notice\""), !is_known, "{page}");
                assert_eq!(page.contains("did not open by itself"), opens, "{page}");
                assert!(page.contains("close this tab") && !page.contains("<form"));
            }
        }
    }

    #[test]
    fn it_has_no_form() {
        assert_eq!(finish(Decided::Allowed, Opened::Known("Cursor")).forms(), Forms::Here);
    }
}
