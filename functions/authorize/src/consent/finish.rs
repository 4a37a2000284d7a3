//! How a decision reaches the client: by a redirect, or, where its redirect URI is of an app's own scheme, by a link on
//! a page of ours. A browser shows nothing new when a redirect opens an app, so the person would press Allow again.

use axum::http::StatusCode;
use axum::response::Response;
use shared::oauth::redirect::scheme::AppScheme;
use shared::oauth::redirect::{Destination, RedirectUri};
use shared::web::page;

use crate::pages::{Decided, FinishPage, Opened};
use crate::redirect;

/// The answer to the consent form. `url` is `to` with what the client is told.
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
